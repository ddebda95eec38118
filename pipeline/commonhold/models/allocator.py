"""Memory that a process frees, given back to the system at once instead of kept for later."""

import contextlib
import ctypes
import sys
from collections.abc import Mapping
from pathlib import Path

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""glibc's names for what may stay free at the heap's end, and for the size from which a block is mapped by itself."""
LEAST_MAPPED_BYTES = 256 * 1024
MOST_MAPPED_BYTES = 32 * 1024 * 1024
"""Where glibc's own limit ends once blocks as large were freed (DEFAULT_MMAP_THRESHOLD_MAX, malloc.c)."""


def give_back_freed_memory() -> bool:
    """Makes freed blocks of 256 kB and more leave the process; true if the C library can be set so.

    glibc raises its limit to the largest block freed so far and then keeps tensors in a heap full of holes: reading and
    quantising the shipped base left 180 to 600 MB of them, by what had gone before. With gradient checkpointing at 512
    tokens the peak above the model was 250 MB instead of 500. A step takes longer, so it is not kept up where memory is
    no concern.
    """
    return _mallopt({M_MMAP_THRESHOLD: LEAST_MAPPED_BYTES})


def keep_freed_memory() -> bool:
    """Makes freed blocks up to 32 MB stay for the next, as glibc would by itself in time; true if it can be set so."""
    return _mallopt({M_MMAP_THRESHOLD: MOST_MAPPED_BYTES, M_TRIM_THRESHOLD: 2 * MOST_MAPPED_BYTES})


def _mallopt(settings: Mapping[int, int]) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(mallopt(name, value) for name, value in settings.items())


def trim_heap() -> None:
    """Gives what was freed so far back to the system, where the C library can (glibc's `malloc_trim`)."""
    if sys.platform.startswith("linux") and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def forget_peak() -> None:
    """Lets the process's peak of memory start again at what it holds now, where the system can (Linux, proc(5)).

    Unpacking a base beforehand takes more than training it.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
