"""`datasheet.yaml`: what a community declares about its records before a machine learns from them.

The questions are those of Datasheets for Datasets (Gebru et al. 2021, CACM 64:12) that curation acts on or prints.
"""

import codecs
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from commonhold.curate.rights.consent_form import Consent
from commonhold.curate.rows.form_fields import (
    Column,
    Day,
    LanguageTag,
    OwnKind,
    PublicValue,
    Text,
    WrittenOrder,
    several,
)
from commonhold.curate.rows.rating import RatingWords
from commonhold.errors import MissingInputError
from commonhold.forms import Form, Lines, read_yaml, validate
from commonhold.sheets.file_kinds import DOCUMENTS, OBJECTS, PARQUET, PLAIN, TABLES, WORKBOOKS
from commonhold.sheets.source import SourceFolder

FILE_NAME = "datasheet.yaml"
MOST_PUBLIC = 200
NOT_FOR_FILES = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})

Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
"""A column's name; forms export the whole question as one."""
Named = Question | Annotated[tuple[Question, ...], Field(min_length=1, max_length=20)]
"""A column, or the names it goes by in several versions of a form: the first one with text in a row counts."""


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
    """One file of records, or several of one kind.

    Tables, spreadsheets and JSON lines have a column for each of `columns`. Documents (Word, web pages, PDF, text
    files) have the columns `document`, `heading`, `text`, `page` and `number`: one row for each heading and the text
    below it.
    """

    path: Text
    """Relative to the datasheet, with forward slashes. `forms/*.csv` names several files, `documents/` every document
    in a folder and below it."""
    encoding: str | None = None
    """Of a CSV, JSONL or text file; found out when left out, and said when it is not UTF-8."""
    delimiter: str | None = None
    """Between the cells of a CSV file; found out when left out, and said when it is not what the ending promises."""
    sheet: str | None = None
    """Of a spreadsheet; the first that is not hidden when left out. A repeat group of a form is a sheet of its own."""
    parent: Text | None = None
    """The sheet, or the CSV file, to whose rows these rows belong (repeat groups of KoboToolbox and ODK); its columns
    can be named in `columns` too. Found out for KoboToolbox's spreadsheets."""
    licence: Text | None = None
    """SPDX identifier, where it differs from the datasheet's."""

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
        if "**" in path:
            raise ValueError(
                "'*' stands for any letters of a name; name the folder, with '/' at its end, for all in it"
            )
        return path

    @field_validator("parent")
    @classmethod
    def _parent_inside(cls, parent: str | None) -> str | None:
        return None if parent is None else cls._inside(parent)

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, delimiter: str | None) -> str | None:
        if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
            raise ValueError(
                'a delimiter is one character, such as ";"; a tab is written "\\t", in double quotation marks'
            )
        return delimiter

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
        endings = (*TABLES, *OBJECTS, *PARQUET, *WORKBOOKS, *DOCUMENTS)
        if self.suffix not in endings and not self.path.endswith("/"):
            raise ValueError(f"a data file ends in {', '.join(endings)}; save {self.path} as one of them")
        if self.sheet is not None and self.suffix not in WORKBOOKS:
            raise ValueError("only a spreadsheet has sheets; remove 'sheet'")
        if self.delimiter is not None and self.suffix not in TABLES:
            raise ValueError(f"only a {', '.join(TABLES)} file has a delimiter; remove 'delimiter'")
        if self.encoding is not None and self.suffix not in (*TABLES, *OBJECTS, *PLAIN):
            raise ValueError("only CSV, JSON lines and text files have an encoding; remove 'encoding'")
        if self.parent is not None and self.suffix not in (*TABLES, *WORKBOOKS):
            raise ValueError("only rows of a spreadsheet or a CSV file have a parent; remove 'parent'")
        return self


class Columns(Form):
    """Which column of the files holds what; the same in every file. Either a message and a reply, or a text."""

    prompt: Named | None = None
    """The message."""
    completion: Named | None = None
    """The reply to learn; of two, the one that people liked better."""
    rejected: Named | None = None
    """The reply that people liked less, to the same message; empty where nobody compared two."""
    rating: Named | None = None
    """Thumb up or down for the reply; empty where nobody rated it."""
    text: Named | None = None
    """A text to read, without message and reply; of documents it is `text`, and their headings stand above it."""
    id: Named | None = None
    """The community's own number for a row."""
    contributor: Named | None = None
    """Who gave the row; kept only as a keyed id."""
    date: Named | None = None
    """When the row was right; see `date_order`."""
    date_order: WrittenOrder | None = None
    """How dates in figures are written: ymd (2026-03-14), mdy (3/14/2026) or dmy (14/3/2026). Found out from the whole
    column when left out, and asked for where it cannot be known."""
    language: Named | None = None
    """One of the datasheet's languages."""
    source: Named | None = None
    """Where the row comes from; counted in the report."""
    licence: Column | None = None
    """SPDX identifier of the row's licence, where it differs from its file's."""

    @model_validator(mode="after")
    def _message_or_text(self) -> "Columns":
        named = [name for name in ("prompt", "completion", "rejected", "rating") if getattr(self, name) is not None]
        if self.text is not None and named:
            raise ValueError(f"a text stands alone: remove {', '.join(named)}, or remove text")
        missing = [name for name in ("prompt", "completion") if self.text is None and name not in named]
        if missing:
            raise ValueError(f"{' and '.join(missing)} missing: name the message and the reply, or name text")
        return self

    def named(self) -> dict[str, tuple[str, ...]]:
        """The names of every column that is mapped, by what it holds; cells are found under the first."""
        given = ((field, names) for field, names in self if names is not None and field != "date_order")
        return {field: (names,) if isinstance(names, str) else names for field, names in given}


OwnColumns = Annotated[tuple[Question, ...], Field(max_length=20), BeforeValidator(several)]


class Personal(Form):
    """Columns in which people say who they are. What stands there is masked wherever the same person writes it.

    Several columns of one kind, such as first name and surname, are a list.
    """

    name: OwnColumns = ()
    phone: OwnColumns = ()
    email: OwnColumns = ()
    place: OwnColumns = ()
    """Village, street, parish: where a person can be found."""
    id: OwnColumns = ()
    """Membership and other numbers that stand for a person."""

    def columns(self) -> tuple[tuple[OwnKind, str], ...]:
        """Every column with its kind."""
        kinds: tuple[OwnKind, ...] = get_args(OwnKind)
        return tuple((kind, column) for kind in kinds for column in getattr(self, kind))


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
    region: Annotated[tuple[str, ...], BeforeValidator(several)]
    """ISO 3166 code of the country, or a list of them, whose identity numbers people write, and whose phone numbers
    without a country code.
    """
    files: tuple[DataFile, ...]
    columns: Columns
    consent: Consent
    rating_words: RatingWords = RatingWords()
    """This community's own words for a thumb up and down, where the usual ones are not enough."""
    personal: Personal = Personal()
    """Columns that say who gave a row; masked in the texts, kept nowhere."""
    public: Annotated[tuple[PublicValue, ...], Field(max_length=MOST_PUBLIC), BeforeValidator(several)] = ()
    """Numbers, addresses, pages and names that stay in the texts, such as those of the group's own desk, as people
    write them; `commonhold check` proposes some. Only what everybody may know: they are not masked for anybody."""
    patterns: Text | None = None
    """File with this community's own kinds of personal data, beside the datasheet; see docs/your-own-data.md."""
    flagged_words: tuple[Text, ...] = ()
    """Files with words that this community wants to be told about, or does not want to train on."""
    language_identifier: Text | None = None
    """File of an identifier for languages that no package knows, made by `commonhold curate identifier`."""
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
    def _known_region(cls, region: tuple[str, ...]) -> tuple[str, ...]:
        import phonenumbers

        if not region:
            raise ValueError("name at least one country, such as US or [US, MX]")
        if unknown := [each for each in region if each not in phonenumbers.SUPPORTED_REGIONS]:
            raise ValueError(
                f"{unknown[0]!r} is no region; use two-letter country codes in capitals, such as US or [US, MX]"
            )
        return tuple(dict.fromkeys(region))

    @model_validator(mode="after")
    def _whole(self) -> "Datasheet":
        names = [file.name for file in self.files]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"listed twice under files: {', '.join(twice)}")
        if self.outdated_before is not None and self.columns.date is None:
            raise ValueError("'outdated_before' needs columns.date")
        if self.columns.date_order is not None and self.columns.date is None:
            raise ValueError("'date_order' says how columns.date is written; name that column, or remove it")
        return self


class DatasheetFile(NamedTuple):
    """A datasheet, and where it and each of its keys stand."""

    form: Datasheet
    path: Path
    """As messages call it."""
    lines: Lines


def read_datasheet(folder: Path | SourceFolder) -> DatasheetFile:
    """The datasheet of a folder of records.

    Raises:
        MissingInputError: the folder or its datasheet is not there.
        FormError: the datasheet has problems.
    """
    source = SourceFolder.at(folder)
    shown = source.shown / FILE_NAME
    if not source.path.is_dir():
        raise MissingInputError(f"{source.shown}: there is no such folder. Check data.folder in the recipe")
    if not (source.path / FILE_NAME).is_file():
        raise MissingInputError(
            f"{shown}: a folder of records needs a datasheet. Copy one from another folder and edit it"
        )
    document = read_yaml(source.path / FILE_NAME, str(shown))
    return DatasheetFile(validate(Datasheet, document, str(shown)), shown, document.lines)
