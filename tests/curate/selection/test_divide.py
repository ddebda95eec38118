import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.curate.leaks import leak
from tests.curate.oracle import shingles

from commonhold.curate.selection.split import divide, draw_keys


def test_components_that_fit_no_kind_are_still_held_out_as_long_as_they_fit_the_share() -> None:
    # Ten components of 9 rows, two of each kind; 2 of each kind are wanted, 10 in all: one component, not two.
    group, kind = np.repeat(np.arange(10), 9), np.repeat(np.arange(5), 18)
    assert divide(group, np.arange(90, dtype=np.uint64), kind, {"test": 10}).sizes == (81, 9)


def test_a_share_is_overshot_only_when_that_comes_nearer() -> None:
    # 30 wanted: components of 20 leave 10 missing; one more makes 40, as far off as 20, so it stays.
    group = np.repeat(np.arange(5), 20)
    drawn = np.arange(100, dtype=np.uint64)
    assert divide(group, drawn, np.zeros(100, np.int64), {"test": 30}).sizes == (80, 20)
    assert divide(group, drawn, np.zeros(100, np.int64), {"test": 31}).sizes == (60, 40)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), min_size=1, max_size=40), st.integers(0, 99))
def test_splits_are_whole_components_and_do_not_depend_on_order_or_names(
    rows: list[tuple[int, int]], seed: int
) -> None:
    group, stratum = (np.array(column) for column in zip(*rows, strict=True))
    drawn = draw_keys(seed, "split", [b"%d" % place for place in range(len(rows))])
    wanted = {"test": max(len(rows) // 5, 1), "validation": max(len(rows) // 10, 1)}
    division = divide(group, drawn, stratum, wanted)  # type: ignore[arg-type]
    assert sum(division.sizes) == len(rows)
    assert all(len(set(division.split[group == name].tolist())) == 1 for name in set(group.tolist()))
    assert all(size < 2 * most for size, most in zip(division.sizes[1:], wanted.values(), strict=True))
    order = np.array(random.Random(seed).sample(range(len(rows)), len(rows)))
    shuffled = divide(50 - group[order], drawn[order], stratum[order] + 7, wanted)  # type: ignore[arg-type]
    assert shuffled.split.tolist() == division.split[order].tolist()


SENTENCE = st.lists(st.sampled_from("abcd"), max_size=8).map(" ".join)


@given(st.lists(SENTENCE, max_size=12), st.lists(SENTENCE, max_size=12), st.sampled_from([0.3, 0.7, 1.0]))
def test_leaks_are_those_that_comparing_all_with_all_finds(train: list[str], test: list[str], threshold: float) -> None:
    def near(one: str, other: str) -> bool:
        mine, theirs = shingles(one), shingles(other)
        return bool(mine) and len(mine & theirs) / len(mine | theirs) >= threshold

    expected = [place for place, text in enumerate(test) if any(near(text, other) for other in train)]
    found = leak(train, test, threshold)
    assert found.rows.tolist() == expected
    assert found.share == (len(expected) / len(test) if test else 0.0)


def test_a_leak_is_seven_tenths_and_not_less() -> None:
    # 7 of 10 shingles: 9 words beside 12; 9 of 13 is 0.69.
    assert leak(["a b c d e f g h i j k l"], ["a b c d e f g h i"]).share == 1.0
    assert leak(["a b c d e f g h i j k l m n o"], ["a b c d e f g h i j k"]).share == 0.0
