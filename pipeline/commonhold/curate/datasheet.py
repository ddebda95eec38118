"""`datasheet.yaml`: what a community declares about its records before a machine learns from them.

The questions are those of Datasheets for Datasets (Gebru et al. 2021, CACM 64:12) that curation acts on or prints.
"""

import codecs
import re
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from commonhold.errors import MissingInputError
from commonhold.forms import Form, Lines, read_yaml, validate

FILE_NAME = "datasheet.yaml"
TABLES = (".csv", ".tsv")
OBJECTS = (".jsonl",)
WORKBOOKS = (".xlsx",)
NOT_FOR_FILES = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Column = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


def _day(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    raise ValueError("a date is written YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_day)]


class Collected(Form):
    """When and how the records came together."""

    start: Day = Field(alias="from")
    """First day, YYYY-MM-DD."""
    end: Day = Field(alias="to")
    """Last day, YYYY-MM-DD."""
    method: Text
    """How: a form, a meeting, a call log."""

    @model_validator(mode="after")
    def _in_order(self) -> "Collected":
        if self.end < self.start:
            raise ValueError(f"'to' ({self.end}) is before 'from' ({self.start})")
        return self


class DataFile(Form):
    """One file of records."""

    path: Text
    """Relative to the datasheet, with forward slashes."""
    encoding: str | None = None
    """Of a CSV or JSONL file; UTF-8 when left out."""
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    """Between the cells of a CSV file; a comma when left out, a tab in .tsv files."""
    sheet: str | None = None
    """Of an XLSX file; the first one when left out."""

    @property
    def suffix(self) -> str:
        """The file name's ending, in small letters."""
        return PurePosixPath(self.path).suffix.lower()

    @property
    def name(self) -> str:
        """What decisions call the file."""
        return f"{self.path}#{self.sheet}" if self.sheet else self.path

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts or "\\" in path or "\0" in path:
            raise ValueError("a data file lies in the datasheet's folder: no leading '/', no '..', no '\\'")
        return path

    @field_validator("encoding")
    @classmethod
    def _readable(cls, encoding: str | None) -> str | None:
        if encoding is None:
            return None
        try:
            name = codecs.lookup(encoding).name
            bytes(4).decode(encoding)
        except (LookupError, ValueError) as error:
            raise ValueError("not an encoding of text files; try utf-8, windows-1252 or utf-16") from error
        if name in NOT_FOR_FILES:
            raise ValueError("not an encoding of text files; try utf-8, windows-1252 or utf-16")
        return encoding

    @model_validator(mode="after")
    def _fitting(self) -> "DataFile":
        known = (*TABLES, *OBJECTS, *WORKBOOKS)
        if self.suffix not in known:
            raise ValueError(f"a data file ends in {', '.join(known)}; save {self.path} as one of them")
        if self.sheet is not None and self.suffix not in WORKBOOKS:
            raise ValueError("only an .xlsx file has a sheet; remove 'sheet'")
        if self.delimiter is not None and self.suffix not in TABLES:
            raise ValueError("only a .csv or .tsv file has a delimiter; remove 'delimiter'")
        if self.encoding is not None and self.suffix in WORKBOOKS:
            raise ValueError("an .xlsx file has no encoding; remove 'encoding'")
        return self


class Columns(Form):
    """Which column of the files holds what; the same in every file."""

    prompt: Column
    """The message."""
    completion: Column
    """The reply to learn."""
    id: Column | None = None
    """The community's own number for a row."""
    contributor: Column | None = None
    """Who gave the row; kept only as a keyed id."""
    date: Column | None = None
    """When the row was right: YYYY-MM-DD or month/day/year."""
    language: Column | None = None
    """One of the datasheet's languages."""
    source: Column | None = None
    """Where the row comes from; counted in the report."""


class Consent(Form):
    """Why the records may be learnt from."""

    basis: Text
    """What people agreed to, in a sentence, or the licence under which the records were published."""
    column: Column | None = None
    """The column with each person's answer."""
    accepted: tuple[Text, ...] = ()
    """Answers that mean yes; capitals do not matter. Everything else means no, a blank cell too."""
    all_rows: Literal[True] | None = None
    """The basis covers every row; instead of a column."""

    @model_validator(mode="after")
    def _one_way(self) -> "Consent":
        if (self.column is None) == (self.all_rows is None):
            raise ValueError("give exactly one of 'column' (with 'accepted') and 'all_rows: true'")
        if (self.column is None) != (not self.accepted):
            raise ValueError("'accepted' lists the answers in 'column' that mean yes; give both or neither")
        return self


class Datasheet(Form):
    """All that a community declares about one folder of records."""

    datasheet: Literal[1]
    """Version of this form."""
    title: Text
    description: Text
    """What the records are, for a stranger."""
    licence: Text
    """SPDX identifier of the records' licence, or its name."""
    contact: Text
    """Where a contributor asks, corrects or objects."""
    withdrawal: Text
    """How a contributor takes a row back."""
    collected: Collected
    languages: tuple[LanguageTag, ...]
    """BCP 47 tags, such as en or es-MX."""
    region: str
    """ISO 3166 code of the country whose phone numbers people write without a country code."""
    files: tuple[DataFile, ...]
    columns: Columns
    consent: Consent
    outdated_before: Day | None = None
    """Rows with an earlier date are left out."""
    notes: Text | None = None
    """What else a reader of the report should know."""

    @field_validator("languages", "files")
    @classmethod
    def _some(cls, listed: tuple[object, ...]) -> tuple[object, ...]:
        if not listed:  # as a min_length, it would be told again for every list with a wrong item
            raise ValueError("list at least one")
        return listed

    @field_validator("region")
    @classmethod
    def _known_region(cls, region: str) -> str:
        import phonenumbers

        if region not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError("a region is a two-letter country code in capitals, such as US or MX")
        return region

    @model_validator(mode="after")
    def _whole(self) -> "Datasheet":
        names = [file.name for file in self.files]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"listed twice under files: {', '.join(twice)}")
        if self.outdated_before is not None and self.columns.date is None:
            raise ValueError("'outdated_before' needs columns.date")
        return self


class DatasheetFile(NamedTuple):
    """A datasheet, and where it and each of its keys stand."""

    form: Datasheet
    path: Path
    lines: Lines


def read_datasheet(folder: Path) -> DatasheetFile:
    """The datasheet of a folder of records.

    Raises:
        MissingInputError: the folder or its datasheet is not there.
        FormError: the datasheet has problems.
    """
    path = folder / FILE_NAME
    if not folder.is_dir():
        raise MissingInputError(f"{folder}: there is no such folder. Check data.folder in the recipe")
    if not path.is_file():
        raise MissingInputError(
            f"{path}: a folder of records needs a datasheet. Copy one from another folder and edit it"
        )
    document = read_yaml(path)
    return DatasheetFile(validate(Datasheet, document, str(path)), path, document.lines)
