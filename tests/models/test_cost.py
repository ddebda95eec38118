"""The work of training, worked out by hand on a small shape, and a probe that tells fast from slow."""

from dataclasses import replace

import pytest

from commonhold.models.cost import OPERATIONS_PER_LAYER, Batch, Speed, Work, pass_work, probe, training_seconds
from commonhold.models.memory import Load, Shape

TINY = Shape(layers=1, hidden=2, intermediate=3, vocabulary=5, query_width=2, key_value_width=1)
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


def test_bf16_on_a_cpu_makes_more_calls_and_moves_more() -> None:
    fp32, bf16 = (pass_work(TINY, replace(LOAD, number_bytes=number), BATCH) for number in (4, 2))
    assert bf16.flops == fp32.flops
    assert bf16.operations > fp32.operations
    assert bf16.moved_bytes > 2 * fp32.moved_bytes


def test_validation_has_no_way_back() -> None:
    assert pass_work(TINY, LOAD, BATCH, training=False).flops == LINEAR + ADAPTER + HEAD + PAIRS


def test_seconds_of_work_by_hand() -> None:
    assert Speed(flops=100, bytes=10, seconds_per_operation=0.5).seconds(Work(200, 30, 4)) == 2 + 3 + 2


def test_every_batch_step_and_validation_pass_counts() -> None:
    speed = Speed(1e6, 1e6, 1e-3)
    empty = training_seconds(TINY, LOAD, (), (), 0, speed)
    one = training_seconds(TINY, LOAD, (BATCH,), (), 0, speed) - empty
    look = training_seconds(TINY, LOAD, (), (BATCH,), 0, speed) - empty
    step = training_seconds(TINY, LOAD, (), (), 1, speed) - empty
    assert one > look > 0
    assert step > 0
    all_of_it = training_seconds(TINY, LOAD, (BATCH,) * 3, (BATCH,) * 2, 5, speed)
    assert all_of_it == pytest.approx(empty + 3 * one + 2 * look + 5 * step)


@pytest.mark.parametrize("number_bytes", [4, 2])
def test_probe_finds_a_processor_of_this_century(number_bytes: int) -> None:
    shape = Shape(layers=2, hidden=64, intermediate=128, vocabulary=384, query_width=64, key_value_width=32)
    found = probe(shape, 64, number_bytes)
    assert 1e7 < found.flops < 1e14
    assert 1e7 < found.bytes < 1e13
    assert 1e-7 < found.seconds_per_operation < 1e-2
