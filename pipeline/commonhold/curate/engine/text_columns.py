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
    places: Sequence[int]
    """Of the record that each text belongs to, rising."""
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
        places = [place for place in range(len(records)) for _ in filled]
        names = filled * len(records)
        if all(texts):
            return cls(texts, places, names)
        return cls(*([*compress(column, texts)] for column in (texts, places, names)))

    def by_record(self, found: Mapping[int, T]) -> Iterator[tuple[int, dict[str, T]]]:
        """What was found about texts, by their places in the column, as the place of a record and by its fields."""
        last, told = -1, dict[str, T]()
        for which in sorted(found):
            place = self.places[which]
            if place != last and told:
                yield last, told
                told = {}
            last = place
            told[self.fields[which]] = found[which]
        if told:
            yield last, told
