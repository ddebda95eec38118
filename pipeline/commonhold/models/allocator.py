"""Memory that a process frees, given back to the system at once instead of kept for later."""

import contextlib
import ctypes
import sys
from pathlib import Path

M_MMAP_THRESHOLD = -3
"""glibc's name for the size from which a block is mapped by itself (malloc.h)."""
LEAST_MAPPED_BYTES = 256 * 1024


def give_back_freed_memory() -> bool:
    """Makes freed blocks of 256 kB and more leave the process; true if the C library can be told.

    glibc raises its limit to the largest block freed so far and then keeps tensors in a heap full of holes. With
    gradient checkpointing at 512 tokens the peak above the model was 250 MB instead of 500; a step takes longer, so it
    is not done where memory is no concern.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt and mallopt(M_MMAP_THRESHOLD, LEAST_MAPPED_BYTES))


def trim_heap() -> None:
    """Gives what was freed so far back to the system, where the C library can (glibc's `malloc_trim`)."""
    if sys.platform.startswith("linux") and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def forget_peak() -> None:
    """Lets the process's peak of memory begin anew at what it holds now, where the system can (Linux, proc(5)).

    Unpacking a base beforehand takes more than training it.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
