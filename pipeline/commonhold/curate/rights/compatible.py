"""Whether what is made from records may be published under a licence, and whom it has to name.

It judges by what licences say, on the careful reading that a model is adapted from its records; it is no legal advice.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, get_args

from commonhold.curate.rights.licences import Licence, Use, find_licence, licences, near_licence
from commonhold.errors import Problem

Published = Literal["model", "text"]
STRICTNESS: tuple[Use, ...] = get_args(Use)
MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class LicensedSource:
    """Records under one licence: a file, or the rows of a file whose own column says so."""

    name: str
    """As people know it: `rows.csv`, `12 rows of rows.csv`."""
    licence: str
    """As it was written."""
    file: str
    """The datasheet, for messages."""
    line: int
    """Its line that names the licence; 0 for none."""
    place: str
    """Its key: `licence`, `files.2.licence`."""


class Publication(NamedTuple):
    """What is to be published under which licence, and where the recipe says so."""

    licence: str
    file: str
    line: int
    place: str = "publish.licence"
    published: Published = "model"
    """`text` for the cleaned records themselves."""


def compatible(
    sources: Sequence[LicensedSource], publication: Publication, approved: Collection[str] = ()
) -> list[Problem]:
    """What forbids publishing what was made from the sources.

    `approved` are identifiers of licences, from the sources or of the publication, that the stewards decided on.
    A remedy names licences that would do for all the sources for which any would, found by trying the whole table.
    """
    target, published = find_licence(publication.licence), publication.published
    subject = Problem(publication.file, publication.line, publication.place, "")
    if target is None:
        return [_unknown(subject, publication.licence, "publish under a licence from the table")]
    if target.use == "unspecified" and not target.approval:
        message = f"{publication.licence!r} is no licence"
        return [replace(subject, message=message, remedy=_other(sources, published, approved))]
    checked = (_problem(source, sources, target, published, approved) for source in sources)
    problems = [problem for problem in checked if problem is not None]
    if target.approval and target.id not in approved:
        message = f"{target.id} may be given only by those who answer for it: {target.approval}"
        problems.append(replace(subject, message=message, remedy="Ask the stewards, and list it as approved"))
    return problems


def suitable(
    sources: Sequence[LicensedSource], published: Published = "model", approved: Collection[str] = ()
) -> list[str]:
    """Every licence of the table under which what was made from all the sources may be published, the usual first."""
    source_licences = [find_licence(source.licence) for source in sources]
    return [
        target.id
        for target in licences().values()
        if target.use != "unspecified"
        and not (target.approval and target.id not in approved)
        and not any(licence is None or _demand(licence, target, published, approved) for licence in source_licences)
    ]


def _problem(
    source: LicensedSource,
    sources: Sequence[LicensedSource],
    target: Licence,
    published: Published,
    approved: Collection[str],
) -> Problem | None:
    subject = Problem(source.file, source.line, source.place, "")
    licence = find_licence(source.licence)
    if licence is None:
        return _unknown(subject, source.licence, f"leave {source.name} out")
    demand = _demand(licence, target, published, approved)
    if demand is None:
        return None
    remedy = f"{demand.remedy or _other(sources, published, approved)}, or leave {source.name} out"
    return replace(subject, message=f"{source.name} is under {licence.id}, which {demand.says}", remedy=remedy)


class _Demand(NamedTuple):
    says: str
    remedy: str = ""
    """Empty when another publication licence may do."""


def _demand(licence: Licence, target: Licence, published: Published, approved: Collection[str]) -> _Demand | None:
    """What a licence demands that publication under `target` does not give."""
    if licence.id in approved or (licence.free_results and published == "model"):
        return None
    return _of_any(licence, published) or _of_target(licence, target)


def _of_any(licence: Licence, published: Published) -> _Demand | None:
    """What forbids publication under whatever licence."""
    if licence.approval:
        says = f"needs the stewards' approval: {licence.approval}"
        return _Demand(says, f"Ask them, and list {licence.id} as approved")
    if licence.use == "unspecified":
        return _Demand("allows nothing that one could rely on", "Ask whoever gave it for a licence")
    if licence.no_derivatives:
        made = "a model trained on it" if published == "model" else "cleaned text"
        return _Demand(f"allows nothing made from it to be passed on; {made} is", "Ask for permission")
    return None


def _of_target(licence: Licence, target: Licence) -> _Demand | None:
    if licence.share_alike and target.id not in licence.share_alike:
        return _Demand(f"has to be kept (share-alike); {target.id} does not keep it")
    if STRICTNESS.index(target.use) < STRICTNESS.index(licence.use):
        allowed = "academic research" if licence.use == "academic" else "non-commercial use"
        return _Demand(f"allows {allowed} only; {target.id} would allow more")
    if licence.attribution and not target.attribution:
        return _Demand(f"asks that its source is named; {target.id} lets others drop the name")
    return None


def _other(sources: Sequence[LicensedSource], published: Published, approved: Collection[str]) -> str:
    hopeful = [source for source in sources if suitable([source], published, approved)]
    fits = suitable(hopeful, published, approved)
    if fits:
        return f"Publish under {' or '.join(fits[:MOST_SUGGESTED])}"
    return "No licence in the table suits all the files at once: publish apart what goes together"


def _unknown(subject: Problem, name: str, otherwise: str) -> Problem:
    near = near_licence(name)
    hint = f"did you mean {near}?" if near else "ask whoever gave it"
    message = f"the licence {name!r} is not in the table; {hint}"
    return replace(subject, message=message, remedy=f"Write its SPDX identifier, or {otherwise}")
