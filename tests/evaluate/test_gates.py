"""Gates: pass, fail, or not enough items to say; and the reason in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.errors import RequestError
from commonhold.evaluate.gates import GateRule, check_rules, items_to_settle, judge
from commonhold.records.score import Interval, Slice, TaskResult


def whole(low: float = 0.0, difference: float = 0.1, high: float = 0.2, tuned: float = 0.7, items: int = 50) -> Slice:
    return Slice(
        name="all",
        items=items,
        base=tuned - difference,
        tuned=tuned,
        base_interval=Interval(0.4, 0.8),
        tuned_interval=Interval(0.5, 0.85),
        difference=difference,
        difference_interval=Interval(low, high),
        wins=8,
        losses=3,
    )


def verdict(rule: GateRule, overall: Slice) -> str:
    (gate,) = judge([rule], [TaskResult("desk", "Desk", "include/1", overall, (), 0)])
    return gate.verdict


@pytest.mark.parametrize(("tuned", "expected"), [(0.7, "pass"), (0.71, "pass"), (0.6999, "fail"), (7 / 10, "pass")])
def test_min_tuned_goes_by_the_score_itself(tuned: float, expected: str) -> None:
    assert verdict(GateRule("desk", min_tuned=0.7), whole(tuned=tuned)) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.06, 0.3, "pass"), (0.05, 0.3, "inconclusive"), (-0.1, 0.05, "inconclusive"), (-0.1, 0.04, "fail")],
)
def test_min_gain_needs_the_whole_interval_above(low: float, high: float, expected: str) -> None:
    assert verdict(GateRule("desk", min_gain=0.05), whole(low=low, high=high, difference=(low + high) / 2)) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-0.05, 0.3, "pass"), (-0.06, 0.3, "inconclusive"), (-0.2, -0.05, "inconclusive"), (-0.2, -0.06, "fail")],
)
def test_max_loss_lets_no_part_of_the_interval_below(low: float, high: float, expected: str) -> None:
    assert verdict(GateRule("desk", max_loss=0.05), whole(low=low, high=high, difference=(low + high) / 2)) == expected


def test_zero_is_a_condition() -> None:
    assert verdict(GateRule("desk", min_gain=0.0), whole(low=0.01)) == "pass"
    assert verdict(GateRule("desk", max_loss=0.0), whole(low=-0.01)) == "inconclusive"


def test_each_condition_is_a_gate_of_its_own_with_its_figures() -> None:
    rule = GateRule("desk", min_tuned=0.8, min_gain=0.05, max_loss=0.02)
    gates = judge([rule], [TaskResult("desk", "Desk", "include/1", whole(low=-0.01), (), 0)])
    assert [(gate.name, gate.verdict) for gate in gates] == [
        ("desk: min_tuned 0.8", "fail"),
        ("desk: min_gain 0.05", "inconclusive"),
        ("desk: max_loss 0.02", "pass"),
    ]
    assert gates[0].reason == (
        "The tuned model scored 70 % on 50 items (95 % interval 50 % to 85 %); at least 80 % is asked for."
    )
    assert gates[2].reason == (
        "Tuned minus base is +10 points on 50 items, 95 % interval −1 to +20 points; "
        "none of it may lie below −2 points."
    )


def test_an_undecided_gate_says_how_many_more_items_would_do() -> None:
    # The interval reaches 0.1 below the difference, which lies 0.05 above the bound: (0.1 · 1.4294 / 0.05)² · 50 = 409.
    assert items_to_settle(whole(), 0.05) == 360
    (gate,) = judge([GateRule("desk", min_gain=0.05)], [TaskResult("desk", "Desk", "include/1", whole(), (), 0)])
    assert gate.reason.endswith("about 360 more items would settle it if the difference stays as it is.")


def test_a_difference_on_the_bound_asks_for_no_number_of_items() -> None:
    assert items_to_settle(whole(), 0.1) is None
    assert items_to_settle(whole(), 0.0999) is None
    (gate,) = judge([GateRule("desk", min_gain=0.1)], [TaskResult("desk", "Desk", "include/1", whole(), (), 0)])
    assert "more items will hardly settle it" in gate.reason


@given(st.floats(0.001, 0.099), st.floats(0.001, 0.099))
def test_nearer_bounds_ask_for_more_items(one: float, other: float) -> None:
    near, far = sorted((one, other))
    many, few = items_to_settle(whole(), 0.1 - near), items_to_settle(whole(), 0.1 - far)
    assert many is None or (few is not None and few <= many)


def test_rules_that_cannot_be_judged_are_refused_all_at_once() -> None:
    rules = [GateRule("dsk", min_tuned=0.5), GateRule("desk"), GateRule("zzz", max_loss=0.1)]
    with pytest.raises(RequestError) as caught:
        check_rules(rules, ["desk", "water"])
    assert str(caught.value).splitlines() == [
        "a gate names the task 'dsk', which is not evaluated; did you mean 'desk'?",
        "the gate for 'desk' sets no condition. Give min_tuned, min_gain or max_loss",
        "a gate names the task 'zzz', which is not evaluated; known: desk, water",
    ]


def test_items_seen_in_training_do_not_turn_a_gate() -> None:
    (gate,) = judge([GateRule("desk", min_tuned=0.5)], [TaskResult("desk", "Desk", "include/1", whole(), (), 50)])
    assert gate.verdict == "pass"
