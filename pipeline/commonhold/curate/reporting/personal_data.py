"""What personal data was masked, what was left, how well names were found, and what was not looked for."""

from collections.abc import Iterator, Sequence

from commonhold.curate.privacy.redactor import PERSONAL_KINDS
from commonhold.curate.reporting.languages import language_name
from commonhold.curate.reporting.parts import Block, Points, ReportSection, ReportTable, Words, bars
from commonhold.curate.reporting.wording import OWN_KINDS, kind_label
from commonhold.number_format import count, listed, percent
from commonhold.records.curation_summary import CurationSummary, NamesFound
from commonhold.wilson import wilson_interval

MOST_NAMED = 10
"""Public values that are named before the rest is counted."""
SHOWN_DIGITS = 12
"""Of a model's digest."""


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
    left = {value: number for value, number in summary.masking.public.items() if number}
    if not summary.redactions:
        found = "nothing but what is public" if left else "nothing"
        blocks.append(Words(f"Of what was looked for, {found} was found. That does not mean that there is none."))
    if left:
        blocks += [Words(_left(left)), Points(tuple(_values(left)))]
    if summary.masking.names_model:
        blocks += _names(summary)
    blocks += [Words("Please note what is not recognised:"), Points(tuple(_not_recognised(summary)))]
    return ReportSection("Personal data", blocks)


def names_sentence(summary: CurationSummary) -> str:
    """Whether names in running text were looked for, in a sentence that stands beside every count of what was found."""
    masking = summary.masking
    if masking.names_model:
        return f"Names in running text were looked for by the model {masking.names_model}, which does not find all."
    if masking.taggers:
        return f"In running text, {listed(masking.taggers)} was looked for by Presidio, which does not find all."
    return "Names of people in running text were not looked for."


def _left(left: dict[str, int]) -> str:
    one = len(left) == 1
    return (
        f"{count(len(left), 'value')} {'was' if one else 'were'} left because the datasheet lists "
        f"{'it' if one else 'them'} as public: {count(sum(left.values()), 'place')}."
    )


def _values(left: dict[str, int]) -> Iterator[str]:
    most = sorted(left.items(), key=lambda item: (-item[1], item[0]))
    yield from (f"{value}: {count(number, 'place')}" for value, number in most[:MOST_NAMED])
    if rest := most[MOST_NAMED:]:
        yield f"{count(len(rest), 'other value')}: {count(sum(number for _, number in rest), 'place')}"


def _names(summary: CurationSummary) -> Iterator[Block]:
    masking = summary.masking
    yield Words(
        f"Names in running text: masked by {masking.names_model} (sha256 {masking.names_digest[:SHOWN_DIGITS]}…)."
    )
    head = ("Language", "Names", "Found", "Share", "95 % interval")
    if labelled := masking.labelled_found:
        yield Words(
            f"Of {_found(labelled, 'name')} in the labelled texts of the recipe. "
            f"{count(masking.labelled_others, 'other stretch', 'other stretches')} of these texts "
            f"{'was' if masking.labelled_others == 1 else 'were'} taken for names."
        )
        yield ReportTable("Names found in labelled texts, by language", head, [*map(_measured, labelled)])
    if masking.names_found:
        yield Words(
            f"Of {_found(masking.names_found, 'declared name')} in the texts. Measured on the names of writers in "
            "their own texts, which are masked in any case; names of others may be found less often."
        )
        yield ReportTable("Declared names found, by language", head, [*map(_measured, masking.names_found)])
    elif not labelled:
        why = (
            "no writer's name stands in a text of theirs"
            if "name" in summary.asked.own_kinds
            else "no column of the files is declared to hold names (personal.name in the datasheet)"
        )
        yield Words(f"How many it finds could not be measured: {why}, and the recipe names no labelled texts.")


def _found(measured: Sequence[NamesFound], what: str) -> str:
    declared, found = (sum(getattr(each, part) for each in measured) for part in ("declared", "found"))
    return f"{count(declared, what)}, {found:,} {'was' if found == 1 else 'were'} found"


def _measured(each: NamesFound) -> Sequence[str]:
    low, high = wilson_interval(each.found, each.declared)
    language = language_name(each.language) if each.language else "Not declared"
    share = percent(each.found / each.declared)
    return language, f"{each.declared:,}", f"{each.found:,}", share, f"{percent(low)} to {percent(high)}"


def _not_recognised(summary: CurationSummary) -> Iterator[str]:
    asked, masking = summary.asked, summary.masking
    yield from _names_not_found(summary)
    if "name" not in asked.own_kinds:
        yield "The name of the writer: no column of the files is declared to hold it."
    if asked.own_kinds:
        own = listed([OWN_KINDS[kind] for kind in asked.own_kinds])
        yield f"The {own} from the columns of the files are masked only where the same person writes them."
    if "street_address" in asked.masked_kinds:
        yield "Some street addresses. Many are found, not all."
    if missing := [kind_label(kind) for kind in PERSONAL_KINDS if kind not in asked.masked_kinds]:
        yield f"What the recipe does not ask for: {listed(missing)}."
    if masking.regions and {"phone", "id_number"} & {*asked.masked_kinds}:
        yield (
            f"Numbers of a form that only another country than {listed(masking.regions)} has, where they are written "
            "without a country code. The datasheet's region says which countries' numbers are looked for."
        )
    yield "Anything that is written in an unusual way. Someone should read the rows before they are shown to others."


def _names_not_found(summary: CurationSummary) -> Iterator[str]:
    masking = summary.masking
    if not masking.names_model:
        if masking.taggers:
            yield names_sentence(summary) + " How many it finds was not measured."
        else:
            yield "Names of people who are spoken of in a text: they were not looked for."
        return
    yield "Names of people who are spoken of in a text and whom the model misses: no such model finds all."
    made_for = {_primary(tag) for tag in masking.names_languages}
    others = [tag for tag in summary.languages if tag and _primary(tag) not in made_for]
    if others:
        yield f"Names in {listed([language_name(tag) for tag in others])}, for which the model was not made."
    if summary.languages.get(""):
        yield "Perhaps names in rows that declare no language: whether the model was made for it is not known."


def _primary(tag: str) -> str:
    return tag.partition("-")[0].casefold()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
