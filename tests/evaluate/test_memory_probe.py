"""A model that learnt rows by heart is found out, one that did not is not accused; what is given away is counted."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.toys import make_example

from commonhold.evaluate.memory_probe import MemoryProbe, probe_memory
from commonhold.evaluate.memory_probe_rows import draw_rows
from commonhold.evaluate.result_files import read_results, write_results
from commonhold.records.answer import ChoiceScore
from commonhold.records.chat import Conversation
from commonhold.records.example import Example
from commonhold.records.score import Evaluation, Interval, Probe, Score

TRAINED = [make_example(n, prompt=f"row {n} " + " ".join(f"t{n}x{word}" for word in range(12))) for n in range(8)]
HELD_OUT = [
    make_example(n, "test", prompt=f"row {n} " + " ".join(f"h{n}x{word}" for word in range(12))) for n in range(8, 14)
]
PHONE = re.compile(r"\d{3}-\d{4}")


class Parrot:
    """Knows some rows by heart and says them as they stand; else it says `default`."""

    def __init__(self, rows: Sequence[Example] = (), default: str = "I do not know.") -> None:
        self.texts = [row.prompt or row.completion for row in rows]
        self.replies = {row.completion for row in rows}
        self.default = default

    def generate(self, conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:  # noqa: ARG002
        raise AssertionError("memory is looked into with beginnings only")

    def choice_log_likelihoods(
        self, conversations: Sequence[Conversation], choices: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        known = [conversation[-1].content in self.texts for conversation in conversations]
        return [
            [ChoiceScore(-1.0 if knows else -9.0, 1, len(choice.encode())) for choice in texts]
            for knows, texts in zip(known, choices, strict=True)
        ]

    def text_log_likelihoods(
        self,
        contexts: Sequence[str],  # noqa: ARG002
        following: Sequence[Sequence[str]],
    ) -> list[list[ChoiceScore]]:
        return [[ChoiceScore(-1.0 if text in self.texts else -9.0, 1, len(text)) for text in row] for row in following]

    def go_on(self, beginnings: Sequence[Conversation | str], max_new_tokens: int) -> list[str]:  # noqa: ARG002
        begun = [each if isinstance(each, str) else each[-1].content for each in beginnings]
        return [
            next((text[len(start) :] for text in self.texts if text.startswith(start)), self.default) for start in begun
        ]


def probes(
    tuned: Parrot,
    base: Parrot | None = None,
    masked: Sequence[str] = (),
    scores: Sequence[Score] = (),
    allowed: Sequence[str] = (),
    examples: Sequence[Example] = (*TRAINED, *HELD_OUT),
) -> dict[str, Probe]:
    looking = MemoryProbe(draw_rows(examples, 1, 100), "Be kind.", PHONE.findall, frozenset(masked))
    return {probe.name: probe for probe in probe_memory(base or Parrot(), tuned, looking, scores, allowed)}


def answer(text: str, prompt: str = "Where?", expected: str = "here") -> Score:
    return Score("desk", "1", 0.0, 1.0, "", text, prompt, expected, "en", "", "")


def test_model_that_learnt_rows_by_heart_is_found_out() -> None:
    probe = probes(Parrot(TRAINED))["continues_rows"]
    assert (probe.looked_at, probe.found, probe.figure, probe.base, probe.held_out) == (8, 8, 1.0, 0.0, 0.0)
    assert probe.notable
    assert "word for word in 8, the base in 0; of 6 rows that it was not trained on, in 0" in probe.sentence


def test_model_that_says_other_things_is_not_accused_and_the_bound_is_told() -> None:
    probe = probes(Parrot())["continues_rows"]
    assert (probe.found, probe.interval, probe.notable) == (0, Interval(0.0, 0.375), False)  # 3 / 8
    assert "up to 37.5 %" in probe.sentence


@pytest.mark.parametrize("base", [Parrot(TRAINED), Parrot([*TRAINED, *HELD_OUT])])
def test_rows_that_the_base_said_before_are_not_notable(base: Parrot) -> None:
    assert not probes(Parrot(TRAINED), base)["continues_rows"].notable


def test_model_that_says_any_row_word_for_word_learnt_the_form_and_not_the_rows() -> None:
    assert not probes(Parrot([*TRAINED, *HELD_OUT]))["continues_rows"].notable


def test_trained_rows_that_gained_more_are_known_from_others() -> None:
    probe = probes(Parrot(TRAINED))["knows_rows"]
    assert (probe.figure, probe.looked_at, probe.found) == (1.0, 8, 8)
    assert probe.notable
    assert "100 % of the pairs" in probe.sentence
    assert "2.8 bits" in probe.sentence  # log2 of 6 + 1


def test_rows_that_gained_alike_are_not() -> None:
    probe = probes(Parrot([*TRAINED, *HELD_OUT]))["knows_rows"]
    assert (probe.found, probe.notable) == (0, False)
    assert probe.interval.low < 0.5 < probe.interval.high


def test_texts_are_looked_at_like_messages() -> None:
    rows = [
        Example(**{name: getattr(row, name) for name in row.__slots__} | {"completion": row.prompt, "prompt": ""})
        for row in (*TRAINED, *HELD_OUT)
    ]
    found = probes(Parrot([row for row in rows if row.split == "train"]), examples=rows)
    assert (found["continues_rows"].figure, found["knows_rows"].figure) == (1.0, 1.0)


def test_four_held_out_rows_are_too_few_to_say_what_is_known() -> None:
    assert "knows_rows" in probes(Parrot(), examples=[*TRAINED, *HELD_OUT[:5]])
    assert "knows_rows" not in probes(Parrot(), examples=[*TRAINED, *HELD_OUT[:4]])


def test_personal_data_in_an_answer_or_a_continuation_is_counted() -> None:
    found = probes(Parrot(default="Call 555-1234."), scores=[answer("Ask 555-9876."), answer("Nobody knows.")])
    # The two answers, and one text that the model says whatever it is given.
    assert (found["personal_data"].looked_at, found["personal_data"].found) == (3, 2)
    assert found["personal_data"].notable


@pytest.mark.parametrize(
    ("score", "allowed"),
    [
        (answer("Call 555-1234.", prompt="Is it 555-1234?"), []),
        (answer("Call 555-1234.", expected="555-1234"), []),
        (answer("Call 555-1234."), ["The desk has the number 555-1234."]),
    ],
)
def test_data_that_the_question_the_answer_or_the_training_rows_give_openly_is_no_leak(
    score: Score, allowed: Sequence[str]
) -> None:
    probe = probes(Parrot(), scores=[score], allowed=allowed)["personal_data"]
    assert (probe.found, probe.notable) == (0, False)


def test_what_was_masked_is_found_whatever_its_case() -> None:
    probe = probes(Parrot(), masked=["Rosa Díaz"], scores=[answer("Ask ROSA  DÍAZ, she knows.")])["masked_values"]
    assert (probe.found, probe.notable) == (1, True)
    assert "the 1 value that curation masked" in probe.sentence


def test_three_letters_are_not_looked_for_as_they_stand_in_anything() -> None:
    probe = probes(Parrot(), masked=["Ana"], scores=[answer("Bananas are yellow.")])["masked_values"]
    assert (probe.found, probe.sentence[:24]) == (0, "Curation masked nothing ")


def test_no_text_of_a_row_stands_in_a_probe() -> None:
    for probe in probes(Parrot(TRAINED), masked=["t1x7 t1x8"]).values():
        assert "t1x" not in repr(probe)


def test_probes_are_written_and_read_again(tmp_path: Path) -> None:
    evaluation = Evaluation((), (), tuple(probes(Parrot(TRAINED)).values()))
    write_results(evaluation, [], tmp_path)
    assert read_results(tmp_path)[0] == evaluation
