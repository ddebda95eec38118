"""From a row of a file to a record: who gave it, what may be done with it, what it says."""

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.rights.consent import ConsentPolicy, ConsentRefusal
from commonhold.curate.rights.purposes import PURPOSES, Purpose
from commonhold.curate.rights.written_dates import DateReader
from commonhold.curate.rows.chunks import pieces
from commonhold.curate.rows.datasheet import DataFile, Datasheet
from commonhold.curate.rows.joined_columns import joined, joined_names, parts_of
from commonhold.curate.rows.rating import Ratings
from commonhold.curate.rows.record import Record
from commonhold.curate.rows.record_names import can_be_shown, entry_name, names_a_row, text_name
from commonhold.curate.text.tidy import tidy
from commonhold.keyed_ids import keyed_id
from commonhold.sheets.file_kinds import DOCUMENTS
from commonhold.sheets.row import Check, Row

Permission = tuple[ConsentRefusal | None, str]
"""Why a row may not be learnt from, and all that it may be used for."""


class DateReaders(NamedTuple):
    """How the dates of one file are read."""

    record: DateReader | None = None
    """That of the row; it stays as it is written when absent."""
    consent: DateReader | None = None


AS_WRITTEN = DateReaders()


class RecordMaker:
    """Makes records of rows; holds what is the same for all rows of a folder."""

    def __init__(
        self,
        form: Datasheet,
        key: bytes,
        as_of: date,
        purpose: Purpose = "train",
        piece_words: int = sys.maxsize,
        dates: DateReaders = AS_WRITTEN,
    ) -> None:
        """Consent is judged for the day `as_of`; `key` hides texts and contributors behind their ids.

        A plain text of more than `piece_words` words becomes several records.
        """
        self.form = form
        self.as_of = as_of
        self.purpose = purpose
        self.piece_words = piece_words
        self.key = key
        # Worked out once: a form has few answers and a file has many rows.
        self._dates = dates
        self.policy = ConsentPolicy(form.consent, dates.consent)
        self._consent_columns = self.policy.columns
        named = form.columns.named()
        self._columns = {name: names[0] for name, names in named.items()}
        self.joins = {name: parts for name in ("prompt", "text") if (parts := joined_names(named.get(name, ())))}
        """By what it is: the columns whose texts are parts of it."""
        self._asked = tuple(self._columns.get(name) for name in ASKED)
        """The column of each of `ASKED`; absent for none."""
        self._personal = form.personal.columns()
        self._hides_entries = self._columns.get("id") in self._told_otherwise()
        self._ratings = Ratings(form.rating_words)
        self._tags = {tag.casefold(): tag for tag in form.languages}
        self._permissions: dict[tuple[str, ...], Permission] = {}
        self._contributors: dict[str, str] = {}

    def __reduce__(self) -> tuple[object, ...]:
        """As it was made, without what it remembers: other processes get it."""
        return RecordMaker, (self.form, self.key, self.as_of, self.purpose, self.piece_words, self._dates)

    def reading(self, dates: DateReaders) -> "RecordMaker":
        """The same for a file whose dates are read so."""
        return RecordMaker(self.form, self.key, self.as_of, self.purpose, self.piece_words, dates)

    def _contributor_id(self, name: str) -> str:
        if name not in self._contributors:
            if len(self._contributors) > MOST_REMEMBERED:
                self._contributors.clear()
            self._contributors[name] = contributor_id(self.key, name)
        return self._contributors[name]

    @property
    def check(self) -> Check | None:
        """Finds rows whose cells cannot be read as what they should hold; absent where any cell can be."""
        rating = self._columns.get("rating")
        return self._ratings.check(rating) if rating else None

    def records(self, row: Row, file: DataFile) -> Sequence[Record]:
        """The row as a record; a long plain text as one for each of its pieces."""
        if "text" not in self._columns:
            return (self.record(row, file),)
        first, *others = pieces(self._plain_text(row, file), self.piece_words)
        whole = self.record(row, file, first)
        entry = self._entry(self._text(row, "id")) if others else ""
        return (whole, *(self._piece(whole, entry, part, number) for number, part in enumerate(others, start=1)))

    def _piece(self, whole: Record, entry: str, part: str, number: int) -> Record:
        """A later piece, numbered from 1."""
        return whole._replace(record_id=self._name(entry, whole.contributor, ("", part), number), completion=part)

    def record(self, row: Row, file: DataFile, text: str | None = None) -> Record:
        """The row as one record; of a plain text it says `text`."""
        cell = row.cells.get
        prompt, completion, rejected, rated, contributor, language, source, day, licence, entry = [
            "" if column is None else cell(column, "") for column in self._asked
        ]
        if "prompt" in self.joins:
            prompt = joined(row.cells, self.joins["prompt"])
        completion = completion if text is None else text
        rating = (self._ratings.read(rated) or "") if "rating" in self._columns else ""
        judged = (rejected, rating) if rejected or rating else ()
        refusal, purposes = self._consent(row.cells)
        name, number = row.origin
        giver, entry = self._contributor_id(_tidied(contributor).casefold()), self._entry(entry)
        # By position, in the order of the fields: with seventeen names it takes four times as long.
        return Record(
            self._name(entry, giver, (prompt, completion, *judged)),
            prompt,
            completion,
            name,
            number,
            giver,
            self._language(language),
            _tidied(source),
            _document(file.path),
            self._day(day),
            _tidied(licence),
            refusal.reason if refusal else "",
            refusal.detail if refusal else "",
            purposes,
            self._own(row) if self._personal else "",
            rejected,
            rating,
            entry if can_be_shown(entry) else "",
        )

    def _day(self, written: str) -> str:
        day = self._dates.record.read(written) if self._dates.record else None
        return day.isoformat() if day else _tidied(written)

    def _entry(self, cell: str) -> str:
        return "" if self._hides_entries else tidy(cell)

    def _told_otherwise(self) -> set[str | None]:
        """Columns whose cells are masked or hidden wherever they appear: what people said, and who they are."""
        named = {column for name, column in self._columns.items() if name in HIDDEN}
        return {*named, *(column for _, column in self._personal)}

    def _name(self, entry: str, giver: str, texts: tuple[str, ...], piece: int = 0) -> str:
        """Its id, unless another record turns out to have it too."""
        return entry_name(self.key, entry, piece) if names_a_row(entry) else text_name(self.key, giver, texts)

    def has_unknown_language(self, row: Row) -> bool:
        """Whether the row declares a language that the datasheet does not list."""
        written = self._text(row, "language")
        return bool(_tidied(written)) and not self._language(written)

    def is_joined(self, row: Row) -> bool:
        """Whether the row's message, or its text, was joined from several columns."""
        return any(len(parts_of(row.cells, names)) > 1 for names in self.joins.values())

    def own_numbers(self, rows: Sequence[Row]) -> NDArray[np.uint64]:
        """A number for each of the community's own row numbers that are filled in, the same for equal ones."""
        cells = [_tidied(self._text(row, "id")) for row in rows] if "id" in self._columns else []
        digests = [hashlib.blake2b(cell.encode(), digest_size=8).digest() for cell in cells if cell]
        return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)

    def _text(self, row: Row, field_name: str) -> str:
        column = self._columns.get(field_name)
        return "" if column is None else row.cells.get(column, "")

    def _plain_text(self, row: Row, file: DataFile) -> str:
        """The text; of a section of a document with the heading that is above it, unless there is no text."""
        parts = self.joins.get("text")
        text = joined(row.cells, parts) if parts else self._text(row, "text")
        heading = row.cells.get("heading", "") if text.strip() and _document(file.path) else ""
        return f"{heading}\n\n{text}" if heading else text

    def _language(self, written: str) -> str:
        if "language" not in self._columns:
            return self.form.languages[0] if len(self.form.languages) == 1 else ""
        return self._tags.get(_tidied(written).casefold(), "")

    def _own(self, row: Row) -> str:
        cells = ((kind, tidy(row.cells.get(column, ""))) for kind, column in self._personal)
        values = [[kind, cell] for kind, cell in cells if cell]
        return json.dumps(values, ensure_ascii=False) if values else ""

    def _consent(self, row: Mapping[str, str]) -> Permission:
        # A key that a JSON object leaves out is a blank cell: no yes, and no word of a withdrawal.
        cells = tuple([row.get(column, "") for column in self._consent_columns])
        if (remembered := self._permissions.get(cells)) is not None:
            return remembered
        facts = self.policy.facts(dict(zip(self._consent_columns, cells, strict=True)))
        refusals = {purpose: self.policy.refusal(facts, purpose, self.as_of) for purpose in PURPOSES}
        allowed = ",".join(purpose for purpose, refusal in refusals.items() if refusal is None)
        if len(self._permissions) > MOST_REMEMBERED:
            self._permissions.clear()
        self._permissions[cells] = refusals[self.purpose], allowed
        return self._permissions[cells]


ASKED = ("prompt", "completion", "rejected", "rating", "contributor", "language", "source", "date", "licence", "id")
"""What is read from a row's cells, in this order."""
HIDDEN = frozenset({"prompt", "completion", "rejected", "text", "contributor"})
MOST_REMEMBERED = 10_000
"""Different answers, and contributors, that are remembered."""


_tidied = lru_cache(maxsize=MOST_REMEMBERED)(tidy)
"""Of cells with few different values: who, when, in which language."""


@lru_cache(maxsize=16)
def _document(path: str) -> str:
    return path if PurePosixPath(path).suffix.lower() in DOCUMENTS else ""


def contributor_id(key: bytes, name: str) -> str:
    """What stands for a contributor, by the cell that names them; capitals and spaces around it do not matter."""
    plain = tidy(name).casefold()
    return keyed_id(key, "contributor", plain) if plain else ""
