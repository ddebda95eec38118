"""redact_pii/3 in a whole curation: certain and likely finds, and what people say of themselves in the form."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commonhold.curate.privacy.redactor import RedactionSettings
from commonhold.curate.rows.record import Record
from commonhold.curate.settings import CurationSettings
from commonhold.curate.steps.redact_pii import redact_pii
from commonhold.files import read_jsonl
from commonhold.records.curation_summary import CurationSummary

Row = Callable[..., Record]
Examples = Callable[[str], dict[int, dict[str, Any]]]
SETTINGS = RedactionSettings(("email", "phone"), ("US",))
HEADER = "Message,Reply,Who,Language,OK?,Village\n"


def test_the_step_masks_both_sides_and_never_repeats_the_data(row: Row) -> None:
    outcome = redact_pii(SETTINGS)([row(1, "I am at 503-555-2368", "Write to ana@x.example"), row(2, "ext. 204")])
    assert [(record.prompt, record.completion) for record in outcome.kept] == [
        ("I am at [PHONE]", "Write to [EMAIL]"),
        ("ext. 204", "over there"),
    ]
    (decision,) = outcome.decisions
    assert (decision.action, decision.reason, decision.detail) == ("change", "personal_data_masked", "email 1, phone 1")
    assert outcome.counts == {"email": 1, "phone": 1}


def test_one_likely_find_makes_the_row_one_to_look_through(row: Row) -> None:
    outcome = redact_pii(SETTINGS)([row(1, "I am at 555-0123", "Write to ana@x.example")])
    assert [decision.reason for decision in outcome.decisions] == ["likely_personal_data_masked"]


@pytest.fixture
def examples(
    community: Callable[..., Path],
    curated: Callable[..., tuple[CurationSummary, Path]],
    settings: CurationSettings,
    datasheet: str,
) -> Examples:
    """Curates rows of a form that asks for name and village; gives the examples by row."""

    def run(rows: str) -> dict[int, dict[str, Any]]:
        folder = community(HEADER + rows, f"{datasheet}personal:\n  name: Who\n  place: Village\n")
        _, out = curated(folder, replace(settings, near_duplicate=1.0))
        return {row["row"]: row for row in read_jsonl(out / "examples.jsonl")}

    return run


def test_what_a_row_says_of_its_contributor_is_masked_in_its_texts_only(examples: Examples) -> None:
    found = examples(
        "It is Imara from Lowford again,Thank you Imara,Imara Odell,en,yes,Lowford\n"
        "Is Imara from Lowford there?,no,Bo Vance,en,yes,Highford\n"
    )
    assert (found[2]["prompt"], found[2]["completion"]) == ("It is [NAME] from [PLACE] again", "Thank you [NAME]")
    assert found[3]["prompt"] == "Is Imara from Lowford there?"


def test_what_one_row_says_is_masked_in_the_contributors_other_rows(
    community: Callable[..., Path],
    curated: Callable[..., tuple[CurationSummary, Path]],
    settings: CurationSettings,
    datasheet: str,
) -> None:
    rows = "Message,Reply,Who,Language,OK?,Village\nwhere is it,there,Imara,en,yes,Lowford\n"
    rows += "I am back in Lowford,fine,imara,en,yes,Highford\nIs it Lowford?,yes,Bo,en,yes,Midford\n"
    folder = community(rows, f"{datasheet}personal:\n  place: Village\n")
    for shard_rows in (1, 20_000):
        _, out = curated(folder, settings, shard_rows=shard_rows)
        found = {row["row"]: row["prompt"] for row in read_jsonl(out / "examples.jsonl")}
        assert found == {2: "where is it", 3: "I am back in [PLACE]", 4: "Is it Lowford?"}


def common(people: int) -> str:
    """A row of Joy's, and so many others who write the word."""
    others = "".join(f"such joy number {n} {n},reply {n},Person {chr(65 + n)},en,yes,\n" for n in range(people))
    return f"It was a joy and I am Joy,Thank you,Joy,en,yes,\n{others}"


def test_a_word_that_many_contributors_write_is_a_name_only_with_a_capital(examples: Examples) -> None:
    assert examples(common(4))[2]["prompt"] == "It was a joy and I am [NAME]"
    assert examples(common(3))[2]["prompt"] == "It was a [NAME] and I am [NAME]"


def test_rows_without_consent_make_no_word_common(examples: Examples) -> None:
    rows = common(4).replace("Person D,en,yes", "Person D,en,no")
    assert examples(rows)[2]["prompt"] == "It was a [NAME] and I am [NAME]"
