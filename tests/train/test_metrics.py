"""Sums over processes, and the speed of the steps alone."""

import json
from pathlib import Path

from tests.toys import CPU

from commonhold.train.metrics import Event, MetricsRecorder, TrainingMetrics, peak_memory, read_metrics


class Waits:
    """Lets a clock run on by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def gauge_with_clock(work: Path) -> tuple[MetricsRecorder, Waits]:
    clock = Waits()
    return MetricsRecorder(work, CPU, clock=clock), clock


def test_speed_is_of_the_steps_alone(tmp_path: Path) -> None:
    gauge, clock = gauge_with_clock(tmp_path)
    clock.now += 50  # loading
    gauge.begin()
    clock.now += 2
    gauge.step(100)
    clock.now += 30
    gauge.checkpoint()
    clock.now += 3
    gauge.step(400)
    total = gauge.total
    assert (total.steps, total.step_seconds, total.tokens) == (2, 5.0, 400)
    assert (total.checkpoints, total.checkpoint_seconds, total.seconds) == (1, 30.0, 85.0)
    assert total.tokens_per_second == 80.0


def test_a_new_trainer_counts_its_tokens_from_zero(tmp_path: Path) -> None:
    gauge, _ = gauge_with_clock(tmp_path)
    for _ in range(2):
        gauge.begin()
        gauge.step(100)
        gauge.step(200)
    assert gauge.total.tokens == 400


def test_processes_add_up_and_peaks_do_not(tmp_path: Path) -> None:
    for _ in range(2):
        gauge, clock = gauge_with_clock(tmp_path)
        gauge.begin()
        clock.now += 10
        gauge.step(50)
        gauge.save()
    both = read_metrics(tmp_path)
    assert both is not None
    assert (both.processes, both.steps, both.tokens, both.seconds) == (2, 2, 100, 20.0)
    assert both.peak_memory_bytes == gauge.total.peak_memory_bytes


def test_the_sums_are_written_every_ten_seconds(tmp_path: Path) -> None:
    gauge, clock = gauge_with_clock(tmp_path)
    gauge.save()
    gauge.begin()
    for seconds, written in ((4, 0), (4, 0), (4, 3), (9, 3), (2, 5)):
        clock.now += seconds
        gauge.step(1)
        found = read_metrics(tmp_path)
        assert found is not None
        assert found.steps == written


def test_an_event_is_kept_once(tmp_path: Path) -> None:
    event = Event(4, "halved", "x", 2, 2)
    for _ in range(2):
        gauge = MetricsRecorder(tmp_path, CPU)
        gauge.note(event)
        gauge.note(event)
    assert gauge.total.events == (event,)


def test_sums_that_cannot_be_read_count_from_where_training_stands(tmp_path: Path) -> None:
    for text in ("", "{", "[]", json.dumps({"steps": 1}), json.dumps({"events": [], "energy_methods": [], "x": 1})):
        (tmp_path / "measured.json").write_text(text, encoding="utf-8")
        assert read_metrics(tmp_path) is None
        assert MetricsRecorder(tmp_path, CPU, 8).total.from_step == 8


def test_energy_that_was_found_in_several_ways_says_so() -> None:
    methods = ("measured_rapl", "measured_nvml_and_estimated_from_cpu_time", "estimated_from_cpu_time")
    named = TrainingMetrics(energy_methods=methods).energy_method
    assert named == "estimated_from_cpu_time_and_measured_nvml_and_measured_rapl"


def test_memory_that_was_freed_before_the_training_does_not_count(tmp_path: Path) -> None:
    import numpy as np

    block = np.ones(300_000_000 // 8)
    high = peak_memory(CPU).used
    del block
    assert MetricsRecorder(tmp_path, CPU).total.peak_memory_bytes < high - 200_000_000
