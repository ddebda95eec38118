"""Nothing gets lost: every record that goes into a step comes out of it kept or dropped, once."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import Decision, StepResult
from commonhold.errors import CommonholdError
from commonhold.registry import Package

ID = attrgetter("record_id")
ACTIONS = frozenset({"change", "flag", "drop"})
"""What a per-record step may decide."""


def gone(decisions: Sequence[Decision]) -> list[int]:
    """Numbers of the records that were dropped."""
    return [decision.item for decision in decisions if decision.action == "drop"]


def check_account(name: str, records: Sequence[Record], result: StepResult, package: Package | None = None) -> None:
    """Compares what went into a per-record step with what came out; `package` is the one that the step comes from.

    Raises:
        CommonholdError: records are lost, doubled, invented or in another order, or a decision is about none of them;
            a bug in the step.
    """
    items = [decision.item for decision in result.decisions]
    rising = all(first < second for first, second in pairwise(items))
    if items and not (rising and items[0] >= 0 and items[-1] < len(records)):
        raise _bug(f"{name}: its decisions are not one for a record, in the order of the records", package)
    out = frozenset(gone(result.decisions))
    if result.kept is records and not out:
        return
    came, kept = [*map(ID, records)], [*map(ID, result.kept)]
    expected = [record_id for item, record_id in enumerate(came) if item not in out] if out else came
    if kept != expected:
        before, after = Counter(expected), Counter(kept)
        wrong = sum(((before - after) + (after - before)).values())
        misplaced = sum(one != other for one, other in zip(kept, expected, strict=False))
        raise unaccounted(name, len(records), len(kept), len(out), wrong or misplaced, package)


def check_outsider(
    name: str, records: Sequence[Record], result: StepResult, reasons: frozenset[str], package: Package
) -> None:
    """Looks at what another package's step gave, besides the account.

    A change that nobody is told of, a reason without words, or an action that only other steps may take would not
    stop curation: the report would be wrong.

    Raises:
        CommonholdError: one of these; a bug in the step.
    """
    for decision in result.decisions:
        if decision.action not in ACTIONS:
            raise _bug(f"{name}: decided {decision.action!r}, and a step may change, flag or drop", package)
        if decision.reason not in reasons:
            raise _bug(f"{name}: gave the reason {decision.reason!r}, which it did not register", package)
    told = {decision.item for decision in result.decisions if decision.action == "change"}
    out = frozenset(gone(result.decisions))
    left = (item for item in range(len(records)) if item not in out)
    for item, after in zip(left, result.kept, strict=True):
        if item not in told and after != records[item]:
            raise _bug(f"{name}: changed a record and decided nothing about it", package)


def unaccounted(
    name: str, came: int, kept: int, dropped: int, wrong: int, package: Package | None = None
) -> CommonholdError:
    """The error of a step that lost or invented records."""
    message = (
        f"{name}: {came} records went in, {kept} were kept and {dropped} dropped, and {wrong} of them do not match"
    )
    return _bug(message, package)


def _bug(message: str, package: Package | None) -> CommonholdError:
    return CommonholdError(f"{message}. This is a bug{f' of {package}' if package else ''}; nothing was written")
