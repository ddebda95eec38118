"""Named seeds and keyed order."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from commonhold.seeds import named_seed, order_key


def test_named_seed_is_31_bits_of_a_hash_of_root_and_name() -> None:
    # printf 42/split | sha256sum begins with ad1a65cd; half of that number is the seed
    assert named_seed(42, "split") == 0xAD1A65CD // 2


@given(st.integers(0, 2**31 - 1), st.text())
def test_a_named_seed_fits_every_generator(root: int, name: str) -> None:
    assert 0 <= named_seed(root, name) < 2**31


def test_purposes_and_roots_have_unrelated_seeds() -> None:
    seeds = {named_seed(root, name) for root in range(50) for name in ("split", "adapter", "order/0", "order/1")}
    assert len(seeds) == 200


def test_root_and_name_do_not_run_together() -> None:
    assert named_seed(1, "1/x") != named_seed(11, "/x")


def test_order_key_is_the_hash_of_root_name_and_item() -> None:
    assert order_key(7, "epoch/0", "r1") == hashlib.sha256(b"7/epoch/0/r1").digest()


@given(st.sets(st.text(min_size=1), min_size=2, max_size=12), st.data())
def test_removing_an_item_moves_no_other_past_another(ids: set[str], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(sorted(ids)))
    order = sorted(ids, key=lambda item: order_key(42, "epoch/0", item))
    without = sorted(ids - {gone}, key=lambda item: order_key(42, "epoch/0", item))
    assert without == [item for item in order if item != gone]


def test_epochs_have_different_orders() -> None:
    ids = [str(number) for number in range(20)]
    first, second = (sorted(ids, key=lambda item: order_key(42, f"epoch/{epoch}", item)) for epoch in (0, 1))
    assert first != second
