"""A step of one record at a time must never lose, double or invent one, nor decide about one that is not there."""

from collections.abc import Callable, Sequence

import pytest

from commonhold.curate.engine.account import check_account, check_outsider
from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import Decision, StepResult
from commonhold.errors import CommonholdError
from commonhold.registry import Package

SHOUT = Package("commonhold-shout", "1.2")


@pytest.mark.parametrize(
    "faulty",
    [
        lambda records: StepResult(records[1:]),
        lambda records: StepResult([*records, records[0]]),
        lambda records: StepResult(records, [Decision(0, "drop", "too_short")]),
        lambda records: StepResult([records[0]._replace(record_id="new"), *records[1:]]),
        lambda records: StepResult(records[::-1]),
        lambda records: StepResult(records, [Decision(2, "flag", "odd")]),
        lambda records: StepResult(records, [Decision(-1, "flag", "odd")]),
        lambda records: StepResult(records[1:], [Decision(0, "flag", "odd"), Decision(0, "drop", "odd")]),
    ],
)
def test_a_step_that_loses_doubles_or_invents_records_is_stopped(
    row: Callable[..., Record], faulty: Callable[[Sequence[Record]], StepResult]
) -> None:
    records = [row(1), row(2)]
    with pytest.raises(CommonholdError, match="This is a bug"):
        check_account("faulty/1", records, faulty(records))


def test_a_step_that_drops_or_changes_with_a_decision_is_accepted(row: Callable[..., Record]) -> None:
    records = [row(1), row(2)]
    decisions = [Decision(0, "drop", "too_short"), Decision(1, "change", "tidied")]
    check_account("right/1", records, StepResult([records[1]], decisions))


def test_a_bug_of_another_package_is_called_so(row: Callable[..., Record]) -> None:
    with pytest.raises(CommonholdError, match=r"1 of them do not match\. This is a bug of commonhold-shout 1\.2"):
        check_account("shout/1", [row(1)], StepResult([]), SHOUT)


@pytest.mark.parametrize(
    ("decisions", "said"),
    [
        ([Decision(0, "merge", "shouted")], "decided 'merge'"),
        ([Decision(0, "change", "whispered")], "gave the reason 'whispered', which it did not register"),
        ([], "changed a record and decided nothing about it"),
        ([Decision(0, "flag", "shouted")], "changed a record and decided nothing about it"),
        ([Decision(1, "change", "shouted")], "changed a record and decided nothing about it"),
    ],
)
def test_another_packages_step_says_all_that_it_does(
    row: Callable[..., Record], decisions: Sequence[Decision], said: str
) -> None:
    records = [row(1), row(2)]
    result = StepResult([records[0].with_texts({"prompt": "psst"}), records[1]], decisions)
    with pytest.raises(CommonholdError, match=said):
        check_outsider("shout/1", records, result, frozenset({"shouted"}), SHOUT)


def test_another_packages_step_that_says_it_is_accepted(row: Callable[..., Record]) -> None:
    records = [row(1), row(2), row(3)]
    kept = [records[1].with_texts({"prompt": "psst"}), records[2]]
    decisions = [Decision(0, "drop", "shouted"), Decision(1, "change", "shouted"), Decision(2, "flag", "shouted")]
    check_outsider("shout/1", records, StepResult(kept, decisions), frozenset({"shouted"}), SHOUT)
