"""What stays of people's answers in a workspace: every one by a keyed id, the findings, and the report."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from commonhold.evaluate.people.findings import RatingFindings
from commonhold.evaluate.people.judge import Admission
from commonhold.evaluate.people.pack import Pack
from commonhold.evaluate.people.report import render_report
from commonhold.evaluate.people.sentences import headline, judge_sentence
from commonhold.evaluate.people.unblind import UnblindedRating
from commonhold.files import write_json, write_jsonl, write_text
from commonhold.keyed_ids import keyed_id

ANSWERS, FINDINGS, REPORT = "ratings.jsonl", "findings.json", "report.html"


def findings_data(findings: RatingFindings, admission: Admission | None) -> dict[str, object]:
    """The findings as plain data, with their sentences."""
    judge = {**asdict(admission), "sentence": judge_sentence(admission)} if admission else None
    return {"format": 1, **asdict(findings), "sentences": list(headline(findings)), "judge": judge}


def write_answers(
    folder: Path,
    findings: RatingFindings,
    admission: Admission | None,
    pack: Pack,
    judgements: Sequence[UnblindedRating],
    secret: bytes,
) -> None:
    """Writes ratings.jsonl, findings.json and report.html; a person has an id there that only `secret` makes."""
    write_jsonl(
        folder / ANSWERS,
        (
            {
                "pack": pack.id,
                "rater": keyed_id(secret, "rater", each.rater),
                "question": each.sealed.id,
                "task": each.sealed.task,
                "item_id": each.sealed.item_id,
                "choice": each.choice,
                "side": each.letter,
                "tuned_right": each.tuned_right,
                "base_right": each.base_right,
                "comment": each.comment,
            }
            for each in judgements
        ),
    )
    write_json(folder / FINDINGS, findings_data(findings, admission))
    write_text(folder / REPORT, render_report(findings, admission, pack, judgements))
