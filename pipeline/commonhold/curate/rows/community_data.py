"""A community's folder of records as one run reads it: its forms, parsed once, and the files with the rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from commonhold.curate.privacy.community_patterns import CommunityPattern, read_patterns
from commonhold.curate.privacy.redactor import KINDS
from commonhold.curate.rights.governance import FILE_NAME as GOVERNANCE
from commonhold.curate.rights.governance import GovernanceFile, read_governance_file
from commonhold.curate.rows.column_mapping import Place, listed_twice, missing_file, no_sheet
from commonhold.curate.rows.data_files import expand
from commonhold.curate.rows.datasheet import FILE_NAME, DataFile, Datasheet, DatasheetFile, read_datasheet
from commonhold.curate.rows.workbook_sheets import sheets_with_rows
from commonhold.curate.text.flagged_words import FlaggedWords, read_flagged_words
from commonhold.curate.text.trained_file import load
from commonhold.errors import DigestError, FormError, MissingInputError, Problem
from commonhold.sheets.file_kinds import WORKBOOKS
from commonhold.sheets.source import SourceFolder

Parsed = TypeVar("Parsed")


class ListedFile(NamedTuple):
    """One file with rows, and the entry of the datasheet that names it."""

    entry: int
    """Place in the datasheet's list."""
    file: DataFile


@dataclass(frozen=True, slots=True)
class CommunityData:
    """Everything that a community's folder says, and where its rows can be read."""

    folder: SourceFolder
    """Where the files are read; a run reads copies of its own, so that nobody changes them meanwhile."""
    datasheet: DatasheetFile
    files: tuple[ListedFile, ...]
    """Patterns expanded, in the datasheet's order."""
    governance: GovernanceFile | None = None
    """None where the community has written no rules."""
    patterns: tuple[CommunityPattern, ...] = ()
    word_lists: tuple[FlaggedWords, ...] = ()
    identifier: Path | None = None
    """Of a language identifier of the community's own, in `folder`."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the forms, and files that the datasheet names and that are not there."""
    notes: tuple[str, ...] = ()
    """What was guessed about the files as wholes."""

    @property
    def form(self) -> Datasheet:
        """What the datasheet says."""
        return self.datasheet.form

    @property
    def licences(self) -> dict[str, str]:
        """Of the rows of each file that say nothing else; the datasheet's under no name."""
        return {"": self.form.licence, **{file.name: file.licence or self.form.licence for _, file in self.files}}

    @property
    def record_files(self) -> list[str]:
        """Names of the files with rows, each once; the parents of repeat groups are among them."""
        return list(_with_parents(self.files))


def read_community(folder: Path | SourceFolder, datasheet: DatasheetFile | None = None) -> CommunityData:
    """Reads all that is in a folder but the rows; `datasheet` is its datasheet, where that is parsed already.

    Raises:
        MissingInputError: the folder or its datasheet is not there.
        FormError: the datasheet has problems. Those of the other files are reported with the ones in the rows.
    """
    source = SourceFolder.at(folder)
    datasheet = datasheet or read_datasheet(source)
    form = datasheet.form
    problems: list[Problem] = []
    notes: list[str] = []

    def attempt(key: Place, name: str | None, read: Callable[[Path, Path], Parsed]) -> Parsed | None:
        """What a file says; none where the datasheet names none, or where it has problems."""
        if name is None:
            return None
        try:
            if not (source.path / name).is_file():
                raise FormError([missing_file(datasheet, key, name)])
            return read(source.path / name, source.shown / name)
        except FormError as error:
            problems.extend(error.problems)
        except DigestError as error:
            problems.append(Problem(str(datasheet.path), datasheet.lines.get(key, 0), str(key[0]), str(error)))
        return None

    files = tuple(_listed(source, datasheet, problems, notes))
    rules = GOVERNANCE if (source.path / GOVERNANCE).is_file() else None
    governance = attempt((), rules, read_governance_file)
    patterns = attempt(("patterns",), form.patterns, lambda path, own: read_patterns(path, frozenset(KINDS), own))
    lists = [
        attempt(("flagged_words", index), name, lambda path, own: read_flagged_words(path, own).form)
        for index, name in enumerate(form.flagged_words)
    ]
    identifier = attempt(("language_identifier",), form.language_identifier, _sound_identifier)
    return CommunityData(
        source,
        datasheet,
        files,
        governance,
        patterns or (),
        tuple(filter(None, lists)),
        identifier,
        tuple(problems),
        tuple(notes),
    )


def _sound_identifier(path: Path, shown: Path) -> Path:
    load(path, shown)
    return path


def _listed(
    folder: SourceFolder, datasheet: DatasheetFile, problems: list[Problem], notes: list[str]
) -> Iterator[ListedFile]:
    """Every file with rows, once, each sheet as a file; what is wrong with the entries goes to `problems`."""
    first: dict[str, int] = {}
    for index, entry in enumerate(datasheet.form.files):
        try:
            files = expand(folder, entry)
        except MissingInputError:
            files = (entry,)
        for file in files:
            if file.name in first:
                problems.append(listed_twice(datasheet, index, file, first[file.name]))
            elif not (folder.path / file.path).is_file():
                problems.append(missing_file(datasheet, ("files", index, "path"), file.path))
            else:
                first[file.name] = index
                sheets = sheets_with_rows(folder, datasheet.form, file)
                notes += (f"{file.name}: {guess}" for guess in sheets.guesses)
                problems += [no_sheet(datasheet, index, sheets.problem)] if sheets.problem else []
                yield from (ListedFile(index, sheet) for sheet in sheets.files)


def names_beside(form: Datasheet) -> list[str]:
    """Files that may stand beside the rows: the datasheet, the community's rules, and what the datasheet names."""
    return [FILE_NAME, GOVERNANCE, *filter(None, (form.patterns, *form.flagged_words, form.language_identifier))]


def names_of_rows(folder: Path, form: Datasheet) -> list[str]:
    """Files with rows below a folder, patterns expanded, as far as they can be found; nothing is opened."""
    listed: list[ListedFile] = []
    for index, entry in enumerate(form.files):
        try:
            listed += (ListedFile(index, file) for file in expand(folder, entry))
        except MissingInputError:  # told by whoever reads the folder, with its place
            continue
    return list(_with_parents(listed))


def _with_parents(files: Iterable[ListedFile]) -> dict[str, None]:
    names: dict[str, None] = {}
    for _, file in files:
        names[file.path] = None
        if file.parent is not None and file.suffix not in WORKBOOKS:
            names[file.parent] = None
    return names
