"""Gates: pass, fail, or not enough items to say; and the reason in a sentence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.errors import RequestError
from commonhold.evaluate.gates import GateRule, check_rules, items_to_clear, items_to_settle, judge
from commonhold.records.score import Gate, Interval, Slice, TaskResult


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


def settle(part: Slice, bound: float) -> int | None:
    return items_to_settle(part.items, part.difference, part.difference_interval, bound)


@pytest.mark.parametrize(
    ("minimum", "expected"),
    # The interval of the score is 50 % to 85 %.
    [(0.5, "pass"), (0.4999, "pass"), (0.5001, "inconclusive"), (0.85, "inconclusive"), (0.8501, "fail")],
)
def test_min_tuned_goes_by_the_interval_of_the_score(minimum: float, expected: str) -> None:
    assert verdict(GateRule("desk", min_tuned=minimum), whole()) == expected


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
        ("desk: min_tuned 0.8", "inconclusive"),
        ("desk: min_gain 0.05", "inconclusive"),
        ("desk: max_loss 0.02", "pass"),
    ]
    # It lies 0.1 below the bound and reaches 0.15 above: (0.15 · 1.4294 / 0.1)² · 50 = 229.9, less the 50 there are.
    assert gates[0].reason == (
        "The tuned model scored 70 % on 50 items, 95 % interval 50 % to 85 %; all of it must lie at 80 % or above, and "
        "this cannot be decided yet: collect about 180 more items, which would settle it if the score stays as it is."
    )
    assert gates[2].reason == (
        "Tuned minus base is +10 points on 50 items, 95 % interval −1 to +20 points; "
        "none of it may lie below −2 points."
    )


def test_an_undecided_gate_says_how_many_more_items_would_do() -> None:
    # The interval reaches 0.1 below the difference, which lies 0.05 above the bound: (0.1 · 1.4294 / 0.05)² · 50 = 409.
    assert settle(whole(), 0.05) == 360
    (gate,) = judge([GateRule("desk", min_gain=0.05)], [TaskResult("desk", "Desk", "include/1", whole(), (), 0)])
    assert gate.reason.endswith("about 360 more items, which would settle it if the difference stays as it is.")


def test_a_difference_on_the_bound_asks_for_no_number_of_items() -> None:
    assert settle(whole(), 0.1) is None
    assert settle(whole(), 0.0999) is None
    (gate,) = judge([GateRule("desk", min_gain=0.1)], [TaskResult("desk", "Desk", "include/1", whole(), (), 0)])
    assert "more items will hardly settle it" in gate.reason


@given(st.floats(0.001, 0.099), st.floats(0.001, 0.099))
def test_nearer_bounds_ask_for_more_items(one: float, other: float) -> None:
    near, far = sorted((one, other))
    many, few = settle(whole(), 0.1 - near), settle(whole(), 0.1 - far)
    assert many is None or (few is not None and few <= many)


def test_rules_that_cannot_be_judged_are_refused_all_at_once() -> None:
    rules = [
        GateRule("dsk", min_tuned=0.5),
        GateRule("desk"),
        GateRule("zzz", max_loss=0.1),
        GateRule("desk", slice="language=ess", min_gain=0.0),
        GateRule("water", slice="language=es", min_gain=0.0),
        GateRule("water", min_worst=0.5),
    ]
    with pytest.raises(RequestError) as caught:
        check_rules(rules, {"desk": ("language=en", "language=es"), "water": ()})
    assert str(caught.value).splitlines() == [
        "a gate names the task 'dsk', which is not evaluated; did you mean 'desk'?",
        "the gate for 'desk' sets no condition. Give min_tuned, min_gain, max_loss, min_worst, max_failures or "
        "max_failure_rate",
        "a gate names the task 'zzz', which is not evaluated; known: desk, water",
        "a gate for 'desk' names the slice 'language=ess', which it does not have; did you mean 'language=es'?",
        "a gate for 'water' names the slice 'language=es', which it does not have; its items name no two of anything",
        "the gate for 'water' asks for min_worst, but there are no slices to choose from",
    ]


def sliced(*parts: Slice) -> TaskResult:
    return TaskResult("desk", "Desk", "include/1", whole(), parts, 0)


def named(name: str, low: float, high: float, items: int = 30) -> Slice:
    score = (low + high) / 2
    return replace(whole(items=items), name=name, tuned=score, tuned_interval=Interval(low, high))


def test_a_gate_for_a_slice_looks_at_that_slice_alone() -> None:
    spanish = replace(whole(low=-0.2, high=0.1, difference=-0.05), name="language=es")
    (gate,) = judge([GateRule("desk", slice="language=es", min_gain=0.0)], [sliced(spanish)])
    assert (gate.name, gate.verdict) == ("desk, language=es: min_gain 0", "inconclusive")


def test_a_slice_of_which_no_item_was_drawn_is_not_decided() -> None:
    (gate,) = judge([GateRule("desk", slice="language=es", min_gain=0.0)], [sliced()])
    assert gate == Gate("desk, language=es: min_gain 0", "inconclusive", "No item of language es was asked.")


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0.5, 0.9, "pass"), (0.49, 0.9, "inconclusive"), (0.1, 0.49, "fail")]
)
def test_the_worst_slice_decides_min_worst(low: float, high: float, expected: str) -> None:
    result = sliced(named("language=en", 0.6, 0.9), named("language=es", low, high))
    (gate,) = judge([GateRule("desk", min_worst=0.5)], [result])
    assert gate.verdict == expected
    assert "of language es" in gate.reason
    assert gate.reason.endswith(f"It surely holds in {'2 slices' if expected == 'pass' else '1 slice'} of 2.")


def test_a_slice_too_small_to_judge_keeps_min_worst_undecided_rather_than_hidden() -> None:
    result = sliced(named("language=en", 0.6, 0.9), named("language=es", 0.2, 0.98, items=3))
    (gate,) = judge([GateRule("desk", min_worst=0.5)], [result])
    assert gate.verdict == "inconclusive"
    assert "3 items of language es" in gate.reason


def failing(failures: int, items: int, effective_n: float | None = None) -> Slice:
    return replace(whole(items=items), failures=failures, effective_n=effective_n or items)


@pytest.mark.parametrize(
    ("failures", "items", "expected"),
    # 1 − 0.05^(1/59) = 0.0495 and 1 − 0.05^(1/58) = 0.0503.
    # Of 20, at 5 %: four or more failures are seen with probability 0.016, three or more with 0.075.
    [(0, 59, "pass"), (0, 58, "inconclusive"), (3, 20, "inconclusive"), (4, 20, "fail")],
)
def test_a_rate_of_failures_is_judged_by_its_exact_bounds(failures: int, items: int, expected: str) -> None:
    assert verdict(GateRule("desk", max_failure_rate=0.05), failing(failures, items)) == expected


def test_items_in_clusters_show_less_of_a_rate() -> None:
    assert verdict(GateRule("desk", max_failure_rate=0.05), failing(0, 59, effective_n=58.9)) == "inconclusive"


def test_a_flawless_task_that_is_too_short_is_told_how_many_items_are_missing() -> None:
    assert items_to_clear(failing(0, 40), 0.05) == 19
    assert items_to_clear(failing(2, 40), 0.05) is None  # 5 % were seen: no number of such items shows less
    (gate,) = judge([GateRule("desk", max_failure_rate=0.05)], [replace(sliced(), overall=failing(0, 40))])
    assert "collect about 19 more items" in gate.reason
    assert "which shows a rate below 7.2 %; it must surely be 5 % or lower" in gate.reason


@pytest.mark.parametrize(("failures", "expected"), [(0, "pass"), (1, "pass"), (2, "fail")])
def test_failures_are_counted_and_their_bound_is_said(failures: int, expected: str) -> None:
    (gate,) = judge([GateRule("desk", max_failures=1)], [replace(sliced(), overall=failing(failures, 60))])
    assert gate.verdict == expected
    if not failures:
        assert gate.reason.endswith("As far as so few items can tell, the true rate is below 4.9 %.")


def test_items_seen_in_training_do_not_turn_a_gate() -> None:
    (gate,) = judge([GateRule("desk", min_tuned=0.5)], [TaskResult("desk", "Desk", "include/1", whole(), (), 50)])
    assert gate.verdict == "pass"
