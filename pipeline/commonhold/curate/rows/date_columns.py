"""In which order the dates of every file are written: as the datasheet says, or as the whole column shows.

Read before the rows are, since one `13/04/2026` tells how the `02/04/2026` above it was meant.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from commonhold.curate.engine.executor import Executor
from commonhold.curate.rights.date_habits import DateOrder, usual_order
from commonhold.curate.rights.written_dates import ORDERS, SPOKEN, DateReader
from commonhold.curate.rows.column_mapping import asked_columns
from commonhold.curate.rows.community_data import CommunityData
from commonhold.curate.rows.datasheet import DataFile, Datasheet
from commonhold.curate.rows.date_evidence import BLANK, SERIAL, DateColumns, DateScan, DatesSeen, look_at_dates
from commonhold.curate.rows.record_maker import DateReaders
from commonhold.errors import FormError, Problem
from commonhold.number_format import count, listed


class FoundDates(NamedTuple):
    """How the dates of one file are read, and what a person should know of it."""

    readers: DateReaders = DateReaders()
    notes: tuple[str, ...] = ()


class _Decided(NamedTuple):
    order: DateOrder | None = None
    how: str = ""
    is_shown: bool = False
    """Whether the column itself shows it."""


def find_dates(data: CommunityData, executor: Executor) -> Mapping[str, FoundDates]:
    """By the name of a file: how its dates are read. Files are looked through only where rows depend on dates.

    A file that cannot be read is left for its reader.

    Raises:
        FormError: a column has dates in two orders, or rows depend on dates whose order cannot be known.
    """
    form = data.form
    groups = tuple(_groups(form))
    requested = tuple(asked_columns(form).values())
    files = [file for _, file in data.files]
    scans = [DateScan(data.folder, file, requested, groups, form.languages) for file in files]
    seen = list(executor.map(look_at_dates, scans)) if groups else [() for _ in files]
    decided: dict[str, list[_Decided]] = {}
    problems: list[Problem] = []
    for index, group in enumerate(groups):
        before = [decided[groups[index - 1].key][number].order for number in range(len(files))] if index else []
        columns = [each[index] for each in seen]
        decided[group.key], wrong = _decide(data, group, files, columns, before)
        problems += wrong
    if problems:
        raise FormError(problems)
    return {
        file.name: FoundDates(
            _readers(form, {key: orders[number].order for key, orders in decided.items()}),
            tuple(
                note
                for index, group in enumerate(groups)
                for note in _notes(group, decided[group.key][number], seen[number][index])
            ),
        )
        for number, file in enumerate(files)
    }


RECORD, CONSENT = "columns.date_order", "consent.columns.date_order"


def _groups(form: Datasheet) -> Iterator[DateColumns]:
    """The columns with dates on which rows depend."""
    date, consent = form.columns.named().get("date"), form.consent.columns
    if form.outdated_before is not None and date is not None:
        outcome = "such rows are kept, and listed for review"
        yield DateColumns(RECORD, (date[0],), form.columns.date_order, must_be_known=True, outcome=outcome)
    columns = tuple(dict.fromkeys(each for each in (consent.event_time, consent.expiry) if each is not None))
    if columns:
        ends = consent.expiry is not None or form.consent.every_row.validity_days is not None
        outcome = "consent that ends by one counts as over" if ends else "such consent counts as undated"
        yield DateColumns(CONSENT, columns, consent.date_order, must_be_known=ends, outcome=outcome)


def _readers(form: Datasheet, orders: Mapping[str, DateOrder | None]) -> DateReaders:
    record = DateReader(orders[RECORD], form.languages) if RECORD in orders else None
    return DateReaders(record, DateReader(orders.get(CONSENT, form.consent.columns.date_order), form.languages))


def _decide(
    data: CommunityData,
    group: DateColumns,
    files: Sequence[DataFile],
    seen: Sequence[DatesSeen],
    before: Sequence[DateOrder | None],
) -> tuple[list[_Decided], list[Problem]]:
    """The order of every file; `before` are those of other columns of the same files."""
    if group.declared is not None:
        return [_Decided(group.declared) for _ in files], []
    shown = [_shown(each) for each in seen]
    known: dict[DateOrder, str] = {}
    for each, file in zip(shown, files, strict=True):
        if each.order is not None:
            known.setdefault(each.order, file.name)
    decided: list[_Decided] = []
    unknown: list[tuple[DataFile, DatesSeen]] = []
    problems: list[Problem] = []
    for number, (file, dates) in enumerate(zip(files, seen, strict=True)):
        one = shown[number]
        if dates.rows and not dates.common:
            problems.append(_two_orders(data, group, file, dates))
        elif dates.rows and one.order is None:
            one = _by_others(dates, known, before[number] if before else None, data.form.region)
            if one.order is None:
                unknown.append((file, dates))
        decided.append(one)
    if unknown and group.must_be_known:
        problems.append(_unknown(data, group, unknown))
    return decided, problems


def _shown(seen: DatesSeen) -> _Decided:
    if len(seen.common) != 1:
        return _Decided()
    (order,) = seen.common
    alone = next((orders for orders in seen.rows if len(orders) == 1), next(iter(seen.rows)))
    text, row = seen.examples[alone]
    return _Decided(order, f"as {text!r} in row {row} shows", is_shown=True)


def _by_others(
    seen: DatesSeen, known: Mapping[DateOrder, str], before: DateOrder | None, regions: Sequence[str]
) -> _Decided:
    """The order that is known from elsewhere."""
    if before is not None and before in seen.common:
        return _Decided(before, "like the other dates of the file")
    likely = [order for order in known if order in seen.common]
    if len(known) == 1 and likely:
        return _Decided(likely[0], f"as in {known[likely[0]]}")
    if seen.all_with_points and "dmy" in seen.common:
        return _Decided("dmy", "as is usual with points between them, though nothing in the column shows it")
    usual = usual_order(regions)
    if usual is not None and usual in seen.common:
        return _Decided(usual, f"as is usual in {listed(regions)}, though nothing in the column shows it")
    return _Decided()


def _two_orders(data: CommunityData, group: DateColumns, file: DataFile, seen: DatesSeen) -> Problem:
    first, *others = sorted(seen.rows, key=lambda orders: (len(orders), -seen.rows[orders]))
    second = next((each for each in others if not each & first), others[0])
    named = " and ".join(f"{seen.examples[each][0]!r} (row {seen.examples[each][1]})" for each in (first, second))
    message = f"{group} of {file.name} has dates in two orders: {named}"
    usual = usual_order(data.form.region)
    fitting = {order: sum(number for orders, number in seen.rows.items() if order in orders) for order in ORDERS}
    likely = max(ORDERS, key=lambda order: (fitting[order], order == usual))
    remedy = f"Correct the dates, or write {_line_for(group, likely)}; then those that do not fit are not read"
    return Problem(str(data.datasheet.path), _place(data, group), group.key, message, remedy)


def _unknown(data: CommunityData, group: DateColumns, unknown: Sequence[tuple[DataFile, DatesSeen]]) -> Problem:
    file, seen = unknown[0]
    orders = [order for order in ("dmy", "mdy", "ymd") if order in seen.common]
    text, row = next(iter(seen.examples.values()))
    also = f" (and {count(len(unknown) - 1, 'other file')})" if len(unknown) > 1 else ""
    either = " or ".join(SPOKEN[order] for order in orders)
    cell = f"{text!r} in row {row} of {file.name}{also}"
    message = f"whether {cell} is {either} cannot be known: no date in {group} shows it"
    remedy = f"Write {_line_for(group, orders[0])} (or {' or '.join(orders[1:])})"
    return Problem(str(data.datasheet.path), _place(data, group), group.key, message, remedy)


def _line_for(group: DateColumns, order: DateOrder) -> str:
    return f"under {group.key.removesuffix('.date_order')}: date_order: {order}"


def _place(data: CommunityData, group: DateColumns) -> int:
    """The line of the section in which the order is said."""
    section = tuple(group.key.split(".")[:-1])
    return next((data.datasheet.lines[key] for key in (section, section[:1]) if key in data.datasheet.lines), 0)


def _notes(group: DateColumns, decided: _Decided, seen: DatesSeen) -> Iterator[str]:
    """How the dates of a file were read, and which were not."""
    if seen.rows and decided.order is not None and group.declared is None:  # who declares it knows
        settle = "" if decided.is_shown else f". To settle it, write {_line_for(group, decided.order)}"
        yield f"the dates in {group} were read as {SPOKEN[decided.order]}, {decided.how}{settle}"
    if seen.may_be_swapped:
        yield (
            f"all {count(seen.stored, 'date')} in {group} that the program stored as a date "
            f"{'has' if seen.stored == 1 else 'have'} a day up to the 12th, and those after the 12th are texts: it may "
            "have taken days for months. Compare some with their source"
        )
    if serials := seen.kinds[SERIAL]:
        yield f"{count(serials, 'date')} in {group} {_are(serials)} written as a spreadsheet program's number of a day"
    number, rows = seen.unreadable(decided.order)
    if number:
        more = f" and {number - len(rows)} more" if number > len(rows) else ""
        places = f"{'row' if number == 1 else 'rows'} {', '.join(map(str, rows))}{more}"
        yield f"{count(number, 'date')} in {group} cannot be read ({places}); {group.outcome}"
    if (blank := seen.kinds[BLANK]) and group.key == RECORD:  # an empty last day of consent means that it has none
        yield f"{count(blank, 'cell')} in {group} {_are(blank)} empty; {group.outcome}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
