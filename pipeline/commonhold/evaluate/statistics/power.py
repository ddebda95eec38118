"""What so many items could have shown, and how many it takes to show something."""

import math
from statistics import NormalDist

Z_ALPHA, Z_POWER = NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.8)


def items_for_difference(difference: float, mean_square: float, graded: bool = False) -> float:
    """Items with which a true paired difference would be seen four times in five, at 5 % two-sided.

    Connor 1987 (Biometrics 43:207) for right/wrong answers: `mean_square` is the share of items on which the two sides
    differ. For graded scores it is the mean square of their differences, which leads to the same formula. Items of
    which fewer change than the difference needs are taken to change more often.
    """
    size = abs(difference)
    if size == 0:
        return math.inf
    square = max(mean_square, size * size if graded else size)
    return ((Z_ALPHA * math.sqrt(square) + Z_POWER * math.sqrt(max(0.0, square - size * size))) / size) ** 2


def detectable_difference(items: float, mean_square: float, graded: bool = False) -> float:
    """The smallest true paired difference that so many items would show four times in five, in (0, 1]."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if items_for_difference(middle, mean_square, graded) > items else (low, middle)
    return high
