"""The recipe's form for machines (JSON Schema, for editors) and for people (the reference page)."""

import ast
import inspect
from pathlib import Path

from commonhold.files import write_json, write_text
from commonhold.recipe import masking, sections
from commonhold.recipe.keys import RecipeKey, all_keys
from commonhold.strict_json import JsonObject

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "commonhold recipe"

_PREFACE = """\
<!-- Made from pipeline/commonhold/recipe (sections.py, masking.py): change the text there, write this page again. -->

# Recipe reference

A recipe is one YAML file: what a community asks for. The same text is printed by `commonhold explain`, and shown by
editors that read the schema named in a recipe's first line. Unknown keys are refused; a key that is left out has the
default named here. One value can be changed for one run: `--set train.epochs=1`."""


def json_schema() -> JsonObject:
    """JSON Schema (draft 2020-12) of a recipe, with the text under every field as its description."""
    schema = {"$schema": DIALECT, **sections.Recipe.model_json_schema(), "title": TITLE}
    texts = field_texts()
    for name, section in {"Recipe": schema, **schema["$defs"]}.items():
        for key, field in section["properties"].items():
            field["description"] = texts[name, key]
    return schema


def field_texts() -> dict[tuple[str, str], str]:
    """The text under every field of the recipe, by section and field."""
    sources = (Path(inspect.getfile(module)).read_text(encoding="utf-8") for module in (masking, sections))
    return {key: text for source in sources for key, text in field_docstrings(source).items()}


def field_docstrings(source: str) -> dict[tuple[str, str], str]:
    """The string under each annotated attribute of each class, by class and attribute.

    Read from the source when it is asked for: pydantic's own option does it at import and makes every command slower.
    """
    texts: dict[tuple[str, str], str] = {}
    for node in ast.parse(source).body:
        if not isinstance(node, ast.ClassDef):
            continue
        for field, below in zip(node.body, node.body[1:], strict=False):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    texts[node.name, name] = inspect.cleandoc(text)
    return texts


def docs_reference() -> str:
    """The reference page of the recipe in Markdown: a table for every section."""
    keys = list(all_keys(json_schema()))
    parts = [_PREFACE, _table([key for key in keys if "." not in key.path])]
    for section in (key for key in keys if key.section):
        inside = [key for key in keys if key.path.rpartition(".")[0] == section.path]
        parts += [f"## `{section.path}`", section.description, _table(inside)]
    return "\n\n".join(parts) + "\n"


def write_reference(folder: Path) -> None:
    """Writes the page and the schema that editors read, `recipe.md` and `recipe.schema.json`."""
    write_text(folder / "recipe.md", docs_reference())
    write_json(folder / "recipe.schema.json", json_schema())


def _table(keys: list[RecipeKey]) -> str:
    rows = ["| key | what it is | kind | default |", "|---|---|---|---|"]
    for key in keys:
        kind = f"{key.kind}; {key.bounds}" if key.bounds else key.kind
        rows.append(f"| {_link(key)} | {key.description} | {kind} | {_default(key)} |")
    return "\n".join(rows)


def _link(key: RecipeKey) -> str:
    name = f"`{key.path.rpartition('.')[2]}`"
    return f"[{name}](#{key.path.replace('.', '')})" if key.section else name


def _default(key: RecipeKey) -> str:
    if key.required:
        return "**must be given**"
    return f"`{key.default}`" if key.default else ""
