"""Rephrased records from end to end, with plain functions in the place of a model."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commonhold.curate.inspect.records import decisions_of, record_tree, rephrasings
from commonhold.curate.rephrasing.rephrase import Rephraser
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.run import CurationJob, curate
from commonhold.curate.settings import CurationSettings, Rephrasing
from commonhold.digests import digests_below
from commonhold.records.chat import Conversation
from commonhold.records.curation_summary import CurationSummary
from commonhold.records.example import DecisionLine, Example

KEY = b"k" * 32
Write = Callable[..., Path]

MESSAGES = {
    "the lamp in front of the school is dark": "no light shines before the school at night",
    "where do I pay the bill for water": "which office takes my money for the water bill",
    "a tree fell over the road to the mill": "there is a trunk on the way that leads to the mill",
    "my neighbour plays loud music every night": "each night there is noise from the house beside mine",
}


def community_of(
    write: Write, datasheet: str, messages: Sequence[str], reword: Sequence[str] = (), language: str = "en"
) -> Path:
    """Rows of one contributor each, who allow rephrasing unless `reword` says otherwise."""
    rows = ["Message,Reply,Who,Language,OK?,Reword?"]
    answers = reword or ["yes"] * len(messages)
    for number, (message, answer) in enumerate(zip(messages, answers, strict=True)):
        rows.append(f'"{message}","Desk {number}, ext. {200 + number}",p{number},{language},yes,{answer}')
    asked = 'consent:\n  purposes: {rephrase: {column: "Reword?", accepted: ["yes"]}}\n  covers: [train, evaluate]\n'
    return write("\n".join(rows) + "\n", datasheet.replace("consent:\n", asked))


def model(answers: Mapping[str, str] | Callable[[str], str]) -> Rephraser:
    """Answers by the message that is asked about."""
    say = answers if callable(answers) else answers.__getitem__

    def reply(conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:
        return [say(conversation[-1].content.rpartition("Message: ")[2]) for conversation in conversations]

    return Rephraser("toy", reply)


def run(
    folder: Path, settings: CurationSettings, rephraser: Rephraser | None, name: str = "x", shard_rows: int = 20_000
) -> tuple[CurationSummary, Path]:
    out = folder.parent / f"out-{name}"
    out.mkdir(exist_ok=True)
    job = CurationJob(read_community(folder), settings, KEY, 1, folder.parent / f"work-{name}", shard_rows, rephraser)
    return curate(job, out, lambda _line: None), out


def asked(settings: CurationSettings, *styles: Any, share: float = 1.0, **more: Any) -> CurationSettings:
    return replace(settings, rephrase=Rephrasing(styles or ("easy",), share), **more)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def examples_of(out: Path) -> tuple[dict[str, Example], list[Example]]:
    """Real ones by id, and rephrased ones."""
    every = [Example(**{**row, "parents": tuple(row["parents"])}) for row in lines(out / "examples.jsonl")]
    return {each.record_id: each for each in every if not each.parents}, [each for each in every if each.parents]


def refusals(out: Path) -> list[tuple[str, str]]:
    """Action and reason of every rephrased message, in order."""
    decisions = [DecisionLine(**row) for row in lines(out / "decisions.jsonl")]
    return [(each.action, each.reason) for each in decisions if each.step == "rephrase/1"]


def test_a_rephrased_record_has_all_of_its_parent_but_the_message(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, [*MESSAGES])
    summary, out = run(folder, asked(settings), model(MESSAGES))
    real, made = examples_of(out)
    assert (len(real), len(made), summary.kept) == (4, 4, 4)
    for child in made:
        (parent,) = (real[name] for name in child.parents)
        assert child.prompt == MESSAGES[parent.prompt]
        inherited = replace(child, record_id=parent.record_id, prompt=parent.prompt, parents=(), made_by="")
        assert inherited == parent
        assert child.record_id not in real
        assert child.made_by == "toy, easy/1, greedy"
    assert summary.synthetic == {"easy": 4}
    assert summary.synthetic_refused == {}
    assert summary.splits == {"train": 4}


def test_nothing_is_rephrased_unless_asked(community: Write, datasheet: str, settings: CurationSettings) -> None:
    folder = community_of(community, datasheet, [*MESSAGES])
    summary, out = run(folder, settings, model({}))
    assert (summary.synthetic, summary.synthetic_refused) == ({}, {})
    assert examples_of(out)[1] == []


def test_only_rows_with_a_consent_of_its_own_are_rephrased(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, [*MESSAGES], ["no", "yes", "", "no"])
    summary, out = run(folder, asked(settings), model(MESSAGES))
    assert summary.kept == 4
    assert [child.prompt for child in examples_of(out)[1]] == ["which office takes my money for the water bill"]


def test_without_that_consent_it_is_said_that_nothing_was_rephrased(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, [*MESSAGES], ["no"] * 4)
    summary, _ = run(folder, asked(settings), model({}))
    assert "nothing was rephrased: no row to learn from has a consent that covers rephrase" in summary.warnings


def words_of(number: int) -> str:
    """Messages with no run of three words in common, forwards or backwards."""
    name = f"{chr(98 + number // 10)}a{chr(98 + number % 10)}"
    return " ".join(f"{word}{name}" for word in ("some", "thing", "over", "here", "must", "have", "been", "made"))


def reversed_words(message: str) -> str:
    return " ".join(reversed(message.split()))


def test_rows_that_are_held_out_are_never_parents(community: Write, datasheet: str, settings: CurationSettings) -> None:
    folder = community_of(community, datasheet, [words_of(number) for number in range(20)], language="")
    wanted = asked(settings, validation_share=0.2, test_share=0.2)
    real, made = examples_of(run(folder, wanted, model(reversed_words))[1])
    assert sorted(each.split for each in real.values()) == ["test"] * 4 + ["train"] * 12 + ["validation"] * 4
    assert len(made) == 12
    assert {real[child.parents[0]].split for child in made} == {child.split for child in made} == {"train"}


def test_the_share_counts_what_is_used_and_not_what_was_refused(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, [words_of(number) for number in range(10)], language="")
    tried = []

    def every_second(message: str) -> str:
        tried.append(message)
        return reversed_words(message) if len(tried) % 2 == 0 else message

    summary, out = run(folder, asked(settings, share=0.4), model(every_second))
    assert summary.synthetic == {"easy": 4}
    assert summary.synthetic_refused == {"unchanged": 4}
    assert len(tried) == 8
    assert refusals(out) == [("drop", "unchanged"), ("keep", "")] * 4


def test_a_share_that_floats_badly_is_not_one_short(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, [words_of(number) for number in range(100)], language="")
    assert run(folder, asked(settings, share=0.29), model(reversed_words))[0].synthetic == {"easy": 29}


def test_every_parent_has_a_turn_before_one_has_a_second(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, [*MESSAGES])
    summary, out = run(folder, asked(settings, "easy", "hard"), model(MESSAGES))
    made = examples_of(out)[1]
    assert len({child.parents for child in made}) == 4
    assert summary.synthetic == {"easy": 2, "hard": 2}


def test_a_refused_message_is_in_the_ledger_and_nowhere_else(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, ["the pump is broken since the rain"])
    _, out = run(folder, asked(settings), model(lambda _: "please tell Gundula that the water has gone"))
    (refused,) = [row for row in lines(out / "decisions.jsonl") if row["step"] == "rephrase/1"]
    (parent,) = examples_of(out)[0]
    assert (refused["action"], refused["reason"]) == ("drop", "invented_name")
    assert refused["detail"] == f"easy/1 of {parent}: 1 capitalised word that the message has not"
    assert (refused["file"], refused["row"], refused["after"]) == ("rows.csv", 2, "")
    assert all("Gundula" not in path.read_text(encoding="utf-8") for path in out.iterdir() if path.is_file())


SPANISH = "la bomba de agua está rota desde que empezó a llover mucho el lunes por la tarde"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("no water comes, write to the desk at desk@toy.example", "personal_data"),
        (SPANISH, "language_mismatch"),
        (("no water from it at all, " * 5).strip(), "repeated_phrase"),
        ("who repairs broken pumps in the valley of the lamps", "evaluation_overlap"),
        ("dry", "too_short"),
        ("http://a.example/b http://c.example/d http://e.example/f", "mostly_links"),
        ("since the rain the pump is broken, it runs dry", ""),
    ],
)
def test_what_is_checked_in_rows_is_checked_again(
    community: Write, datasheet: str, settings: CurationSettings, answer: str, reason: str
) -> None:
    folder = community_of(community, datasheet, ["the pump is broken since the rain came down so hard on us"])
    wanted = asked(settings, min_words=2, evaluation_prompts=("who repairs broken pumps in the valley of the lamps?",))
    summary, _ = run(folder, wanted, model(lambda _: answer))
    assert summary.synthetic_refused == ({reason: 1} if reason else {})


def test_near_copies_of_the_parent_and_of_others_are_refused(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    own, other = (" ".join(f"{letter}{place}" for place in "abcdefghijklmnopqrstuvwxyz") for letter in ("ka", "mo"))
    answers = {own: f"{own} too", other: f"{own} as well"}  # 24 shingles of 25, and of 26
    folder = community_of(community, datasheet, [own, other])
    summary, _ = run(folder, asked(settings), model(answers))
    assert summary.synthetic_refused == {"near_copy": 1, "near_duplicate": 1}
    loose, _ = run(folder, asked(settings, near_duplicate=0.97), model(answers), "loose")
    assert loose.synthetic_refused == {"near_copy": 1}
    assert loose.synthetic == {"easy": 1}


def test_two_rephrased_messages_that_say_the_same_are_one(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, [*MESSAGES][:2])
    summary, _ = run(folder, asked(settings), model(lambda _: "which desk is the right one for such things"))
    assert summary.synthetic == {"easy": 1}
    assert summary.synthetic_refused == {"near_duplicate": 1}


def test_a_message_too_near_to_a_held_out_one_is_refused(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, [words_of(number) for number in range(20)], language="")
    wanted = asked(settings, validation_share=0.1, test_share=0.1)
    real, _ = examples_of(run(folder, replace(wanted, rephrase=Rephrasing()), None)[1])
    held = [each.prompt for each in real.values() if each.split != "train"]
    # One word more at the end: 6 shingles of 7, an overlap above 0.7 and below that of copies.
    answers = model(lambda _: f"{min(held)} too")
    summary, _ = run(folder, replace(wanted, near_duplicate=0.9), answers, "again")
    assert summary.synthetic == {}
    assert set(summary.synthetic_refused) == {"held_out_overlap"}


def test_the_size_of_shards_changes_nothing(community: Write, datasheet: str, settings: CurationSettings) -> None:
    folder = community_of(community, datasheet, [words_of(number) for number in range(20)], language="")
    wanted = asked(settings, "easy", "medium", validation_share=0.1)
    one, other = (run(folder, wanted, model(reversed_words), f"s{size}", size)[1] for size in (3, 20_000))
    assert digests_below(one) == digests_below(other)


def test_what_the_model_wrote_before_a_crash_is_not_written_again(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, [words_of(number) for number in range(70)], language="")
    tried: list[str] = []

    def dies(message: str) -> str:
        if len(tried) == 66:
            raise RuntimeError("killed")
        tried.append(message)
        return reversed_words(message)

    with pytest.raises(RuntimeError, match="killed"):
        run(folder, asked(settings), model(dies))
    again: list[str] = []
    summary, out = run(folder, asked(settings), model(lambda text: again.append(text) or reversed_words(text)))  # type: ignore[func-returns-value]
    assert len(again) == 6  # of 70, after a batch of 64
    assert summary.synthetic == {"easy": 70}
    whole = run(folder, asked(settings), model(reversed_words), "whole")[1]
    assert digests_below(out) == digests_below(whole)


def test_rephrased_records_are_found_by_their_parent_and_by_receipts(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, [*MESSAGES])
    summary, out = run(folder, asked(settings, share=0.5), model(MESSAGES))
    (first, second) = examples_of(out)[1]
    assert [each.record_id for each in rephrasings(out, first.parents[0])] == [first.record_id]
    of_row = decisions_of(out, f"rows.csv:{first.row}")
    assert {each.record_id for each in of_row} == set(first.parents)
    assert record_tree(out, KEY).root == summary.root
    assert record_tree(out, KEY).inclusion_receipt(second.record_id)


def test_styles_without_a_model_are_a_bug(community: Write, datasheet: str, settings: CurationSettings) -> None:
    folder = community_of(community, datasheet, [*MESSAGES])
    with pytest.raises(ValueError, match="no model"):
        run(folder, asked(settings), None)


def test_the_model_is_asked_for_more_than_any_message_may_have(
    community: Write, datasheet: str, settings: CurationSettings
) -> None:
    folder = community_of(community, datasheet, ["abc def ghi", "abc def ghi jkl"])
    most = []
    rephraser = Rephraser("toy", lambda asked, tokens: [most.append(tokens) or "x" for _ in asked])  # type: ignore[func-returns-value]
    run(folder, asked(settings), rephraser)
    assert most == [63, 63]  # 15 bytes, half of it again, 40 more, and one
