"""What each method of training learns from, and whether a folder of records has it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from commonhold.curate.engine.tally import Tally
from commonhold.curate.rows.column_mapping import open_mapped
from commonhold.curate.rows.community_data import CommunityData
from commonhold.curate.rows.datasheet import DatasheetFile
from commonhold.curate.rows.rating import Ratings
from commonhold.curate.settings import Method
from commonhold.errors import FormError, Problem
from commonhold.sheets.row import Row
from commonhold.sheets.table import Opened

THUMB = {"up": "a thumb up", "down": "a thumb down"}


class Need(NamedTuple):
    """What a method cannot do without."""

    column: str
    """Under `columns` in the datasheet."""
    what: str


NEEDS: Mapping[Method, Need] = {
    "sft": Need("completion", "messages with the replies to learn"),
    "kto": Need("rating", "replies that people rated"),
    "dpo": Need("rejected", "messages with two replies, of which people liked one less"),
    "continued_pretraining": Need("text", "texts to read"),
}


def refuse_if_missing(datasheet: DatasheetFile, method: Method) -> None:
    """Stops when no column can hold what the method learns from.

    Raises:
        FormError: with the datasheet's line.
    """
    need, columns = NEEDS[method], datasheet.form.columns
    if getattr(columns, need.column) is not None:
        return
    other = "sft" if columns.text is None else "continued_pretraining"
    remedy = f"Map the column as {need.column}, or set train.objective.method to {other} in the recipe"
    raise FormError([_problem(datasheet, f"columns.{need.column}", f"{method} learns from {need.what}", remedy)])


def refuse_if_empty(data: CommunityData, method: Method) -> None:
    """Stops when no row holds what the method learns from; reads rows until it has seen enough.

    Consent is not looked at, so rows that were seen here may still be left out.

    Raises:
        FormError: with the datasheet's line; or a file cannot be read, or has not the columns.
        MissingInputError: a file is not there.
    """
    datasheet = data.datasheet
    refuse_if_missing(datasheet, method)
    columns = data.form.columns.named()
    if method == "sft" and "rating" not in columns:
        for _ in _opened(data):
            pass  # every file can be read, and has the columns
        return
    needed = {"up", "down"} if method == "kto" else {NEEDS[method].column}
    for seen in _seen(data, method):
        needed.discard(seen)
        if not needed:
            return
    missing = " and ".join(THUMB.get(each, NEEDS[method].what) for each in sorted(needed, reverse=True))
    key = f"columns.{NEEDS[method].column}"
    raise FormError([_problem(datasheet, key, f"{method} needs {missing}, and no row has it", REMEDIES[method])])


REMEDIES: Mapping[Method, str] = {
    "sft": "Add rows with good replies, or set train.objective.method to kto in the recipe",
    "kto": "Add replies that people rated, good ones and bad ones, or set train.objective.method to sft in the recipe",
    "dpo": "Add a second reply that people liked less, or set train.objective.method to sft in the recipe",
    "continued_pretraining": "Add texts, or correct columns.text",
}


def _seen(data: CommunityData, method: Method) -> Iterator[str]:
    """What rows hold, one after the other: a thumb, or the column that the method needs."""
    columns, ratings = data.form.columns.named(), Ratings(data.form.rating_words)
    for opened in _opened(data):
        for row in opened.rows:
            if not isinstance(row, Row):
                continue
            cells = {name: row.cells.get(names[0], "").strip() for name, names in columns.items()}
            thumb = ratings.read(cells.get("rating", "")) or ""
            if method == "kto":
                yield thumb
            elif cells[NEEDS[method].column] and not (method == "sft" and thumb == "down"):
                yield NEEDS[method].column


def one_thumb(tally: Tally) -> str:
    """What is wrong when the replies to learn from were all rated alike; empty where they were not."""
    missing = [thumb for thumb in THUMB if not tally.ratings[f"train\t{thumb}"]]
    if not missing:
        return ""
    return (
        f"kto learns from both thumbs, and of {tally.splits['train']} rows that are left to learn from none has "
        f"{THUMB[missing[0]]}. {REMEDIES['kto']}"
    )


def _opened(data: CommunityData) -> Iterator[Opened]:
    """Every file, opened.

    Raises:
        FormError: what is wrong with a file as a whole, or with the columns that are looked for in it.
    """
    columns = data.form.columns.named()
    check = Ratings(data.form.rating_words).check(columns["rating"][0]) if "rating" in columns else None
    for _, file in data.files:
        yield open_mapped(data.folder, data.datasheet, file, check)


def _problem(datasheet: DatasheetFile, key_path: str, message: str, remedy: str) -> Problem:
    line = next(
        (datasheet.lines[key] for key in (tuple(key_path.split(".")), ("columns",)) if key in datasheet.lines), 0
    )
    return Problem(str(datasheet.path), line, key_path, message, remedy)
