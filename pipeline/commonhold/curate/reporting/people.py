"""Who gave the rows that are used, and how unequally."""

from itertools import pairwise

from commonhold.curate.reporting.contributors import SPREAD_EDGES
from commonhold.curate.reporting.parts import ReportSection, Words, bars
from commonhold.number_format import count, percent
from commonhold.records.curation_summary import CurationSummary

SHORT_ID = 8


def people(summary: CurationSummary) -> ReportSection:
    """How many gave how much; nobody is named."""
    title = "Who gave the used rows"
    if not summary.contributor_count:
        return ReportSection(title, [Words("The used rows do not say who gave them.")])
    named = {name: rows for name, rows in summary.contributors.items() if name}
    shown = {f"Person {name[:SHORT_ID]}": rows for name, rows in named.items()}
    hidden = summary.contributor_count - len(named)
    chart = bars(shown, "Rows of those who gave most")
    blocks = [Words(" ".join(_sentences(summary, named)))]
    if summary.contributor_count > 1:
        groups = {_group(edge): number for edge, number in summary.contributor_spread.items()}
        blocks_after = [bars(groups, "People by the number of their used rows"), chart]
        note = "The codes identify people without naming them."
        if hidden:
            note += f" The chart counts the {len(named)} who gave most."
        return ReportSection(title, [*blocks, *blocks_after, Words(note)])
    return ReportSection(title, blocks)


def _sentences(summary: CurationSummary, named: dict[str, int]) -> list[str]:
    number, nobody = summary.contributor_count, summary.contributors.get("", 0)
    rows = summary.kept - nobody
    sentences = [
        f"{count(rows, 'used row')} {'says' if rows == 1 else 'say'} who gave {'it' if rows == 1 else 'them'}."
    ]
    if number == 1:
        sentences.append("All come from 1 person." if rows > 1 else "")
    else:
        sentences.append(f"They come from {number:,} people.")
        sentences.append(f"The person who gave most gave {percent(max(named.values()) / rows)}.")
        even = -(-number // 2)
        if summary.contributor_half < even:
            sentences.append(
                f"Half of the rows come from just {summary.contributor_half:,} of them. "
                f"If all had given the same, it would take {even:,}."
            )
        else:
            sentences.append("The rows are spread evenly over them.")
    if nobody:
        sentences.append(f"{count(nobody, 'used row')} {'does' if nobody == 1 else 'do'} not say so.")
    if (without := summary.contributors_sent - number) > 0:
        sentences.append(f"{count(without, 'more person', 'more people')} sent rows, and none of those is used.")
    return [sentence for sentence in sentences if sentence]


def _group(edge: int) -> str:
    last = {low: high - 1 for low, high in pairwise(SPREAD_EDGES)}.get(edge)
    if last is None:
        return f"{edge} rows or more"
    return "1 row" if edge == last == 1 else f"{edge} to {last} rows"
