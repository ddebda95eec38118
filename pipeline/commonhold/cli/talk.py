"""What is said to people while a command works, on stderr."""

import os
import shutil
import sys
import time
from collections.abc import Callable

CLEAR = "\r\x1b[K"
"""Back to the line's beginning, and everything after it gone."""


class Talk:
    """Prints lines; a line that begins with a carriage return is passing: the next one takes its place.

    In a file or a pipe, where nothing takes another's place, a passing line is printed now and then.
    """

    def __init__(self, seconds_between: float = 15.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._between = seconds_between
        self._clock = clock
        self._last: float | None = None
        self._passing = False

    def __call__(self, text: str) -> None:
        """Says one line."""
        if not text.startswith("\r"):
            self._write(f"{CLEAR if self._passing else ''}  {text}\n", passing=False)
        elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            width = shutil.get_terminal_size().columns - 1  # a line that wraps could not be taken back
            self._write(f"{CLEAR}{f'  {text[1:]}'[:width]}", passing=True)
        elif self._is_due():
            self._write(f"  {text[1:]}\n", passing=False)

    def end(self) -> None:
        """Lets a passing line stand, so that something else can be printed below it."""
        if self._passing:
            self._write("\n", passing=False)

    def _is_due(self) -> bool:
        now = self._clock()
        if self._last is None or now - self._last >= self._between:
            first, self._last = self._last is None, now
            return not first
        return False

    def _write(self, text: str, *, passing: bool) -> None:
        self._passing = passing
        sys.stderr.write(text)
        sys.stderr.flush()
