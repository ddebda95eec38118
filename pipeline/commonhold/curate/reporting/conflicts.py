"""Messages with several replies: a list for people, who know which one is right."""

from pathlib import Path

from commonhold.curate.reporting.parts import Block, ReportSection, ReportTable, Words
from commonhold.number_format import count
from commonhold.records.curation_summary import CurationSummary, ReplyConflict
from commonhold.strict_json import parse_json

MOST_LISTED = 50
MOST_LINES = 12
REASONS = frozenset({"other_reply", "label_conflict"})


def read_conflicts(review: Path) -> tuple[ReplyConflict, ...]:
    """The first of them, from what is listed for a person to look at."""
    found: dict[str, dict[str, list[int]]] = {}
    with review.open("rb") as lines:
        for line in lines:
            if any(reason.encode() in line for reason in REASONS):
                decision = parse_json(line)
                if decision["reason"] in REASONS and (decision["detail"] in found or len(found) < MOST_LISTED):
                    rows = found.setdefault(decision["detail"], {})
                    rows.setdefault(decision["file"], []).append(decision["row"])
    return tuple(
        ReplyConflict(detail, {file: tuple(rows) for file, rows in by_file.items()})
        for detail, by_file in found.items()
    )


def several_replies(summary: CurationSummary) -> ReportSection:
    """Where the rows are that have one message and several replies, or labels."""
    blocks: list[Block] = []
    if summary.label_rows:
        text = "The replies are labels: few, short, and each for many messages. Equal ones are not taken for copies."
        blocks.append(Words(text))
    what = "labels" if summary.label_rows else "replies"
    if summary.conflicts:
        more = " The first are listed." if len(summary.conflicts) == MOST_LISTED else ""
        text = (
            f"{count(len(summary.conflicts), 'message')} {'has' if len(summary.conflicts) == 1 else 'have'} different "
            f"{what} in different rows.{more} All these rows are used. Please look which is right, and correct or "
            "remove the others; review.jsonl, beside this report, lists each row."
        )
        rows = [(_places(one), one.detail) for one in summary.conflicts]
        blocks += [Words(text), ReportTable(f"Messages with several {what}", ("Rows", "What"), rows, frozenset({1}))]
    return ReportSection(f"One message, several {what}" if summary.conflicts else "Labels", blocks)


def _places(conflict: ReplyConflict) -> str:
    """`rows.csv: 3, 7`, a line each where they are few."""
    parts = []
    for file, rows in conflict.rows.items():
        more = f" and {len(rows) - MOST_LINES:,} more" if len(rows) > MOST_LINES else ""
        parts.append(f"{file}: {', '.join(map(str, rows[:MOST_LINES]))}{more}")
    return "; ".join(parts)
