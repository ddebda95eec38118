"""Whether a recipe may do what it wants with a community's records: licences, the community's own rules."""

from datetime import date

from commonhold.curate.rights.compatible import Publication, compatible
from commonhold.curate.rights.governance import IntendedUse
from commonhold.curate.rights.sources import RowLicences, sources
from commonhold.errors import FormError, Problem
from commonhold.forms import parse_yaml
from commonhold.records.artifact import Artifact
from commonhold.records.curation_summary import read_curation_summary
from commonhold.stages.stage import Context


def refuse_without_right(context: Context, row_licences: RowLicences | None = None) -> None:
    """Stops what a licence or the community does not allow.

    Raises:
        FormError: everything that forbids it, with the line that says so.
    """
    if problems := rights_problems(context, row_licences or {}):
        raise FormError(problems)


def rights_problems(context: Context, row_licences: RowLicences) -> list[Problem]:
    """What forbids training on the records and publishing under the recipe's licence."""
    recipe, data = context.recipe, context.inputs.data
    datasheet, governance = data.datasheet, data.governance
    lines = parse_yaml(context.loaded.source, str(context.loaded.path)).lines
    publication = Publication(recipe.publish.licence, str(context.loaded.path), lines.get(("publish", "licence"), 0))
    by_entry: dict[str, dict[str, int]] = {}
    for entry, file in data.files if row_licences else ():
        for cell, number in row_licences.get(file.name, {}).items():
            counts = by_entry.setdefault(datasheet.form.files[entry].name, {})
            counts[cell] = counts.get(cell, 0) + number
    approved = governance.approved_licences if governance else frozenset[str]()
    problems = compatible(sources(datasheet, by_entry), publication, approved)
    if governance:
        plan = IntendedUse(
            purposes=("train", "evaluate", *(("rephrase",) if recipe.data.rephrase.styles else ())),
            publication_licence=recipe.publish.licence,
            stewards=recipe.governance.stewards,
            as_of=as_of(context),
            collected_until=datasheet.form.collected.end,
        )
        problems += governance.problems(plan)
    return problems


def row_licences(curated: Artifact) -> RowLicences:
    """The licences of the rows that a curation kept, where rows have their own."""
    return read_curation_summary(curated.path).row_licences


def as_of(context: Context) -> date:
    """The day for which consent and rules are judged."""
    return context.recipe.data.as_of or context.today
