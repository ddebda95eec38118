"""The time of training: guessed from work that was worked out by hand on a small shape, probed on this processor."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from commonhold.models.catalog import read_catalog
from commonhold.models.memory_estimate import Load, Saving, Shape
from commonhold.models.speed_probe import ProbedSpeed, _head_width, probe
from commonhold.models.time_estimate import (
    OPERATIONS_PER_LAYER,
    AssumedSpeed,
    Batch,
    Speed,
    Work,
    pass_work,
    training_seconds,
)

TINY = Shape(layers=1, hidden=2, intermediate=3, vocabulary=5, query_width=2, key_value_width=1)
TOY = Shape(layers=6, hidden=64, intermediate=128, vocabulary=384, query_width=64, key_value_width=32)
LOAD = Load(rows=1, row_tokens=10, labels=4, rank=1, quantisation="none", number_bytes=4, saving="keep")
BATCH = Batch(1, 10, 4)
# Forward, for 10 tokens: 30 linear weights, 29 adapter weights and 4 labels x 5 words x 2, two operations each;
# every pair of positions twice (scores and sums) over a width of 2.
LINEAR, ADAPTER, HEAD, PAIRS = 600, 580, 80, 800


def test_training_pass_by_hand() -> None:
    assert pass_work(TINY, LOAD, BATCH).flops == 2 * LINEAR + 3 * ADAPTER + 2 * HEAD + 3.5 * PAIRS


def test_checkpoints_run_the_forward_pass_again_without_the_head() -> None:
    plain, again = (pass_work(TINY, replace(LOAD, saving=saving), BATCH) for saving in ("keep", "checkpoint"))
    assert again.flops - plain.flops == LINEAR + ADAPTER + PAIRS
    assert again.operations > plain.operations == OPERATIONS_PER_LAYER


def test_validation_has_no_way_back() -> None:
    assert pass_work(TINY, LOAD, BATCH, training=False).flops == LINEAR + ADAPTER + HEAD + PAIRS


def test_seconds_of_work_by_hand() -> None:
    assert Speed(flops=100, bytes=10, seconds_per_operation=0.5).seconds(Work(200, 30, 4)) == 2 + 3 + 2


def test_every_batch_step_and_validation_pass_counts() -> None:
    pace = AssumedSpeed(TINY, LOAD, Speed(1e6, 1e6, 1e-3))
    empty = training_seconds(TINY, pace, (), (), 0)
    one = training_seconds(TINY, pace, (BATCH,), (), 0) - empty
    look = training_seconds(TINY, pace, (), (BATCH,), 0) - empty
    step = training_seconds(TINY, pace, (), (), 1) - empty
    assert one > look > 0
    assert step > 0
    all_of_it = training_seconds(TINY, pace, (BATCH,) * 3, (BATCH,) * 2, 5)
    assert all_of_it == pytest.approx(empty + 3 * one + 2 * look + 5 * step)


PROBED = ProbedSpeed(
    smaller=(100, 2.0), larger=(200, 3.0), forth_share=0.25, seconds_per_label=0.1, optimizer_seconds=0.5
)


@pytest.mark.parametrize(("tokens", "layers"), [(100, 2.0), (150, 2.5), (200, 3.0), (300, 4.0), (10, 1.1)])
def test_a_batch_takes_what_those_beside_it_took(tokens: int, layers: float) -> None:
    plain = PROBED.pass_seconds(Batch(1, tokens, 0))
    assert plain / PROBED.pass_seconds(Batch(1, 100, 0)) == pytest.approx(layers / 2)
    assert PROBED.pass_seconds(Batch(1, tokens, 10)) - plain == pytest.approx(1.0)
    assert PROBED.pass_seconds(Batch(1, tokens, 0), training=False) == pytest.approx(plain / 4)


def test_batches_of_one_size_take_their_share_of_it() -> None:
    one = replace(PROBED, smaller=(200, 3.0))
    assert one.pass_seconds(Batch(2, 50, 0)) == pytest.approx(one.pass_seconds(Batch(1, 200, 0)) / 2)


def test_a_slow_moment_at_the_smaller_batch_makes_no_larger_one_faster_than_it_was() -> None:
    noisy = replace(PROBED, smaller=(100, 5.0))
    assert noisy.pass_seconds(Batch(1, 400, 0)) >= noisy.pass_seconds(Batch(1, 200, 0))


@pytest.mark.parametrize("number_bytes", [4, 2])
@pytest.mark.parametrize("saving", ["keep", "checkpoint"])
def test_probe_tries_the_middling_and_the_longest_batch(
    number_bytes: int, saving: Saving, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(1)
    drawn = torch.rand(1)
    torch.manual_seed(1)
    load = replace(LOAD, number_bytes=number_bytes, saving=saving, rank=4)
    batches = [Batch(1, 20, 5), Batch(2, 100, 60, examples=3), Batch(1, 40, 10)]
    monkeypatch.setattr(
        "commonhold.models.speed_probe.emulates_bf16", lambda: False
    )  # a toy's layer can be tried anywhere
    found = probe(TOY, load, batches)
    assert isinstance(found, ProbedSpeed)
    assert (found.smaller[0], found.larger[0]) == (40, 200)
    assert 0 < found.forth_share <= 1
    assert min(found.smaller[1], found.larger[1], found.seconds_per_label, found.optimizer_seconds) > 0
    assert torch.rand(1) == drawn  # what is drawn later does not depend on whether a training was estimated


@pytest.mark.parametrize(
    ("batch", "tokens"),
    [(Batch(1, 131_072, 65_536, 512), 1024), (Batch(64, 500, 16_000), 1000), (Batch(1, 20, 0), 20)],
    ids=["a long row", "many rows", "nothing labelled"],
)
def test_what_no_memory_could_hold_is_not_tried(batch: Batch, tokens: int) -> None:
    found = probe(TOY, LOAD, [batch])
    assert isinstance(found, ProbedSpeed)
    assert found.larger[0] == tokens
    assert found.pass_seconds(batch) >= found.larger[1] * batch.rows * batch.row_tokens / tokens


@pytest.mark.parametrize("entry", read_catalog().models, ids=lambda entry: entry.id)
def test_every_base_of_the_catalog_has_heads_to_probe(entry: Any) -> None:
    width = _head_width(entry.shape)
    heads, shared = entry.shape.query_width / width, entry.shape.key_value_width / width
    assert heads.is_integer()
    assert shared.is_integer()
    assert (heads / shared).is_integer()


def test_where_bf16_is_emulated_a_product_is_all_that_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commonhold.models.speed_probe.emulates_bf16", lambda: True)
    monkeypatch.setattr("commonhold.models.speed_probe._product_flops", lambda _dtype: 2e9)
    monkeypatch.setattr("commonhold.models.speed_probe._layer", lambda *_: pytest.fail("a layer was made"))
    found = probe(TOY, replace(LOAD, number_bytes=2), [BATCH])
    assert isinstance(found, AssumedSpeed)
    assert found.speed.flops == 2e9
    with pytest.raises(pytest.fail.Exception):
        probe(TOY, LOAD, [BATCH])  # fp32 is not


def test_weights_that_are_unpacked_at_every_pass_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commonhold.models.speed_probe._seconds", lambda work: (work(), 0.1)[1])
    packed = replace(LOAD, quantisation="nf4")
    there, at_each_pass = (probe(TOY, replace(packed, unpacked=unpacked), [BATCH]) for unpacked in (True, False))
    unlabelled = BATCH._replace(labels=0)
    assert at_each_pass.pass_seconds(unlabelled) == pytest.approx(there.pass_seconds(unlabelled) * 4 / 3)
