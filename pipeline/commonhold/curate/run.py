"""Curation from end to end: a folder with a datasheet in, examples and a decision for every record out."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from commonhold.curate.datasheet import Datasheet, read_datasheet
from commonhold.curate.gather import gather
from commonhold.curate.record import Record
from commonhold.curate.report import html_report, markdown_report
from commonhold.curate.settings import Settings
from commonhold.curate.step import STEPS, Outcome, Step
from commonhold.curate.steps import (  # noqa: F401 - importing a step registers it
    consent,
    empty,
    exact_duplicate,
    length,
    near_duplicate,
    normalise,
    outdated,
    redact_pii,
    sample,
    split,
)
from commonhold.curate.summary import Summary, summarise
from commonhold.errors import CommonholdError, NothingLeftError
from commonhold.files import write_json, write_jsonl, write_text
from commonhold.records.example import Decision, Example

EXAMPLES = "examples.jsonl"
DECISIONS = "decisions.jsonl"
SUMMARY = "summary.json"
REMEDIES = {
    "too_short": "Lower data.min_words in the recipe, or send longer rows",
    "too_long": "Raise data.max_words in the recipe, or send shorter rows",
    "outdated": "Correct the dates in the files, or outdated_before in datasheet.yaml",
}
"""By the reason that took most rows, when it took the last ones too."""


def curate(folder: Path, settings: Settings, key: bytes, seed: int, out: Path, say: Callable[[str], None]) -> Summary:
    """Writes examples, decisions, summary and reports of one folder of records into the existing folder `out`.

    The same files, settings, key and seed give the same bytes. `key` hides texts and contributors behind their ids.

    Raises:
        MissingInputError: the folder or its datasheet is not there.
        FormError: the datasheet or the files have problems; all of them at once.
        NothingLeftError: no record is left, or a split stays empty.
    """
    datasheet = read_datasheet(folder)
    records, warnings = gather(folder, datasheet, key)
    say(f"read {len(records)} rows from {len(datasheet.form.files)} files")
    outcomes: dict[str, Outcome] = {}
    current: Sequence[Record] = records
    for name, step in chain(datasheet.form, settings, seed).items():
        outcome = step(current)
        check_account(name, current, outcome)
        outcomes[name] = outcome
        say(f"{name}: {len(current)} -> {len(outcome.kept)}")
        current = outcome.kept
        if not current:
            raise NothingLeftError(_nothing_left(datasheet.form, len(records), outcomes))
        warnings.extend(outcome.warnings)
    summary = summarise(datasheet.form, records, outcomes, warnings)
    write_jsonl(out / EXAMPLES, (asdict(_example(record)) for record in current))
    write_jsonl(out / DECISIONS, (asdict(decision) for decision in _decisions(records, outcomes)))
    write_json(out / SUMMARY, asdict(summary))
    write_text(out / "report.html", html_report(summary))
    write_text(out / "report.md", markdown_report(summary))
    return summary


def chain(datasheet: Datasheet, settings: Settings, seed: int) -> dict[str, Step]:
    """The steps in order, by registered name.

    Consent comes before anything that judges or copies a text; masking before anything that compares texts, so that
    two rows that differ in a phone number only are duplicates.
    """
    accepted = None if datasheet.consent.all_rows else datasheet.consent.accepted
    return {
        "normalise/1": STEPS.get("normalise/1")(),
        "consent/1": STEPS.get("consent/1")(accepted),
        "outdated/1": STEPS.get("outdated/1")(datasheet.outdated_before),
        "empty/1": STEPS.get("empty/1")(),
        "redact_pii/1": STEPS.get("redact_pii/1")(settings.redact, datasheet.region),
        "length/1": STEPS.get("length/1")(settings.min_words, settings.max_words),
        "exact_duplicate/1": STEPS.get("exact_duplicate/1")(),
        "near_duplicate/1": STEPS.get("near_duplicate/1")(settings.near_duplicate),
        "sample/1": STEPS.get("sample/1")(settings.max_records, seed),
        "split/1": STEPS.get("split/1")(settings.validation_share, settings.test_share, seed),
    }


def check_account(name: str, records: Sequence[Record], outcome: Outcome) -> None:
    """Every record that went into a step came out of it kept or dropped, once; a dataset step must never lose rows.

    Raises:
        CommonholdError: records are lost, doubled or invented; a bug in the step.
    """
    dropped = [verdict.record.record_id for verdict in outcome.verdicts if verdict.action == "drop"]
    before = Counter(record.record_id for record in records)
    after = Counter([*(record.record_id for record in outcome.kept), *dropped])
    if before != after:
        raise CommonholdError(
            f"{name}: {len(records)} records went in, {len(outcome.kept)} were kept and {len(dropped)} dropped, "
            f"and {sum(((before - after) + (after - before)).values())} of them do not match. "
            "This is a bug; nothing was written"
        )


def _nothing_left(datasheet: Datasheet, records_in: int, outcomes: Mapping[str, Outcome]) -> str:
    if not records_in:
        return "the files have a header and no rows. Add rows, or remove the files from datasheet.yaml"
    dropped = Counter(
        verdict.reason for outcome in outcomes.values() for verdict in outcome.verdicts if verdict.action == "drop"
    )
    reasons = ", ".join(f"{reason} {count}" for reason, count in dropped.most_common())
    if dropped["no_consent"] == records_in:
        column, accepted = datasheet.consent.column, ", ".join(datasheet.consent.accepted)
        return (
            f"none of {records_in} rows has consent: no answer in column {column!r} is one of: {accepted}. "
            "Ask the contributors, or list the answers that mean yes under consent.accepted in datasheet.yaml"
        )
    remedy = REMEDIES.get(dropped.most_common(1)[0][0], "Correct the rows in the files")
    return f"none of {records_in} rows is left: {reasons}. {remedy}"


def _example(record: Record) -> Example:
    return Example(
        record_id=record.record_id,
        prompt=record.prompt,
        completion=record.completion,
        split=record.split,
        language=record.language,
        contributor=record.contributor,
        cluster=record.cluster,
        file=record.file,
        row=record.row,
    )


def _decisions(records: Sequence[Record], outcomes: Mapping[str, Outcome]) -> Iterator[Decision]:
    """In the order of the records; of each, every step that changed it, then the one that dropped it or the last."""
    by_record: dict[str, list[Decision]] = {record.record_id: [] for record in records}
    for name, outcome in outcomes.items():
        for record, action, reason, detail in outcome.verdicts:
            by_record[record.record_id].append(
                Decision(record.record_id, name, action, reason, record.file, record.row, detail)
            )
    last, outcome = list(outcomes.items())[-1]
    for record in outcome.kept:
        by_record[record.record_id].append(
            Decision(record.record_id, last, "keep", "", record.file, record.row, record.split)
        )
    for decisions in by_record.values():
        yield from decisions
