"""What a key of the recipe means, and where each value of a recipe came from."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from commonhold.errors import RequestError
from commonhold.forms import parse_yaml
from commonhold.recipe.keys import RecipeKey, all_keys
from commonhold.recipe.load import HELP_COMMAND, LoadedRecipe
from commonhold.recipe.overrides import apply_overrides, deciding_override, parse_overrides
from commonhold.recipe.schema import json_schema

DEFAULT = "default"


class ResolvedValue(NamedTuple):
    """One value that a run will use."""

    key: str
    """Dotted; the items of a list of sections are numbered from 0."""
    value: Any
    source: str
    """`recipes/x.yaml:14`, `--set train.epochs=1`, or `default`."""


def explain(path: str = "") -> str:
    """A key in plain words: what it is, its kind, bounds and default, and how to write it; without a path, all keys.

    Raises:
        RequestError: there is no such key; the message names the nearest.
    """
    keys = list(all_keys(json_schema()))
    # Error messages number the items of a list (`evaluate.gates.0.task`); what a key means is the same in all of them.
    path = ".".join(part for part in path.strip().split(".") if part and not part.isdecimal())
    if not path:
        return "\n".join([*_tree(keys), "", f"More about one of them: {HELP_COMMAND} train.lora.rank"])
    key = next((key for key in keys if key.path == path), None)
    if key is None:
        raise RequestError(f"{path}: there is no such key{_nearest(path, keys)} Run: {HELP_COMMAND}")
    facts = [f"{label:<9} {text}" for label, text in _facts(key) if text]
    below = [other for other in keys if other.path.startswith(f"{path}.")]
    tree = ["", *_tree(below, skip=path.count(".") + 1)] if below else []
    return "\n".join([key.path, f"  {key.description}", "", *(f"  {fact}" for fact in facts), *tree, "", *_usage(key)])


def resolved_values(loaded: LoadedRecipe) -> list[ResolvedValue]:
    """Every value that a run will use, defaults included, in the order of the form."""
    overrides, _ = parse_overrides(loaded.overrides)
    document, _ = apply_overrides(parse_yaml(loaded.source, str(loaded.path)), overrides)

    def source(path: tuple[str | int, ...]) -> str:
        if path not in document.lines:
            return DEFAULT
        override = deciding_override(".".join(map(str, path)), overrides)
        return override.label if override else f"{loaded.path}:{document.lines[path]}"

    leaves = _leaves(loaded.recipe.model_dump(mode="json"), ())
    return [ResolvedValue(".".join(map(str, path)), value, source(path)) for path, value in leaves]


def explain_recipe(loaded: LoadedRecipe) -> list[str]:
    """One line for every value of a recipe: key, source and value, in columns."""
    values = resolved_values(loaded)
    keys = max(len(each.key) for each in values)
    sources = max(len(each.source) for each in values)
    return [
        f"{each.key:<{keys}}  {each.source:<{sources}}  {json.dumps(each.value, ensure_ascii=False)}" for each in values
    ]


def _leaves(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _leaves(child, (*path, key))
    elif isinstance(value, list) and any(isinstance(child, Mapping) for child in value):
        for index, child in enumerate(value):
            yield from _leaves(child, (*path, index))
    else:
        yield path, value


def _facts(key: RecipeKey) -> list[tuple[str, str]]:
    default = "none; it must be given" if key.required else key.default or "left out"
    return [
        ("kind", key.kind),
        ("bounds", key.bounds),
        ("default", "" if key.section and not key.required else default),
    ]


def _tree(keys: Sequence[RecipeKey], skip: int = 0) -> list[str]:
    """Indented keys beside the first words about them; `skip` levels are left off."""
    rows = []
    for key in keys:
        *above, name = key.path.split(".")
        indent = "  " * (len(above) - skip + 1)
        default = "" if key.section else " (required)" if key.required else f" = {key.default}" if key.default else ""
        rows.append((f"{indent}{name}{default}", key.description))
    width = min(max(len(left) for left, _ in rows), 44)
    return [f"{left:<{width}}  {right}" for left, right in rows]


def _usage(key: RecipeKey) -> list[str]:
    names = key.path.split(".")
    value = "" if key.section else key.default or "…"
    written = [f"{'  ' * depth}{name}:" for depth, name in enumerate(names)]
    if key.in_list:
        written[-1] = f"{'  ' * (len(names) - 1)}- {names[-1]}:"
    lines = ["  in the recipe", *(f"    {line}" for line in written)]
    lines[-1] += f" {value}" if value else ""
    if key.section or key.in_list:
        return lines
    return [*lines, "  for one run", f"    --set {key.path}={value}"]


def _nearest(path: str, keys: Sequence[RecipeKey]) -> str:
    paths = [key.path for key in keys]
    _, _, name = path.rpartition(".")
    namesakes = [other for other in paths if other.endswith(f".{name}")]
    near = namesakes or difflib.get_close_matches(path, paths, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else "."
