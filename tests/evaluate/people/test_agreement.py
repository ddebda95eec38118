"""Krippendorff's alpha against his published example, and by hand."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.evaluate.people.agreement import nominal_alpha, ordinal_alpha

# Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section C: four observers, twelve units, gaps.
OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
UNITS = [[value for value in unit if value != "."] for unit in zip(*(row.split() for row in OBSERVERS), strict=True)]
UNIT_LISTS = st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=8)


def test_krippendorffs_example_with_gaps() -> None:
    nominal, ordinal = nominal_alpha(UNITS), ordinal_alpha(UNITS, "12345")
    assert nominal.value == pytest.approx(0.743, abs=5e-4)
    assert ordinal.value == pytest.approx(0.815, abs=5e-4)
    # The twelfth unit has one value only, which can be paired with nothing.
    assert (nominal.units, nominal.values) == (11, 40)


def test_two_observers_of_two_values_by_hand() -> None:
    # Krippendorff 2011, section A: ten units, two observers, four disagreements; 14 zeros and 6 ones.
    # Observed 8, expected 2 * 14 * 6 / 19: alpha = 1 - 19 * 8 / 168 = 0.0952.
    one, other = "0100000010", "1110010000"
    assert nominal_alpha(list(zip(one, other, strict=True))).value == pytest.approx(1 - 19 * 8 / 168)


def test_full_agreement_is_one_and_full_disagreement_is_below_zero() -> None:
    assert nominal_alpha(["aa", "bb", "aa"]).value == 1.0
    # 2 a, 2 b: observed 4 of 4 pairs, expected 2 * 2 * 2 / 3.
    assert nominal_alpha(["ab", "ba"]).value == pytest.approx(1 - 3 * 4 / 8)


def test_where_all_values_are_alike_there_is_nothing_to_measure() -> None:
    assert nominal_alpha(["aa", "aa"]).value is None
    assert nominal_alpha(["a", "b"]).value is None
    assert nominal_alpha([]).value is None


def test_neighbours_disagree_less_than_the_ends() -> None:
    order = ("base", "tie", "tuned")
    agreed = [("base", "base"), ("tie", "tie"), ("tuned", "tuned")] * 3
    near = ordinal_alpha([*agreed, ("tie", "tuned")], order).value
    far = ordinal_alpha([*agreed, ("base", "tuned")], order).value
    assert near is not None
    assert far is not None
    assert near > far


@given(UNIT_LISTS)
def test_the_order_of_units_and_observers_does_not_matter(units: list[list[str]]) -> None:
    turned = [unit[::-1] for unit in units[::-1]]
    one, other = nominal_alpha(units), nominal_alpha(turned)
    assert one.value == (None if other.value is None else pytest.approx(other.value))
    assert one.value is None or one.value <= 1.0


@given(UNIT_LISTS)
def test_an_interval_holds_its_value(units: list[list[str]]) -> None:
    alpha = nominal_alpha(units)
    if alpha.interval is not None:
        assert alpha.value is not None
        assert alpha.interval.low <= alpha.value <= alpha.interval.high


@pytest.mark.slow
def test_the_interval_holds_the_true_agreement_in_90_of_100_draws() -> None:
    # Everybody sees the truth with probability 0.85 and else guesses: alpha is 0.85 squared.
    draw, held = random.Random(1), 0
    for _ in range(200):
        units = []
        for _ in range(30):
            truth = draw.choice("abc")
            units.append([truth if draw.random() < 0.85 else draw.choice("abc") for _ in range(4)])
        interval = nominal_alpha(units).interval
        assert interval is not None
        held += interval.low <= 0.85**2 <= interval.high
    assert held / 200 >= 0.90
