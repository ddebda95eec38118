"""A file that is read, and what people call it: the two differ where a private copy is read in the file's place."""

from dataclasses import dataclass
from pathlib import Path, PurePath

from commonhold.errors import FormError, Problem


@dataclass(frozen=True, slots=True)
class Source:
    """One file. Nothing that people see shows `path`."""

    path: Path
    """Where the bytes are."""
    name: str
    """What messages call it; its ending says the kind of file."""
    origin: str = ""
    """What rows say that they come from; the name when empty."""
    settings: str = ""
    """The file in which a person can name its encoding, delimiter and sheet, such as datasheet.yaml; empty for none."""

    @classmethod
    def at(cls, path: "Path | Source") -> "Source":
        """A file that is read where people see it; one that says both is itself."""
        return path if isinstance(path, Source) else cls(path, str(path))

    @property
    def suffix(self) -> str:
        """The ending of the name, in small letters."""
        return PurePath(self.name).suffix.lower()

    def or_name(self, what: str, line: str) -> str:
        """The second half of a remedy, when there is a file of settings: `what` can be named there with a `line`."""
        return f", or name {what} in {self.settings} ({line})" if self.settings else ""


@dataclass(frozen=True, slots=True)
class SourceFolder:
    """A folder of files that are read."""

    path: Path
    """Where the bytes are."""
    shown: Path
    """What messages call it."""

    @classmethod
    def at(cls, folder: "Path | SourceFolder") -> "SourceFolder":
        """A folder that is read where people see it; one that says both is itself."""
        return folder if isinstance(folder, SourceFolder) else cls(folder, folder)

    def source(self, name: str, origin: str = "", settings: str = "") -> Source:
        """A file in it, by its path below the folder."""
        return Source(self.path / name, str(self.shown / name), origin, settings)


def refused(source: Source, message: str, remedy: str, line: int = 0, place: str = "") -> FormError:
    """The error of a whole file."""
    return FormError([Problem(source.name, line, place, message, remedy)])
