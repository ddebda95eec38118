"""What `check` found in the data, for people."""

from collections.abc import Iterator, Sequence

from commonhold.curate.dry_run import DryRun, FileAsRead, RowAsRead
from commonhold.curate.privacy.public_proposals import datasheet_lines
from commonhold.curate.reporting.wording import not_used, what_masked
from commonhold.number_format import count

LONGEST = 160
"""Characters of a text that are shown."""
MOST_FILES = 20
"""Files whose rows are shown; of a folder of documents, the others look alike."""


def data_text(data: DryRun) -> Iterator[str]:
    """Every file with some of its rows and what looks odd, and what would become of all the rows."""
    yield from (f"note: {note}" for note in data.notes)
    for number, file in enumerate(data.files):
        if number < MOST_FILES or file.oddities or file.unreadable:
            yield from _file(file)
    if len(data.files) > MOST_FILES:
        yield f"Of {len(data.files):,} files, those after {data.files[MOST_FILES - 1].file} are shown if they look odd."
        yield ""
    if data.looked_at < data.rows:
        yield f"Of {data.rows:,} rows, {data.looked_at:,} were looked at, evenly spread. Curation looks at all of them."
    yield " ".join(_outcome(data))
    if data.proposed:
        yield from _proposal(len(data.proposed), datasheet_lines(data.proposed, data.listed), bool(data.listed))


def _file(file: FileAsRead) -> Iterator[str]:
    how = f" ({', '.join(file.read_as)})" if file.read_as else ""
    yield f"{file.file}: {count(file.rows, 'row')}{how}"
    if file.unreadable:
        yield f"  {count(file.unreadable, 'row')} cannot be read"
    yield from (f"  note: {guess}" for guess in file.guesses)
    for row in file.shown:
        yield from _row(row)
    yield from (f"  looks odd: {oddity}" for oddity in file.oddities)
    yield ""


def _row(row: RowAsRead) -> Iterator[str]:
    width = max(map(len, row.texts)) + 1
    start = f"  row {row.row:<6}"
    for name, text in row.texts.items():
        yield f"{start} {name + ':':<{width}} {_short(text) or '(empty)'}"
        start = " " * len(start)
    consent = f"not learnt from, because {row.refusal}" if row.refusal else "consent given"
    date = "" if row.date is None else f"; dated {row.date}" if row.date else "; no date"
    rated = "" if row.rating is None else f"; rated {row.rating}" if row.rating else "; not rated"
    yield f"{start} {consent}{date}{rated}; language {row.language or 'not declared'}"


def _outcome(data: DryRun) -> Iterator[str]:
    yield f"{data.used:,} of {count(data.looked_at, 'row')} would be used."
    if data.left_out:
        yield not_used(data.left_out)
    if data.masked:
        yield f"Personal data would be masked: {what_masked(data.masked)}."


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST else f"{one_line[: LONGEST - 1]}…"


def _proposal(number: int, lines: Sequence[str], replaces: bool) -> Iterator[str]:
    stands, it = ("stands", "it is") if number == 1 else ("stand", "they are")
    yield (
        f"\n{count(number, 'value')} {stands} in many replies. If {it} public, such as the number of your own desk, "
        f"put these lines into datasheet.yaml{', in place of its list' if replaces else ''}, and curation leaves "
        f"{'it' if number == 1 else 'them'} in the texts. A person must know of each line that everybody may have it; "
        "delete the others:\n"
    )
    yield from lines
