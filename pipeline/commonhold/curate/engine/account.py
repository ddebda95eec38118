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


def dropped_items(decisions: Sequence[Decision]) -> list[int]:
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
    out = frozenset(dropped_items(result.decisions))
    if result.kept is records and not out:
        return
    ids_in, ids_out = [*map(ID, records)], [*map(ID, result.kept)]
    expected = [record_id for item, record_id in enumerate(ids_in) if item not in out] if out else ids_in
    if ids_out != expected:
        missing, extra = Counter(expected), Counter(ids_out)
        wrong = sum(((missing - extra) + (extra - missing)).values())
        misplaced = sum(one != other for one, other in zip(ids_out, expected, strict=False))
        raise unaccounted(name, len(records), len(ids_out), len(out), wrong or misplaced, package)


def check_outsider(
    name: str, records: Sequence[Record], result: StepResult, reasons: frozenset[str], package: Package
) -> None:
    """Checks what another package's step gave, besides the account.

    A change that is not reported, a reason without words, or an action that only other steps may take would not
    stop curation: the report would be wrong.

    Raises:
        CommonholdError: one of these; a bug in the step.
    """
    for decision in result.decisions:
        if decision.action not in ACTIONS:
            raise _bug(f"{name}: decided {decision.action!r}, and a step may change, flag or drop", package)
        if decision.reason not in reasons:
            raise _bug(f"{name}: gave the reason {decision.reason!r}, which it did not register", package)
    changed = {decision.item for decision in result.decisions if decision.action == "change"}
    out = frozenset(dropped_items(result.decisions))
    left = (item for item in range(len(records)) if item not in out)
    for item, after in zip(left, result.kept, strict=True):
        if item not in changed and after != records[item]:
            raise _bug(f"{name}: changed a record and decided nothing about it", package)


def unaccounted(
    name: str, records_in: int, kept: int, dropped: int, wrong: int, package: Package | None = None
) -> CommonholdError:
    """The error of a step that lost or invented records."""
    counts = f"{records_in} records went in, {kept} were kept and {dropped} dropped"
    return _bug(f"{name}: {counts}, and {wrong} of them do not match", package)


def _bug(message: str, package: Package | None) -> CommonholdError:
    return CommonholdError(f"{message}. This is a bug{f' of {package}' if package else ''}; nothing was written")
