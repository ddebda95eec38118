"""Which processor the work runs on, and the settings that are right for it."""

import os
import time
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

Precision = Literal["float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True)
class DeviceProfile:
    """Settings for one processor; `commonhold doctor` prints them."""

    device: Literal["cpu", "cuda"]
    name: str
    precision: Precision
    """Number format of activations and of the frozen weights once dequantised."""
    threads: int
    capability: str
    """Instruction set (`AVX2`, `AVX512`, …) on a CPU, compute capability (`8.9`) on a GPU."""
    memory_bytes: int
    """RAM on a CPU, VRAM on a GPU."""

    @property
    def dtype(self) -> "torch.dtype":
        """The precision as torch names it."""
        import torch

        return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[self.precision]


def choose_device(precision: Literal["auto", "bfloat16", "float32"] = "auto") -> DeviceProfile:
    """The best processor here, in the precision that was asked for; sets torch's thread count the first time."""
    best = _best_processor()
    return best if precision == "auto" else replace(best, precision=precision)


@cache
def _best_processor() -> DeviceProfile:
    """A CUDA GPU if torch sees one, else the CPU, in the precision that it is fast in."""
    import torch

    if torch.cuda.is_available():
        return _gpu()
    threads = settle_threads()
    capability = torch.backends.cpu.get_cpu_capability()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return DeviceProfile("cpu", _cpu_name(), _cpu_precision(), threads, capability, memory)


def _gpu() -> DeviceProfile:
    import torch

    properties = torch.cuda.get_device_properties(0)
    capability = f"{properties.major}.{properties.minor}"
    # Turing (7.5) and older have no bf16 units.
    precision: Precision = "bfloat16" if properties.major >= 8 else "float16"
    return DeviceProfile("cuda", properties.name, precision, 1, capability, properties.total_memory)


def _cpu_precision() -> Precision:
    """bf16 only where the CPU multiplies it in hardware: without, it measured 14 times slower than fp32."""
    return "bfloat16" if {"avx512_bf16", "amx_bf16"} & _cpu_flags() else "float32"


def _cpu_flags() -> set[str]:
    for line in _cpuinfo():
        if line.startswith("flags"):
            return set(line.split(":", 1)[1].split())
    return set()


def _cpu_name() -> str:
    for line in _cpuinfo():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "CPU"


@cache
def _cpuinfo() -> tuple[str, ...]:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:  # noqa: PTH123 - not a file of ours
            return tuple(stream.read().splitlines())
    except OSError:
        return ()


def settle_threads() -> int:
    """Sets torch to all the cores, or to one fewer while they are busy; gives the number.

    Measured on a few matrix products, about 0.1 s. Two threads that wait for each other on two busy cores are half as
    fast as one, and twice as fast on idle ones; so long work asks again now and then. The result of training does not
    depend on it (bitwise equal with one thread and with two, see `surroundings`). `OMP_NUM_THREADS` has the last word.
    """
    import torch

    if (wanted := os.environ.get("OMP_NUM_THREADS", "")).isdigit():
        threads = max(1, int(wanted))
    else:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        threads = min((cores, max(1, cores - 1)), key=_seconds_of_products)
    torch.set_num_threads(threads)
    return threads


def _seconds_of_products(threads: int) -> float:
    import torch

    torch.set_num_threads(threads)
    left, right = torch.ones(512, 576), torch.ones(576, 1536)
    torch.mm(left, right)
    start = time.perf_counter()
    for _ in range(8):
        torch.mm(left, right)
    return time.perf_counter() - start
