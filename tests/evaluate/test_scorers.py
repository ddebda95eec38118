"""What counts as right."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from commonhold.errors import CommonholdError, RequestError
from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS, Complaint, Scorer
from commonhold.evaluate.scorers.multiple_choice import likeliest
from commonhold.evaluate.scorers.scorer import _refuse
from commonhold.records.answer import ChoiceScore


def score(scorer: str, output: str, **fields: Any) -> float:
    return SCORERS.get(scorer)().score(Item(id="1", prompt="p", **fields), output)


def test_scorers_are_known_by_name_and_version() -> None:
    assert list(SCORERS.built_in()) == [
        "bleu/1", "checks/1", "chrf/1", "cites/1", "contains_json/1", "exact/1", "include/1", "json_schema/1",
        "likelihood/1", "multiple_choice/1", "multiple_choice_generated/1", "multiple_choice_letters/1",
        "multiple_choice_sum/1", "normalised/1", "refusal/1", "regex/1", "rouge_l/1", "token_f1/1",
    ]  # fmt: skip


def test_an_unknown_version_names_the_nearest() -> None:
    with pytest.raises(RequestError, match="did you mean 'include/1'"):
        SCORERS.get("include/2")


@pytest.mark.parametrize("output", ["Paris", "paris.", " PARIS !\n", "Ｐａｒｉｓ"])
def test_exact_overlooks_case_width_space_and_final_punctuation(output: str) -> None:
    assert score("exact/1", output, answer="Paris") == 1.0


@pytest.mark.parametrize("output", ["", "Par is", "It is Paris", "Paris, Texas", "París", "25"])
def test_exact_is_not_nearly(output: str) -> None:
    assert score("exact/1", output, answer="Paris") == 0.0


def test_a_number_with_the_same_last_digit_is_not_exact() -> None:
    assert score("exact/1", "25", answer="5") == 0.0


def test_include_needs_every_phrase() -> None:
    wanted = {"must_include": ("Desk: Streets", "ext. 204")}
    assert score("include/1", "desk: streets, EXT. 204", **wanted) == 1.0
    assert score("include/1", "Desk: Streets, ext. 217", **wanted) == 0.0
    assert score("include/1", "Desk: Streets, ext. 2041", **wanted) == 0.0


def test_include_forbids_every_unwanted_phrase() -> None:
    fields = {"must_include": ("ext. 204",), "must_not_include": ("Water",)}
    assert score("include/1", "ext. 204, Waterford Road", **fields) == 1.0
    assert score("include/1", "ext. 204 or Water", **fields) == 0.0


def test_choice_with_the_best_likelihood_per_byte_wins() -> None:
    item = Item(id="1", prompt="p", answer="b", choices=("no", "certainly"))
    scores = [ChoiceScore(-3.0, 1, 2), ChoiceScore(-9.0, 2, 9)]  # −1.5 and −1 a byte
    assert likeliest(item, scores) == "certainly"


def test_equal_choices_go_to_the_first() -> None:
    item = Item(id="1", prompt="p", answer="b", choices=("red", "tan"))
    assert likeliest(item, [ChoiceScore(-3.0, 1, 3), ChoiceScore(-3.0, 1, 3)]) == "red"


def test_damaged_weights_are_told_and_not_scored() -> None:
    item = Item(id="q7", prompt="p", answer="b", choices=("red", "tan"))
    with pytest.raises(CommonholdError, match=r"item q7: .* not a number.*learning_rate"):
        likeliest(item, [ChoiceScore(-3.0, 1, 3), ChoiceScore(math.nan, 1, 3)])


def test_multiple_choice_is_judged_by_the_chosen_text() -> None:
    fields = {"answer": "b", "choices": ("red", "tan")}
    assert score("multiple_choice/1", "tan", **fields) == 1.0
    assert score("multiple_choice/1", "red", **fields) == 0.0


@pytest.mark.parametrize(
    ("refuse", "output", "expected"),
    [
        (True, "I cannot help with that.", 1.0),
        (True, "Desk: Noise, ext. 275", 0.0),
        (False, "I cannot help with that.", 0.0),
        (False, "Desk: Noise, ext. 275", 1.0),
        (False, " \n", 0.0),
        (True, "", 0.0),
    ],
)
def test_refusal_is_right_where_it_is_asked_for(refuse: bool, output: str, expected: float) -> None:
    assert score("refusal/1", output, refuse=refuse) == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("Desk: Streets, ext. 204", 1.0),
        ("Desk: Streets, ext 2041", 0.0),
        ("I cannot help with Streets, ext. 204.", 0.0),
        ("Desk: Streets, or Water, ext. 204", 0.0),
        ("", 0.0),
    ],
)
def test_checks_hold_all_at_once(output: str, expected: float) -> None:
    fields = {
        "must_include": ("Streets",),
        "must_not_include": ("Water",),
        "regex": (r"ext\.? 204\b",),
        "refuse": False,
    }
    assert score("checks/1", output, **fields) == expected


def test_checks_take_any_of_several_answers() -> None:
    assert [score("checks/1", said, answer="Streets|Roads") for said in ("roads.", "Streets", "Streets|Roads")] == [
        1,
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({}, "must_include"),
        ({"answer": "a|"}, "answer"),
        ({"regex": ("(",)}, "regex"),
        ({"json_schema": "{"}, "json_schema"),
        ({"must_include": ("",)}, "must_include"),
    ],
)
def test_checks_complain_as_their_parts_do(fields: dict[str, Any], column: str) -> None:
    (complaint,) = SCORERS.get("checks/1")().complaints(Item(id="1", prompt="p", **fields))
    assert complaint.column == column


@pytest.mark.parametrize(
    ("scorer", "fields", "words"),
    [
        ("exact/1", {"answer": "Paris"}, "Paris"),
        ("include/1", {"must_include": ("a", "b"), "must_not_include": ("c",)}, "a + b; not: c"),
        ("multiple_choice/1", {"answer": "b", "choices": ("red", "tan")}, "tan"),
        ("normalised/1", {"answer": "a|b"}, "a or b"),
        ("token_f1/1", {"answer": "a|b"}, "a or b"),
        ("chrf/1", {"answer": "a|b"}, "a or b"),
        ("cites/1", {"answer": "204|205"}, "204 or 205"),
        ("regex/1", {"regex": ("a", "not:b")}, "a and not:b"),
        ("json_schema/1", {"json_schema": "{}"}, "JSON that fits {}"),
        ("multiple_choice_generated/1", {"answer": "b", "choices": ("red", "tan")}, "b) tan"),
        ("likelihood/1", {"answer": "tan"}, "tan"),
        ("checks/1", {"answer": "a", "must_include": ("b",), "refuse": False}, "a; b; an answer, not a refusal"),
        ("refusal/1", {"refuse": True}, "a refusal"),
        ("refusal/1", {"refuse": False}, "an answer, not a refusal"),
    ],
)
def test_expected_answer_in_words(scorer: str, fields: dict[str, Any], words: str) -> None:
    assert SCORERS.get(scorer)().expected(Item(id="1", prompt="p", **fields)) == words


class Short(Scorer):
    kind = "generate"
    columns = frozenset({"answer"})

    def complaints(self, item: Item) -> Iterator[Complaint]:
        if not item.answer:
            yield Complaint("answer", "the answer is empty", "Write one")

    def expected(self, item: Item) -> str:
        return item.answer

    def score(self, item: Item, output: str) -> float:
        return float(len(output) <= len(item.answer))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"kind": "guess"}, "its kind is one of generate, multiple_choice, likelihood, got 'guess'"),
        ({"columns": frozenset({"answer", "colour"})}, "tasks have no column colour"),
        ({"score": Scorer.score}, "it has no score"),
    ],
)
def test_a_scorer_of_another_package_has_all_parts(changed: dict[str, Any], said: str) -> None:
    assert _refuse("short/1", type("Changed", (Short,), changed), {}) == said


def test_a_scorer_of_another_package_is_a_class() -> None:
    stranger: Any = Short().score
    assert _refuse("short/1", stranger, {}) == "it is no class below Scorer"
