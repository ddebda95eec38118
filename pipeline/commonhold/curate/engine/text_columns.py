"""The texts of many records in one list, so that a step looks at all of them at once and then at few records."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, compress
from operator import itemgetter
from typing import NamedTuple, Self, TypeVar

from commonhold.curate.rows.record import Record

FIELDS = ("prompt", "completion", "rejected")
T = TypeVar("T")


class TextColumn(NamedTuple):
    """All texts of some records that are not empty, record by record."""

    texts: Sequence[str]
    items: Sequence[int]
    """Number of the record that each text belongs to, rising."""
    fields: Sequence[str]
    """What each text is in its record."""

    @classmethod
    def of(cls, records: Sequence[Record]) -> Self:
        """The messages, replies and other replies."""
        if not records:
            return cls((), (), ())
        columns = [[*map(itemgetter(Record._fields.index(name)), records)] for name in FIELDS]
        filled = [name for name, column in zip(FIELDS, columns, strict=True) if any(column)]
        texts = [*chain.from_iterable(zip(*(columns[FIELDS.index(name)] for name in filled), strict=True))]
        items = [item for item in range(len(records)) for _ in filled]
        names = filled * len(records)
        if all(texts):
            return cls(texts, items, names)
        return cls(*([*compress(column, texts)] for column in (texts, items, names)))

    def by_record(self, results: Mapping[int, T]) -> Iterator[tuple[int, dict[str, T]]]:
        """Results about texts, by their index in the column, as the record's number and its results by field."""
        last, fields_of_record = -1, dict[str, T]()
        for index in sorted(results):
            item = self.items[index]
            if item != last and fields_of_record:
                yield last, fields_of_record
                fields_of_record = {}
            last = item
            fields_of_record[self.fields[index]] = results[index]
        if fields_of_record:
            yield last, fields_of_record
