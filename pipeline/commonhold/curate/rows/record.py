"""A row on its way through curation."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from itertools import repeat
from typing import Any, NamedTuple

SIDES = {"prompt": "message", "completion": "reply", "rejected": "other reply"}
"""What the texts of a record are called in front of people."""
PLAIN_TEXT = "text"
THUMBS = {"": None, "up": True, "down": False}


class Record(NamedTuple):
    """One row of a community's files: what it says, who gave it and where it is.

    A tuple and no dataclass: columns become records and records columns without a line of Python for each.
    """

    record_id: str
    """Keyed id of the entry, or of who gave it and what it says; never of its place (`rows.record_names`)."""
    prompt: str
    """The message; empty for a text to read."""
    completion: str
    """The reply, or the text to read."""
    file: str
    """As the datasheet names it; `book.xlsx#Sheet2` when it names a sheet."""
    row: int
    """Line of `file` on which the row starts, 1-based."""
    contributor: str = ""
    """Keyed id; empty when the row names nobody."""
    language: str = ""
    """One of the datasheet's languages; empty when the row declares none of them."""
    source: str = ""
    document: str = ""
    """The document that the row is a part of; empty for rows of a table."""
    date: str = ""
    """The day as YYYY-MM-DD where rows are left out by their date and it can be read; else the cell as written."""
    licence: str = ""
    """The licence cell as written; empty for the file's licence."""
    refusal: str = ""
    """Why the row may not be learnt from, a reason of `rights.consent`; empty when it may."""
    refusal_detail: str = ""
    purposes: str = ""
    """What the row may be used for, as `rights.purposes` names it, with commas between."""
    own: str = ""
    """JSON list of kind and value: what the row's columns say about its contributor, to be masked in the texts."""
    rejected: str = ""
    """The reply that people liked less; empty when nobody compared two."""
    rating: str = ""
    """`up` or `down`; empty when nobody rated the reply."""
    entry: str = ""
    """The community's own number for the row; empty when it has none, or when the number stands for a person."""

    @property
    def texts(self) -> dict[str, str]:
        """What it says, by field, without the fields that are empty."""
        named = (("prompt", self.prompt), ("completion", self.completion), ("rejected", self.rejected))
        return {name: text for name, text in named if text}

    def with_texts(self, texts: Mapping[str, str]) -> "Record":
        """The record with some of its texts, by field, put in place of what it said."""
        fields: dict[str, Any] = dict(texts)
        return self._replace(**fields)

    def side(self, name: str) -> str:
        """What one of its texts is called in front of people."""
        return SIDES[name] if self.prompt else PLAIN_TEXT

    @property
    def content_parts(self) -> tuple[str, ...]:
        """All that people said in it: message and reply, and the other reply and the rating where there is one."""
        return _content_parts(self.prompt, self.completion, self.rejected, self.rating)

    @property
    def content(self) -> str:
        """What it says, to draw by: the same in every workspace, unlike the record's id."""
        return "\0".join(self.content_parts)

    @property
    def desirable(self) -> bool | None:
        """The thumb as examples have it."""
        return THUMBS[self.rating]

    @property
    def allowed(self) -> tuple[str, ...]:
        """What the row may be used for, one by one."""
        return _one_by_one(self.purposes)

    def licence_among(self, licences: Mapping[str, str]) -> str:
        """The licence that holds for the row: its own, its file's, or else the datasheet's, which has no file."""
        return self.licence or licences.get(self.file) or licences[""]

    @property
    def place(self) -> str:
        """Where a person finds the row."""
        return f"{self.file}:{self.row}"


record_of = partial(tuple.__new__, Record)
"""The record with these values, in the order of the fields: a third of the time of `Record._make`."""


def columns_of(records: Sequence[Record]) -> Mapping[str, Sequence[Any]]:
    """Every field's values in the order of the records."""
    columns = zip(*records, strict=True) if records else repeat(())
    return dict(zip(Record._fields, columns, strict=bool(records)))


def content_of(example: Mapping[str, Any]) -> str:
    """The `content` of the record that an example, read from its file, was made of."""
    thumb = example.get("desirable")
    rating = next(name for name, value in THUMBS.items() if value is thumb)
    return "\0".join(_content_parts(example["prompt"], example["completion"], example.get("rejected", ""), rating))


@lru_cache(maxsize=64)
def _one_by_one(purposes: str) -> tuple[str, ...]:
    return tuple(purposes.split(",")) if purposes else ()


def _content_parts(prompt: str, completion: str, rejected: str, rating: str) -> tuple[str, ...]:
    return (prompt, completion, rejected, rating) if rejected or rating else (prompt, completion)
