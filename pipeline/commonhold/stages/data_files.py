"""Every file of a community's folder that curation reads."""

from collections.abc import Iterator
from pathlib import Path

from commonhold.curate.data_files import expand
from commonhold.curate.datasheet import Datasheet, read_datasheet
from commonhold.curate.rights.governance import FILE_NAME as GOVERNANCE
from commonhold.digests import sha256_file
from commonhold.errors import FormError, MissingInputError, Problem
from commonhold.sheets.file_kinds import WORKBOOKS


def record_files(folder: Path, datasheet: Datasheet) -> list[str]:
    """Paths of the files with records, below the folder; patterns expanded, parents of repeat groups too.

    Raises:
        MissingInputError: a pattern matches nothing.
    """
    found: dict[str, None] = {}
    for listed in datasheet.files:
        for file in expand(folder, listed):
            found[file.path] = None
            if file.parent is not None and file.suffix not in WORKBOOKS:
                found[file.parent] = None
    return list(found)


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of the datasheet, of all that it names and of the community's rules, by path below the folder."""
    datasheet = read_datasheet(folder).form
    beside = (datasheet.patterns, *datasheet.flagged_words, datasheet.language_identifier)
    names = ["datasheet.yaml", GOVERNANCE, *filter(None, beside), *_there(folder, datasheet)]
    return {name: sha256_file(folder / name) for name in names if (folder / name).is_file()}


def _there(folder: Path, datasheet: Datasheet) -> list[str]:
    try:
        return record_files(folder, datasheet)
    except MissingInputError:  # told by curation itself, with its place
        return [file.path for file in datasheet.files]


def check_files(folder: Path) -> int:
    """How many files the datasheet's entries come to.

    Raises:
        FormError: files that are not there, all of them, with their lines.
    """
    datasheet = read_datasheet(folder)
    problems = [
        Problem(
            str(datasheet.path),
            datasheet.lines.get(key, 0),
            ".".join(map(str, key)),
            f"there is no file {name!r} in {folder}",
            "Correct the name",
        )
        for key, name in _missing(folder, datasheet.form)
    ]
    if problems:
        raise FormError(problems)
    return len(record_files(folder, datasheet.form))


def _missing(folder: Path, datasheet: Datasheet) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, listed in enumerate(datasheet.files):
        try:
            files = expand(folder, listed)
        except MissingInputError:
            yield ("files", index, "path"), listed.path
            continue
        yield from ((("files", index, "path"), file.path) for file in files if not (folder / file.path).is_file())
    named: dict[tuple[str | int, ...], str | None] = {
        ("patterns",): datasheet.patterns,
        ("language_identifier",): datasheet.language_identifier,
    }
    named |= {("flagged_words", index): name for index, name in enumerate(datasheet.flagged_words)}
    yield from ((key, name) for key, name in named.items() if name is not None and not (folder / name).is_file())
