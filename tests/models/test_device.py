"""The processor's settings: the thread count that was asked for is the one that is used."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch

from commonhold import environment
from commonhold.models.device import (
    DeviceProfile,
    _best_processor,
    _fastest,
    bf16_forbidden,
    choose_device,
    take_threads,
)


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
    environment.prepare()
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
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    assert choose_device().precision == precision
    assert choose_device().name == "Toy 3000"


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_precision_that_was_asked_for_is_used_whatever_the_processor_has(precision: Any) -> None:
    assert choose_device(precision) == replace(choose_device(), precision=precision)
    assert choose_device("auto") == choose_device()


@needs_cpu
@pytest.mark.parametrize(
    ("name", "value", "precision"),
    [
        ("ONEDNN_MAX_CPU_ISA", "AVX2", "float32"),
        ("ONEDNN_MAX_CPU_ISA", "avx512_core", "float32"),
        ("DNNL_MAX_CPU_ISA", "AVX512_CORE_VNNI", "float32"),
        ("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_BF16", "bfloat16"),
        ("ONEDNN_MAX_CPU_ISA", "DEFAULT", "bfloat16"),
        ("ONEDNN_MAX_CPU_ISA", "", "bfloat16"),
    ],
)
def test_bf16_units_that_onednn_may_not_use_are_not_counted_on(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, precision: str
) -> None:
    for each in ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, value)
    monkeypatch.setattr("commonhold.models.device._cpuinfo", lambda: ("flags\t: avx2 avx512_bf16",))
    assert choose_device().precision == precision
    assert bf16_forbidden() == (f"{name}={value}" if precision == "float32" else "")


BF16, FP32 = (DeviceProfile("cpu", "", precision, 3, "", 0) for precision in ("bfloat16", "float32"))


def test_in_bf16_on_a_cpu_the_number_of_threads_matters() -> None:
    assert BF16.threads_matter
    assert not FP32.threads_matter
    assert not replace(BF16, device="cuda").threads_matter


def test_bf16_keeps_its_number_of_threads_whatever_the_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    take_threads(BF16)
    assert torch.get_num_threads() == 3
    take_threads(FP32)
    assert torch.get_num_threads() == 1


@needs_cpu
def test_a_number_that_a_run_began_with_is_taken_in_bf16_alone() -> None:
    assert choose_device("bfloat16", 5).threads == 5
    assert choose_device("float32", 5).threads == choose_device("float32").threads
    assert choose_device("bfloat16", 0).threads == choose_device("float32").threads


def test_the_number_of_threads_that_took_least_in_all_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([3.0, 1.0, 1.0, 2.5, 1.0, 2.0])  # two threads and one, in turns: 5 against 5.5
    monkeypatch.setattr("commonhold.models.device._seconds_of_products", lambda _threads: next(seconds))
    assert _fastest((2, 1), rounds=3) == 2


def test_precision_has_torchs_own_name() -> None:
    assert DeviceProfile("cpu", "", "bfloat16", 1, "", 0).dtype is torch.bfloat16
    assert DeviceProfile("cpu", "", "float16", 1, "", 0).dtype is torch.float16
    assert DeviceProfile("cpu", "", "float32", 1, "", 0).dtype is torch.float32
