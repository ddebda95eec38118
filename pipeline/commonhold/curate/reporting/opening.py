"""The whole report in one plain paragraph."""

from commonhold.curate.reporting.personal_data import names_sentence
from commonhold.curate.reporting.summary import ranked
from commonhold.curate.reporting.wording import how_used, not_used, what_masked
from commonhold.number_format import count
from commonhold.records.curation_summary import CurationSummary


def opening(summary: CurationSummary) -> str:
    """What became of a community's rows, for everybody who sent some."""
    left_out = left_out_by_reason(summary)
    sentences = _refused(summary) if summary.refused else [*_used(summary.sent, summary.kept)]
    if summary.kept and not summary.refused:
        sentences.append(how_used(summary.splits))
    if left_out:
        sentences.append(not_used(left_out))
    if summary.redactions:
        rows = count(summary.redacted_records, "row")
        sentences.append(f"In {rows}, personal data was masked: {what_masked(summary.redactions)}.")
    return " ".join([*sentences, names_sentence(summary)])


def left_out_by_reason(summary: CurationSummary) -> dict[str, int]:
    """Rows that are not used, those that cannot be read among them, most frequent first."""
    return ranked({**summary.dropped_by_reason, "unreadable": summary.unreadable})


def kept_words(summary: CurationSummary) -> str:
    """What the rows are that came through every step."""
    return "fit to be used" if summary.refused else "used"


def _refused(summary: CurationSummary) -> list[str]:
    fit = "None of them can be used." if not summary.kept else f"{summary.kept:,} of them could be used."
    return [
        f"Nothing is learnt from these rows yet. You sent {count(summary.sent, 'row')}.",
        *([fit] * (summary.sent > 0)),
    ]


def _used(sent: int, used: int) -> list[str]:
    if sent == used:
        every = "it is used" if sent == 1 else "all of them are used"
        return [f"You sent {count(sent, 'row')}, and {every}."]
    return [f"You sent {count(sent, 'row')}.", f"{used:,} of them {'is' if used == 1 else 'are'} used."]
