"""Following records through a finished curation."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from commonhold.curate.inspect.records import decisions_of, differences, example_of, not_used, outcomes, record_tree
from commonhold.curate.rights.receipt import check
from commonhold.curate.settings import CurationSettings
from commonhold.errors import RequestError
from commonhold.records.curation_summary import CurationSummary

Curated = Callable[..., tuple[CurationSummary, Path]]
ROWS = """\
Message,Reply,Who,Language,OK?
Where is the water desk?,"Desk: Water, ext. 258",Ana,en,yes
where is the  WATER desk?,"Desk: Water, ext. 258",Bo,en,yes
Call me at 503-555-2368 about the lamp,"Desk: Lighting, ext. 217",Ana,en,YES
Where is the water desk? And the other one?,No idea,Bo,en,no
,"Desk: Water, ext. 258",Bo,en,yes
"""


@pytest.fixture
def done(community: Callable[..., Path], curated: Curated, settings: CurationSettings) -> Path:
    """The folder of a curation of five rows, of which two are used."""
    return curated(community(ROWS), settings)[1]


def test_a_record_is_found_by_file_and_row_by_its_id_and_by_the_first_digits(done: Path) -> None:
    found = decisions_of(done, "rows.csv:4")
    assert [(one.action, one.reason) for one in found] == [("change", "personal_data_masked"), ("keep", "")]
    record_id = found[0].record_id
    assert decisions_of(done, record_id) == decisions_of(done, record_id[:6]) == found


@pytest.mark.parametrize("name", ["rows.csv:9", "other.csv:4", "rows.csv:", "12345", "rows.csv", ":4"])
def test_a_name_that_no_record_has_is_refused(done: Path, name: str) -> None:
    with pytest.raises(RequestError, match="no record is called"):
        decisions_of(done, name)


def test_five_digits_of_an_id_are_too_few(done: Path) -> None:
    record_id = decisions_of(done, "rows.csv:4")[0].record_id
    with pytest.raises(RequestError, match="no record is called"):
        decisions_of(done, record_id[:5])


def test_digits_that_several_ids_begin_with_are_refused_with_the_ids(done: Path) -> None:
    decisions = done / "decisions.jsonl"
    ids = [one.record_id for one in outcomes(done)]
    text = decisions.read_text(encoding="utf-8")
    for number, record_id in enumerate(ids[:2]):
        text = text.replace(record_id, f"abcdef{number}{record_id[7:]}")
    decisions.write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match=r"'abcdef' may be any of abcdef0\w+, abcdef1\w+\. Give more digits"):
        decisions_of(done, "abcdef")
    assert decisions_of(done, "abcdef1")[0].row == 3


def test_the_example_of_a_record_is_what_is_learnt_and_absent_when_it_is_not_used(done: Path) -> None:
    example = example_of(done, decisions_of(done, "rows.csv:4")[0].record_id)
    assert example is not None
    assert example.prompt == "Call me at [PHONE] about the lamp"
    assert example_of(done, decisions_of(done, "rows.csv:3")[0].record_id) is None


def test_every_record_has_one_outcome_in_the_order_of_the_file(done: Path) -> None:
    assert [(one.row, one.action) for one in outcomes(done)] == [
        (2, "keep"), (3, "merge"), (4, "keep"), (5, "drop"), (6, "drop"),
    ]  # fmt: skip


def test_what_is_not_used_is_counted_by_step_and_reason_with_the_first_places(done: Path) -> None:
    found = not_used(done)
    assert {key: (entry.number, [one.row for one in entry.first]) for key, entry in found.items()} == {
        ("consent/2", "no_consent"): (1, [5]),
        ("empty/1", "empty_prompt"): (1, [6]),
        ("exact_duplicate/1", "exact_duplicate"): (1, [3]),
    }
    assert list(not_used(done, "empty_prompt")) == [("empty/1", "empty_prompt")]
    assert not_used(done, "too_long") == {}
    assert [entry.first for entry in not_used(done, most=0).values()] == [[], [], []]


def test_the_most_frequent_reason_comes_first(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings
) -> None:
    _, out = curated(community(f"{ROWS},x,Cy,en,yes\n"), settings)
    assert next(iter(not_used(out))) == ("empty/1", "empty_prompt")
    assert not_used(out)["empty/1", "empty_prompt"].number == 2


def test_two_curations_differ_in_what_was_decided_otherwise(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings
) -> None:
    # Row 4 has 9 words when nothing is masked; row 6 says something else, row 7 is new and has 7 words.
    old = curated(community(ROWS), settings)[1]
    changed = ROWS.replace('\n,"Desk: Water, ext. 258",Bo', "\nIs there more?,x y,Bo")
    changed += "Is there a seventh row in here?,yes,Cy,en,yes\n"
    new = curated(community(changed), replace(settings, max_words=5, redact=()))[1]
    found = differences(old, new)
    assert dict(found.counts) == {
        "no longer used: too_long": 1,
        "new record, used": 1,
        "new record, not used: too_long": 1,
        "gone": 1,
    }
    assert found.same == 3
    assert {what: [one.row for one in places] for what, places in found.first.items()} == {
        "no longer used: too_long": [4],
        "new record, used": [6],
        "new record, not used: too_long": [7],
        "gone": [6],
    }


def test_a_record_that_is_left_out_for_another_reason_is_told_with_both(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings
) -> None:
    folder = community(f"{ROWS}Is it open?,yes,Cy,en,yes\n")
    old, new = (curated(folder, replace(settings, max_words=most))[1] for most in (400, 4))
    assert dict(differences(old, new).counts) == {
        "no longer used: too_long": 2,
        "left out for another reason: too_long instead of exact_duplicate": 1,
    }


def test_a_record_that_is_used_again_with_another_text_or_in_another_split_is_told(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings
) -> None:
    rows = "Message,Reply,Who,Language,OK?\n"
    rows += "".join(f"alpha{n} beta{n} gamma{n},reply{n} {n} {n},p{n},en,yes\n" for n in range(10))
    rows += "write to ana@toy.example please,I did so today,Ana,en,yes\n"
    folder = community(rows)
    plain = curated(folder, replace(settings, redact=()))[1]
    assert dict(differences(plain, curated(folder, settings)[1]).counts) == {"used with another text": 1}
    held_out = curated(folder, replace(settings, redact=(), test_share=0.1))[1]
    assert dict(differences(plain, held_out).counts) == {"moved from train to test": 1}
    short = curated(folder, replace(settings, redact=(), min_words=4))[1]
    assert differences(short, plain).counts["now used; was left out: too_short"] == 10
    assert differences(plain, plain) == differences(held_out, held_out)
    assert differences(plain, plain).same == 11


def test_receipts_of_used_and_of_unused_records_hold_against_the_published_root(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings
) -> None:
    summary, out = curated(community(ROWS), settings, key=b"k" * 32)
    tree = record_tree(out, b"k" * 32)
    assert tree.root == summary.root
    used, unused = (decisions_of(out, f"rows.csv:{row}")[0].record_id for row in (4, 5))
    assert tree.size == summary.kept == 2
    assert check(tree.inclusion_receipt(used), summary.root)
    assert check(tree.absence_receipt(unused), summary.root)
    assert record_tree(out, b"other" * 8).root != summary.root
