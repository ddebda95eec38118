"""What can go wrong, one class per remedy, each with the exit code of the command line.

CommonholdError                      1   our fault or the machine's
├── RequestError                     2   what was asked cannot be done as asked; the message ends with a remedy
│   ├── FormError                    2   a file a person wrote has problems: all of them at once, with file:line
│   ├── MissingInputError            2   a file or folder that was named is not there
│   ├── ChangedInputError            2   a file changed while it was read
│   ├── MissingModelError            2   model weights are not on this machine and may not be, or cannot be, fetched
│   ├── MissingPackageError          2   an optional package is needed
│   ├── NothingLeftError             2   nothing is left to work on
│   ├── DivergedError                2   the loss of a training is no longer a number
│   ├── BusyError                    2   another process works on the same workspace
│   ├── NoSpaceError                 2   the disk is full
│   └── NoMemoryError                2   the memory is too small for what was asked
├── GateError                        3   a gate said no
│   └── UnfitFileError               3   a file of weights is not the model that was evaluated; it is left out
└── DigestError                      4   a file is not what its digest says
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class CommonholdError(Exception):
    """Anything this package raises on purpose; its text is what the person reads."""

    exit_code = 1
    attempt: Path | None = None
    """Folder with what was found before it was refused, where that is kept."""


class RequestError(CommonholdError):
    """What was asked cannot be done as asked; the person can fix it."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file a person wrote: where it is, what is wrong, how to fix it."""

    file: str
    line: int
    """1-based line in the file; 0 when the mistake belongs to no line."""
    place: str
    """Dotted key, or `row 12, column prompt`; empty for the whole file."""
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        key = f" {self.place}" if self.place else ""
        stop = "" if self.message.endswith(("?", ".")) else "."
        remedy = f"{stop} {self.remedy}" if self.remedy else ""
        return f"{where}{key}: {self.message}{remedy}"


class FormError(RequestError):
    """A file a person wrote has problems; `problems` holds every one of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        if not problems:
            raise ValueError("a FormError needs at least one problem")
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class MissingInputError(RequestError):
    """A file or folder that was named is not there."""


class ChangedInputError(RequestError):
    """A file changed while it was read."""


class MissingModelError(RequestError):
    """Model weights are not on this machine and may not be, or cannot be, fetched."""


class MissingPackageError(RequestError):
    """An optional package is needed."""


class NothingLeftError(RequestError):
    """Nothing is left to work on: every record was refused, for one."""


class DivergedError(RequestError):
    """The loss of a training is no longer a number."""


class BusyError(RequestError):
    """Another process works on the same workspace."""


class NoSpaceError(RequestError):
    """The disk is full."""


class NoMemoryError(RequestError):
    """The memory, of machine or graphics card, is too small for what was asked."""


class GateError(CommonholdError):
    """A gate said no; nothing was promoted."""

    exit_code = 3


class UnfitFileError(GateError):
    """A file of weights is not the model that was evaluated, or surely worse; the model is published without it."""

    def __init__(self, why: str, *, fault: bool) -> None:
        super().__init__(why)
        self.fault = fault
        """Whether it was written wrongly; else rounding costs this model too much."""


class DigestError(CommonholdError):
    """A file is not what its digest says."""

    exit_code = 4
