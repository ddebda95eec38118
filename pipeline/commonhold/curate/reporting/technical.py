"""The report's last section, in the exact terms."""

from collections.abc import Mapping

from commonhold.curate.dedup.evaluation_overlap import (
    LEAK,
    MANY_RECORDS,
    NEAR,
    RUN_WORDS,
    SEVERAL_ITEMS,
    SHORTEST_WHOLE,
)
from commonhold.curate.dedup.minhash_lsh import bands_for
from commonhold.curate.dedup.one_edit import MOST_WORDS
from commonhold.curate.reporting.parts import Block, Curve, Facts, Point, ReportSection, ReportTable, Words
from commonhold.curate.text.words import SHINGLE_WORDS
from commonhold.records.curation_summary import CurationSummary


def technical(summary: CurationSummary) -> ReportSection:
    """Steps with versions and counts, bounds, and how likely near copies are found."""
    bands = bands_for(summary.asked.near_duplicate)
    curve = [Point(overlap, chance) for overlap, chance in bands.curve().items()]
    blocks: list[Block] = [
        Words("decisions.jsonl, beside this report, has one line for every decision about every record."),
        _steps(summary),
        Facts(_bounds(summary)),
        Words(
            f"Chance that two long messages are compared, by their overlap: {bands.bands} bands of {bands.rows} rows. "
            f"Messages of up to {bands.short + SHINGLE_WORDS - 1} words are compared exactly. Every pair that is "
            "compared is judged by its true overlap, not by an estimate."
        ),
        Curve("overlap (Jaccard)", "chance to be compared", curve, summary.asked.near_duplicate),
        ReportTable(
            "S-curve of the comparison",
            ("Overlap", "Chance"),
            [(f"{point.across:.2f}", f"{point.up:.4f}") for point in curve if round(point.across * 20) % 2 == 0],
        ),
    ]
    return ReportSection("For the technically minded", blocks, "technical")


def _steps(summary: CurationSummary) -> ReportTable:
    rows = [
        (
            f"{step.step} ({summary.packages[step.step]})" if step.step in summary.packages else step.step,
            f"{step.records_in:,}",
            _sum(step.changed),
            _sum(step.flagged),
            _sum(step.dropped),
            f"{step.kept:,}",
        )
        for step in summary.steps
    ]
    return ReportTable("Steps in their order", ("Step", "In", "Changed", "Flagged", "Left out", "Kept"), rows)


def _sum(counts: Mapping[str, int]) -> str:
    return f"{sum(counts.values()):,}"


def _bounds(summary: CurationSummary) -> dict[str, str]:
    asked = summary.asked
    together = "document, or with a message or reply that overlaps"
    if summary.people_apart:
        together = f"contributor or {together}"
    return {
        "Length": f"{asked.min_words} to {asked.max_words} words, message and reply alike",
        "Near copies": f"Jaccard overlap of messages of {asked.near_duplicate:g} or more, "
        f"shingles of {SHINGLE_WORDS} words, or one place that differs in up to {MOST_WORDS} words; replies agree, and "
        "no number, negation, day or opposite differs",
        "Splits": f"records of one {together} by {LEAK:g} or more, stay together: {summary.clusters:,} groups",
        "Evaluation overlap": f"runs of {RUN_WORDS} words; items of {SHORTEST_WHOLE} to {RUN_WORDS - 1} words as a "
        f"whole, or as a message that overlaps by {NEAR:g}; runs in {MANY_RECORDS} records and {SEVERAL_ITEMS} items "
        "or more count as boilerplate",
        "Contributors": f"Gini coefficient {summary.contributor_gini:g} over {summary.contributor_count:,}",
        "Masked kinds": ", ".join(asked.masked_kinds) or "none",
        "Merkle root": summary.root,
    }
