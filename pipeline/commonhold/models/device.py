"""Which processor the work runs on, and the settings that are right for it."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

Precision = Literal["float32", "bfloat16", "float16"]
AskedPrecision = Literal["auto", "bfloat16", "float32"]
"""What a recipe may ask for; `auto` is the fastest that the processor has in hardware."""
ONEDNN_LIMITS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")
"""Variables that keep oneDNN, which multiplies bf16 matrices, to older instructions than the processor has."""
WITHOUT_BF16 = frozenset({"SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI"})
"""Of their values, those under which bf16 is emulated."""
ROUNDS = 4
"""How often each number of threads is tried where the choice holds for a whole run."""


@dataclass(frozen=True, slots=True)
class DeviceProfile:
    """Settings for one processor; `commonhold doctor` prints them."""

    device: Literal["cpu", "cuda"]
    name: str
    precision: Precision
    """Number format of activations and of the frozen weights once dequantised."""
    threads: int
    """That one process computes with; see `threads_matter`."""
    capability: str
    """Instruction set (`AVX2`, `AVX512`, …) on a CPU, compute capability (`8.9`) on a GPU."""
    memory_bytes: int
    """RAM on a CPU, VRAM on a GPU."""

    @property
    def threads_matter(self) -> bool:
        """Whether another number of threads gives other bits.

        On a CPU oneDNN splits the long sums of bf16 products by the number of threads; gradients differ by 1 % between
        one and two. In fp32 MKL gives the same bits whatever the number, see `environment`.
        """
        return self.device == "cpu" and self.precision != "float32"

    @property
    def dtype(self) -> "torch.dtype":
        """The precision as torch names it."""
        import torch

        return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[self.precision]


def choose_device(precision: AskedPrecision = "auto", threads: int = 0) -> DeviceProfile:
    """The best processor here, in the precision that was asked for; sets torch's thread count the first time.

    `threads` is a number that a run has begun with, or was published with; it counts where threads matter.
    """
    best = _best_processor()
    device = best if precision == "auto" else replace(best, precision=precision)
    return replace(device, threads=threads) if threads and device.threads_matter else device


def take_threads(device: DeviceProfile) -> None:
    """Sets torch's thread count before some work: the profile's own where it decides the bits, else what is fastest.

    Asked again and again, since a laptop becomes busy and idle again while work lasts.
    """
    import torch

    if device.threads_matter:
        torch.set_num_threads(device.threads)
    elif device.device == "cpu":
        settle_threads()


@cache
def _best_processor() -> DeviceProfile:
    """A CUDA GPU if torch sees one, else the CPU, in the precision that it is fast in."""
    import torch

    if torch.cuda.is_available():
        return _gpu()
    threads = settle_threads(ROUNDS)
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
    return "float32" if emulates_bf16() else "bfloat16"


def emulates_bf16() -> bool:
    """Whether the CPU has no units for bf16 matrices, or a variable keeps oneDNN from them."""
    return not has_bf16_units() or bool(bf16_forbidden())


def has_bf16_units() -> bool:
    """Whether the CPU multiplies bf16 matrices in hardware."""
    return bool({"avx512_bf16", "amx_bf16"} & _cpu_flags())


def bf16_forbidden() -> str:
    """The variable and value that keep oneDNN from the CPU's bf16 units, as `NAME=VALUE`; empty where none does."""
    for name in ONEDNN_LIMITS:
        if (value := os.environ.get(name, "")).upper() in WITHOUT_BF16:
            return f"{name}={value}"
    return ""


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


def settle_threads(rounds: int = 1) -> int:
    """Sets torch to all the cores, or to one fewer while they are busy; gives the number.

    Measured on a few matrix products, about 0.1 s a round. Two threads that wait for each other on two busy cores are
    half as fast as one, and twice as fast on idle ones; so long work in fp32 asks again now and then. For work whose
    bits depend on the number, see `take_threads`. `OMP_NUM_THREADS` has the last word.
    """
    import torch

    if (setting := os.environ.get("OMP_NUM_THREADS", "")).isdigit():
        threads = max(1, int(setting))
    else:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        threads = _fastest((cores, max(1, cores - 1)), rounds)
    torch.set_num_threads(threads)
    return threads


def _fastest(numbers: Sequence[int], rounds: int) -> int:
    """The number of threads whose products took least in all; they take turns, so that a busy moment slows each."""
    seconds = dict.fromkeys(numbers, 0.0)
    for _ in range(rounds):
        for threads in seconds:
            seconds[threads] += _seconds_of_products(threads)
    return min(seconds, key=lambda threads: seconds[threads])


def _seconds_of_products(threads: int) -> float:
    import torch

    torch.set_num_threads(threads)
    left, right = torch.ones(512, 576), torch.ones(576, 1536)
    torch.mm(left, right)
    start = time.perf_counter()
    for _ in range(8):
        torch.mm(left, right)
    return time.perf_counter() - start
