"""What personal data was masked, and what was not looked for."""

from collections.abc import Iterator

from commonhold.curate.privacy.redactor import PERSONAL_KINDS
from commonhold.curate.reporting.parts import Block, Points, ReportSection, Words, bars
from commonhold.curate.reporting.wording import OWN_KINDS, kind_label
from commonhold.number_format import count, listed
from commonhold.records.curation_summary import CurationSummary


def personal_data(summary: CurationSummary) -> ReportSection:
    """By kind, with what may still stand in the texts."""
    blocks: list[Block] = []
    if summary.redactions:
        pieces = sum(summary.redactions.values())
        blocks += [
            Words(
                f"{count(pieces, 'piece')} of personal data in {count(summary.redacted_records, 'row')} "
                f"{'was' if pieces == 1 else 'were'} masked. A word in brackets, such as [PHONE], stands there now. "
                "Rows that are not used in the end are counted too."
            ),
            bars({_capital(kind_label(kind)): number for kind, number in summary.redactions.items()}),
        ]
    else:
        blocks.append(Words("No personal data was found. That does not mean that there is none."))
    blocks += [Words("Please note what is not recognised:"), Points(tuple(_not_recognised(summary)))]
    return ReportSection("Personal data", blocks)


def _not_recognised(summary: CurationSummary) -> Iterator[str]:
    asked = summary.asked
    yield "Names of people who are spoken of in a text."
    if "name" not in asked.own_kinds:
        yield "The name of the writer: no column of the files is declared to hold it."
    if asked.own_kinds:
        own = listed([OWN_KINDS[kind] for kind in asked.own_kinds])
        yield f"The {own} from the columns of the files are masked only where the same person writes them."
    if "street_address" in asked.masked_kinds:
        yield "Some street addresses. Many are found, not all."
    if missing := [kind_label(kind) for kind in PERSONAL_KINDS if kind not in asked.masked_kinds]:
        yield f"What the recipe does not ask for: {listed(missing)}."
    yield "Anything that is written in an unusual way. Someone should read the rows before they are shown to others."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
