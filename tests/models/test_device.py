"""The processor's settings: the thread count that was asked for is the one that is used."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch

from commonhold import surroundings
from commonhold.models.device import DeviceProfile, _best_processor, choose_device


@pytest.fixture(autouse=True)
def _own_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    _best_processor.cache_clear()
    yield
    _best_processor.cache_clear()
    torch.set_num_threads(threads)


needs_cpu = pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is chosen where there is one")


@needs_cpu
@pytest.mark.parametrize(("asked", "used"), [("1", 1), ("3", 3), ("0", 1)])
def test_thread_count_that_was_asked_for_is_used(monkeypatch: pytest.MonkeyPatch, asked: str, used: int) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    assert choose_device().threads == used
    assert torch.get_num_threads() == used


@needs_cpu
@pytest.mark.parametrize("unusable", ["", "many", "-2", "2,1"])
def test_otherwise_there_are_never_more_threads_than_cores(monkeypatch: pytest.MonkeyPatch, unusable: str) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: {0, 1, 2})
    monkeypatch.setenv("OMP_NUM_THREADS", unusable)
    assert choose_device().threads in (2, 3)
    assert torch.get_num_threads() == choose_device().threads


@needs_cpu
@pytest.mark.parametrize(("before", "after"), [(None, "AUTO,STRICT"), ("AVX2,STRICT", "AVX2,STRICT")])
def test_sums_do_not_depend_on_the_thread_count_unless_a_person_decides_otherwise(
    monkeypatch: pytest.MonkeyPatch, before: str | None, after: str
) -> None:
    monkeypatch.setenv("MKL_CBWR", before or "")
    if before is None:
        monkeypatch.delenv("MKL_CBWR")
    surroundings.prepare()
    assert os.environ["MKL_CBWR"] == after


@needs_cpu
def test_single_core_gets_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: {0})
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert choose_device().threads == 1


@needs_cpu
@pytest.mark.parametrize(
    ("flags", "precision"),
    [
        ("fpu avx2 avx512f avx512_bf16", "bfloat16"),
        ("fpu avx2 amx_bf16", "bfloat16"),
        ("fpu avx2 avx512f avx512_vnni", "float32"),
    ],
)
def test_bf16_is_used_only_where_the_processor_multiplies_it(
    monkeypatch: pytest.MonkeyPatch, flags: str, precision: str
) -> None:
    lines = ("processor\t: 0", "model name\t: Toy 3000", f"flags\t\t: {flags}")
    monkeypatch.setattr("commonhold.models.device._cpuinfo", lambda: lines)
    assert choose_device().precision == precision
    assert choose_device().name == "Toy 3000"


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_precision_that_was_asked_for_is_used_whatever_the_processor_has(precision: Any) -> None:
    assert choose_device(precision) == replace(choose_device(), precision=precision)
    assert choose_device("auto") == choose_device()


def test_precision_has_torchs_own_name() -> None:
    assert DeviceProfile("cpu", "", "bfloat16", 1, "", 0).dtype is torch.bfloat16
    assert DeviceProfile("cpu", "", "float16", 1, "", 0).dtype is torch.float16
    assert DeviceProfile("cpu", "", "float32", 1, "", 0).dtype is torch.float32
