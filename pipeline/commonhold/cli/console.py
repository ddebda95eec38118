"""Progress for people while a command works, on stderr."""

import os
import shutil
import sys
import time
from collections.abc import Callable

CLEAR = "\r\x1b[K"
"""Back to the start of the line, and everything after it erased."""


class Console:
    """Prints lines; a line that starts with a carriage return is transient: the next one replaces it.

    In a file or a pipe, where nothing can be replaced, a transient line is printed every so many seconds.
    """

    def __init__(self, seconds_between: float = 15.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._between = seconds_between
        self._clock = clock
        self._last: float | None = None
        self._transient = False

    def __call__(self, text: str) -> None:
        """Says one line."""
        if not text.startswith("\r"):
            self._write(f"{CLEAR if self._transient else ''}  {text}\n", transient=False)
        elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            width = shutil.get_terminal_size().columns - 1  # a line that wraps could not be withdrawn
            self._write(f"{CLEAR}{f'  {text[1:]}'[:width]}", transient=True)
        elif self._is_due():
            self._write(f"  {text[1:]}\n", transient=False)

    def end(self) -> None:
        """Keeps a transient line, so that something else can be printed below it."""
        if self._transient:
            self._write("\n", transient=False)

    def _is_due(self) -> bool:
        now = self._clock()
        if self._last is None or now - self._last >= self._between:
            first, self._last = self._last is None, now
            return not first
        return False

    def _write(self, text: str, *, transient: bool) -> None:
        self._transient = transient
        sys.stderr.write(text)
        sys.stderr.flush()


console = Console()
"""The one that every command reports to."""
