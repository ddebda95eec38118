"""promptfoo's table of tests: a prompt from its columns, checks from `__expected`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath

from commonhold.errors import FormError, Problem
from commonhold.evaluate.columns import ALWAYS
from commonhold.evaluate.exchange.carried import Carried, Left, ReplyChecks
from commonhold.evaluate.exchange.promptfoo_checks import add_check
from commonhold.sheets.source import Source
from commonhold.sheets.whole_table import Expected, read_table

_VARIABLE = re.compile(r"\{\{\s*([^{}|]+?)\s*\}\}")
_EXPECTED = re.compile(r"__expected\d*")
_METADATA = re.compile(r"__metadata:(.+?)(\[\])?")
_SLICES = tuple(name for name in ALWAYS if name not in ("id", "prompt", "rubric", "weight"))


def read_promptfoo(file: Path | Source, template: str = "") -> Carried:
    """The tests of a promptfoo CSV; `template` is the prompt with `{{column}}` in it, if there are several columns.

    Nobody looks at what was read before it is a task, so it is read strictly: every row has the header's cells.

    Raises:
        MissingInputError: there is no such file.
        FormError: it is no table of tests, a row has more or fewer cells than the header or an open quotation mark,
            all such rows at once; or it is not clear what the prompt is.
    """
    known = {*_VARIABLE.findall(template), *_SLICES}
    expected = Expected(lambda name: name in known or name.startswith("__"), strict=True, name=str.strip)
    source = Source.at(file)
    table = read_table(source, expected)
    if table.problems:
        raise FormError(table.problems)
    header = table.columns
    template = template or _only_variable(header, source)
    _refuse_unknown(template, header, source)
    left = [Left("file", note.message, note.remedy) for note in table.notes]
    left += _unused(header, template)
    checked: list[Mapping[str, str]] = []
    unjudged: list[Mapping[str, str]] = []
    for row in table.rows:
        cells = {name: cell.strip() for name, cell in row.cells.items() if isinstance(cell, str)}
        item, is_checked, lost = _item(row.number, cells, template)
        left += lost
        (checked if is_checked else unjudged).append(item)
    return Carried("promptfoo", checked, left, unjudged=unjudged, title=PurePath(source.name).stem)


def _only_variable(header: Sequence[str], source: Source) -> str:
    variables = [name for name in header if not name.startswith("__") and name not in _SLICES]
    if len(variables) != 1:
        shown = ", ".join(variables) or "none"
        message = f"the prompt could come from several columns: {shown}" if variables else "no column has a prompt"
        remedy = "Say how it is made: --prompt 'Translate {{text}} into {{language}}'"
        raise FormError([Problem(source.name, 1, "", message, remedy)])
    return f"{{{{{variables[0]}}}}}"


def _refuse_unknown(template: str, header: Sequence[str], source: Source) -> None:
    unknown = [name for name in _VARIABLE.findall(template) if name not in header]
    if unknown or not _VARIABLE.search(template):
        message = f"--prompt names no column called {unknown[0]!r}" if unknown else "--prompt names no column"
        raise FormError([Problem(source.name, 1, "", message, f"Columns: {', '.join(header)}")])


def _unused(header: Sequence[str], template: str) -> Iterator[Left]:
    used = set(_VARIABLE.findall(template))
    for name in header:
        is_used = name in used or name in _SLICES or _EXPECTED.fullmatch(name)
        metadata = _METADATA.fullmatch(name)
        if is_used or name in ("", "__prefix", "__suffix", "__description") or (metadata and metadata[1] in _SLICES):
            continue
        reason = {
            "__metric": "names of metrics have no place in a task",
            "__threshold": "here an item is right when all its checks hold",
            "__providerOutput": "replies of a model are no part of a task",
        }.get(name, "no column of a task is for it")
        yield Left(f"column {name}", "left out", reason)


def _item(number: int, row: Mapping[str, str], template: str) -> tuple[Mapping[str, str], bool, list[Left]]:
    checks = ReplyChecks()
    left: list[Left] = []
    for name, cell in row.items():
        if _EXPECTED.fullmatch(name) and cell:
            lost = add_check(checks, cell)
            if lost:
                left.append(Left(f"row {number}, column {name}", cell[:80], lost))
    prompt = _VARIABLE.sub(lambda match: row.get(match[1], ""), template)
    before = f"{row['__prefix']} " if row.get("__prefix") else ""
    after = f" {row['__suffix']}" if row.get("__suffix") else ""
    cells = {
        "id": f"row-{number}",
        "prompt": f"{before}{prompt}{after}",
        "source": row.get("__description", ""),
        **{name: row[name] for name in _SLICES if row.get(name)},
        **{name: row[f"__metadata:{name}"] for name in _SLICES if row.get(f"__metadata:{name}")},
        **checks.cells(),
    }
    if not checks.is_checked:
        left.append(Left(f"row {number}", "kept in unjudged.csv", "nothing is left that can be judged without people"))
    return cells, checks.is_checked, left
