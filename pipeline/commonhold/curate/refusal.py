"""Why a curation is refused after every row was looked at: what took the rows, most frequent first, and what to do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from commonhold.curate.engine.tally import Tally
from commonhold.curate.reporting.wording import reason_of
from commonhold.curate.rights.consent_form import Consent
from commonhold.curate.rows.community_data import CommunityData
from commonhold.curate.rows.method_needs import one_thumb
from commonhold.curate.rows.reading import MOST_UNREADABLE, ReadRows
from commonhold.curate.rows.repair import repair_name
from commonhold.curate.settings import Method
from commonhold.errors import FormError, NothingLeftError, Problem, RequestError
from commonhold.number_format import count, listed

UNREADABLE = "unreadable"
TOO_MANY = 0.5
"""Share of the rows that cannot be read above which a file is taken for one that is read otherwise than it was meant,
and the few rows that are left are not learnt from."""


def refusal(
    data: CommunityData, method: Method, reading: ReadRows, tally: Tally, rights: Sequence[Problem]
) -> RequestError | None:
    """The error with which a curation ends; absent where its rows can be learnt from.

    `rights` is what the licences of the rows that are left forbid.
    """
    if reading.problems:
        return FormError(reading.problems)
    bad, kept = len(reading.bad), tally.records["kept"]
    sent = tally.records["in"] + bad
    if not sent:
        named = listed([read.file.name for read in reading.files])
        have, them = ("has", "it") if len(reading.files) == 1 else ("have", "them")
        return NothingLeftError(f"{named} {have} a header and no rows. Add rows, or remove {them} from datasheet.yaml")
    lost = list(_lost(data, reading, tally))
    if not kept:
        return NothingLeftError("\n".join([f"no row is left to learn from, of {count(sent, 'row')} sent:", *lost]))
    if bad > TOO_MANY * sent:
        start = f"{bad:,} of {count(sent, 'row')} cannot be read, which is more than half, so nothing is learnt from"
        return NothingLeftError("\n".join([f"{start} the others:", *lost]))
    if method == "kto" and (missing := one_thumb(tally)):
        return NothingLeftError("\n".join([missing, *([f"Of {count(sent, 'row')} sent:", *lost] if lost else [])]))
    return FormError(rights) if rights else None


def _lost(data: CommunityData, reading: ReadRows, tally: Tally) -> Iterator[str]:
    """A line for each reason, with its rows and what to do; of rows that cannot be read, the first ones.

    What to do about rows that cannot be read is said once, at the first of those that need it.
    """
    dropped: Counter[str] = Counter()
    for key, number in tally.steps.items():
        _, action, reason = key.split("\t")
        if action in ("drop", "merge"):
            dropped[reason] += number
    dropped[UNREADABLE] = len(reading.bad)
    for reason, number in sorted(dropped.items(), key=lambda item: (-item[1], item[0])):
        if number:
            yield f"  {count(number, 'row')}: {_why(data.form.consent, reason)}"
        if number and reason == UNREADABLE:
            yield from _unreadable(data.folder.shown, reading)


def _why(consent: Consent, reason: str) -> str:
    words = reason_of(reason)
    label = f"{words.label[:1].lower()}{words.label[1:]}"
    if reason == UNREADABLE:
        return f"{label}. Correct them as “how to fix” says in the files named below, or remove them"
    if reason == "no_consent" and consent.column is not None:
        return (
            f"{label}: the answer in column {consent.column!r} is not one of: {', '.join(consent.accepted)}. Ask the "
            "contributors, or list the answers that mean yes under consent.accepted in datasheet.yaml"
        )
    helps = words.remedy or (f"What helps: {words.help}" if words.help else "")
    return f"{label} ({reason}). {helps or 'Nothing needs to be done about them'}"


def _unreadable(folder: Path, reading: ReadRows) -> Iterator[str]:
    told: set[str] = set()
    for bad in reading.bad[:MOST_UNREADABLE]:
        remedy = "" if bad.remedy in told else bad.remedy
        told.add(remedy)
        row = bad.origin.row
        yield f"    {Problem(str(folder / bad.origin.file), row, f'row {row}', bad.problem, remedy)}"
    more = len(reading.bad) - MOST_UNREADABLE
    files = listed([f"repair/{repair_name(read.file)}" for read in reading.files if read.bad])
    yield f"    {f'and {more:,} more; ' if more > 0 else ''}curation lists all of them in {files}"
