"""What is allowed in a task and still likely to mislead: too few items, copies, answers that give themselves away."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from commonhold.errors import Problem
from commonhold.evaluate.columns import COLUMNS
from commonhold.evaluate.item import Item, effective_items
from commonhold.evaluate.item_rows import ReadItems
from commonhold.evaluate.matching import contains, words
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.scorers.refusal import LANGUAGES
from commonhold.evaluate.task_starter import EXAMPLE
from commonhold.evaluate.tasks import Task
from commonhold.number_format import count
from commonhold.sheets.whole_table import TableRow

FEWEST = 20
"""Items of a task, language, region or group below which an interval says next to nothing."""
SAME_PLACE = 0.6
FEWEST_PLACES = 5
MOST_NAMED = 5
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MONTH = (
    "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|janv|févr|mars|avr|mai|juin|juil|août|sept|déc"
    "|mär|mrz|okt|dez|fev|set|out|gen|giu|lug|ott|maj|maart|mei)"
)
DATE = re.compile(rf"\d{{1,2}}(?:-|/|\. ){MONTH}\.?|{MONTH}\.?-\d{{2}}", re.IGNORECASE)
"""How spreadsheet programs show 3/4 or 3-4 once they have taken it for a day."""
Rows = Sequence[tuple[TableRow, Item]]


class _Advice:
    """Collects warnings with their places."""

    def __init__(self, file: str, line_of_header: int) -> None:
        self.file = file
        self.header = line_of_header

    def about(self, rows: Sequence[TableRow], column: str, message: str, remedy: str) -> Problem:
        named = ", ".join(str(row.number) for row in rows[:MOST_NAMED])
        more = f" and {len(rows) - MOST_NAMED} others" if len(rows) > MOST_NAMED else ""
        location = f"{'row' if len(rows) == 1 else 'rows'} {named}{more}, column {column}"
        return Problem(self.file, rows[0].line, location, message, remedy)

    def overall(self, location: str, message: str, remedy: str) -> Problem:
        return Problem(self.file, self.header, location, message, remedy)


def advice(task: Task, read: ReadItems) -> list[Problem]:
    """Everything that may mislead, the whole task first; what had to be guessed when reading comes before."""
    notes = _Advice(read.file, 1)
    rows = list(zip(read.rows, task.items, strict=True))
    looks: Sequence[Callable[[_Advice, Task, Rows], Iterator[Problem]]] = (
        _starter, _few, _dates, _clusters, _weights, _copies, _given_away, _letters, _refusals, _languages,
        _spellings, _long,
    )  # fmt: skip
    return [*read.notes, *read.left_out, *(problem for look in looks for problem in look(notes, task, rows))]


def _starter(notes: _Advice, task: Task, rows: Rows) -> Iterator[Problem]:
    if left := [row for row, item in rows if item.id.startswith(EXAMPLE)]:
        yield notes.about(left, "id", "the starter's own row is still there", "Replace it with an item of yours")
    if task.title == "Replace this title":
        yield Problem(str(task.folder / "task.yaml"), 0, "title", "still the starter's", "Say what the task is")


def _few(notes: _Advice, _: Task, rows: Rows) -> Iterator[Problem]:
    if len(rows) < FEWEST:
        message = (
            f"{count(len(rows), 'item')} cannot tell much about a model; below {FEWEST} nothing but a huge gain shows"
        )
        yield notes.overall("", message, "Write more; 50 are good, 100 better")
        return
    for column in ("language", "region", "group"):
        sizes = Counter(getattr(item, column) for _row, item in rows)
        small = [f"{value or 'none'} ({size})" for value, size in sorted(sizes.items()) if size < FEWEST]
        if small and len(sizes) > 1:
            shown = ", ".join(small[:MOST_NAMED]) + (", …" if len(small) > MOST_NAMED else "")
            message = f"fewer than {FEWEST} items: {shown}; they will be shown as too few to judge"
            yield notes.overall(f"column {column}", message, "Write more of these, or use fewer values")


def _dates(notes: _Advice, _: Task, rows: Rows) -> Iterator[Problem]:
    for column in COLUMNS:
        dates = [(row, cell) for row, _item in rows if DATE.fullmatch(cell := str(row.cells.get(column, "")))]
        if dates:
            message = f"{dates[0][1]!r} is how a spreadsheet program shows what it took for a date, such as 3/4"
            remedy = "If something else was typed, format the column as text and type it again"
            yield notes.about([row for row, _cell in dates], column, message, remedy)


def _clusters(notes: _Advice, _: Task, rows: Rows) -> Iterator[Problem]:
    named = {item.cluster for _row, item in rows if item.cluster}
    if len(named) == 1 and len(rows) > 1:
        message = (
            f"there is one cluster only, {named.pop()!r}; items of one writer say how the model does with that writer"
        )
        yield notes.overall("column cluster", message, "Have others write items too, and name each writer")


def _weights(notes: _Advice, _: Task, rows: Rows) -> Iterator[Problem]:
    weights = tuple(item.weight for _row, item in rows)
    effective = effective_items(weights)
    if effective < 0.5 * len(weights):
        message = f"the weights differ so much that {len(weights)} items count as {effective:.0f}"
        yield notes.overall("column weight", message, "Use smaller weights, or write more of the items that matter")


def _copies(notes: _Advice, _: Task, rows: Rows) -> Iterator[Problem]:
    alike: defaultdict[tuple[str, ...], list[TableRow]] = defaultdict(list)
    for row, item in rows:
        alike[(" ".join(words(item.prompt)) or item.prompt, *item.choices)].append(row)
    for twins in alike.values():
        if len(twins) > 1:
            message = "these prompts are the same, punctuation and capitals aside; they count twice"
            yield notes.about(twins, "prompt", message, "Change or delete all but one")


def _given_away(notes: _Advice, task: Task, rows: Rows) -> Iterator[Problem]:
    if "must_include" in SCORERS.get(task.scorer).columns:
        echoed = [
            row
            for row, item in rows
            if item.must_include and all(contains(item.prompt, one) for one in item.must_include)
        ]
        if echoed:
            message = "all of it is in the prompt already, so repeating the prompt is right"
            yield notes.about(echoed, "must_include", message, "Ask for something that the prompt does not say")


def _letters(notes: _Advice, task: Task, rows: Rows) -> Iterator[Problem]:
    if "choice_a" not in SCORERS.get(task.scorer).columns or len(rows) < FEWEST_PLACES:
        return
    fixed = len({item.choices for _row, item in rows}) == 1  # the same words in the same order, as in a scale
    letter, times = Counter(item.answer for _row, item in rows).most_common(1)[0]
    if times > SAME_PLACE * len(rows) and not fixed:
        often = "always" if times == len(rows) else f"in {times} of {len(rows)} rows"
        message = f"the right choice is {often} {letter!r}; a model that always takes one place looks clever"
        yield notes.overall("column answer", message, "Let it be about equally often at every letter")


def _refusals(notes: _Advice, task: Task, rows: Rows) -> Iterator[Problem]:
    if "refuse" not in SCORERS.get(task.scorer).columns:
        return
    refuse_values = {item.refuse for _row, item in rows} - {None}
    if task.scorer.startswith("refusal/") and len(refuse_values) == 1:
        value, always = ("yes", "refuses everything") if refuse_values == {True} else ("no", "never refuses")
        message = f"refuse is {value} in every row, so a model that {always} gets all of it"
        yield notes.overall("column refuse", message, "Write items of the other kind too")
    unknown = [
        row for row, item in rows if item.refuse is not None and item.language.split("-")[0] not in {*LANGUAGES, ""}
    ]
    if unknown:
        message = "refusals are found in English and Spanish only; here a refusal would count as an answer"
        yield notes.about(unknown, "language", message, "Judge these by must_include, or by people")


def _languages(notes: _Advice, _: Task, rows: Rows) -> Iterator[Problem]:
    odd = [row for row, item in rows if item.language and not LANGUAGE.fullmatch(item.language)]
    if odd:
        value = next(item.language for row, item in rows if row is odd[0])
        yield notes.about(odd, "language", f"{value!r} is no code of a language", "Write en, es, pt-BR and the like")


def _spellings(notes: _Advice, _: Task, rows: Rows) -> Iterator[Problem]:
    for column in ("language", "region", "group", "cluster"):
        spelt: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for _row, item in rows:
            value = getattr(item, column)
            spelt[re.sub(r"[\s_-]+", " ", value).casefold()][value] += 1
        for ways in spelt.values():
            if len(ways) > 1:
                usual, *others = [value for value, _ in ways.most_common()]
                where = [row for row, item in rows if getattr(item, column) in others]
                message = f"{', '.join(map(repr, others))} beside {usual!r}: they count as different"
                yield notes.about(where, column, message, f"Write {usual!r} everywhere")


def _long(notes: _Advice, task: Task, rows: Rows) -> Iterator[Problem]:
    if task.kind != "generate":
        return
    scorer = SCORERS.get(task.scorer)()
    cut = [row for row, item in rows if len(words(scorer.right_reply(item))) > task.max_new_tokens]
    if cut:
        message = f"a right reply has more words than max_new_tokens ({task.max_new_tokens}) lets through"
        yield notes.about(
            cut, "answer" if "answer" in scorer.columns else "must_include", message, "Raise max_new_tokens"
        )
