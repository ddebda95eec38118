"""Whatever other programs' files hold, it becomes a check that works or a line that says why not."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.evaluate.exchange.carried import ReplyChecks
from commonhold.evaluate.exchange.promptfoo_checks import add_check
from commonhold.evaluate.exchange.weval_points import add_points
from commonhold.evaluate.scorers.json_reply import schema_fault
from commonhold.evaluate.scorers.pattern import unusable

KINDS = st.sampled_from(
    [
        "equals",
        "contains",
        "icontains-any",
        "contains-all",
        "regex",
        "starts-with",
        "is-json",
        "is-refusal",
        "grade",
        "xyz",
    ]
)
CHECKS = st.builds(
    lambda no, kind, text: f"{no}{kind}: {text}", st.sampled_from(["", "not-"]), KINDS, st.text(max_size=30)
)
NAMES = st.sampled_from(
    ["$contains", "$not_icontains", "$matches", "$match_any_of", "$contains_all_of", "$js", "text", "fn"]
)
VALUES = st.one_of(
    st.text(max_size=20), st.integers(), st.none(), st.booleans(), st.lists(st.text(max_size=8), max_size=3)
)
POINTS = st.recursive(
    st.one_of(VALUES, st.dictionaries(st.one_of(NAMES, st.text(max_size=8)), VALUES, max_size=2)),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


def is_usable(wanted: ReplyChecks) -> bool:
    return not any(unusable(pattern) for pattern in wanted.patterns) and (
        not wanted.schema or not schema_fault(wanted.schema)
    )


@given(st.one_of(CHECKS, st.text(max_size=40)))
@settings(max_examples=50, deadline=None)
def test_a_check_is_taken_or_refused_with_a_reason(cell: str) -> None:
    wanted = ReplyChecks()
    reason = add_check(wanted, cell)
    assert reason or wanted.is_checked or not cell.strip().rpartition(":")[2].strip()
    assert is_usable(wanted)


@given(POINTS, st.booleans())
@settings(max_examples=50, deadline=None)
def test_points_are_taken_kept_for_people_or_listed(points: Any, negated: bool) -> None:
    wanted = ReplyChecks()
    left = list(add_points(wanted, points, "p", negated=negated))
    assert wanted.is_checked or wanted.rubric or left or points in (None, [], {})
    assert is_usable(wanted)
