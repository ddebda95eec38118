"""The reference page of record.json, made from the structure's own words."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from commonhold.files import write_text
from commonhold.publish import record_checks, record_form, record_outputs, record_sources

FILE_NAME = "record.md"
MODULES = (record_sources, record_outputs, record_checks, record_form)
SHA256_PATTERN = r"^[0-9a-f]{64}$"
KINDS = {
    "boolean": "true or false",
    "integer": "whole number",
    "null": "null",
    "number": "number",
    "object": "section",
    "string": "text",
}
_PREFACE = """\
<!-- Made from record_form.py, record_sources.py, record_outputs.py and record_checks.py in pipeline/commonhold/publish:
change the text there, not here. -->

# Record reference

Every bundle has a `record.json`: what went into the model and what came out. It is one line of JSON with sorted keys,
so that equal records have equal digests, and the model card is made from it alone. A file of the bundle is named by
path, digest and size. Nothing is missing in silence: every `null` has a line in `gaps` with its reason."""


def docs_reference() -> str:
    """The page in Markdown: a table for every part, in the order in which they are first met."""
    schema = json_schema()
    parts = [_PREFACE, _table("record.json", schema)]
    for name in dict.fromkeys(_parts(schema, schema["$defs"])):
        parts += [f"## {name}", schema["$defs"][name]["description"], _table(name, schema["$defs"][name])]
    return "\n\n".join(parts) + "\n"


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a record, with the text under every field as its description."""
    schema = record_form.ModelRecord.model_json_schema()
    sources = (Path(inspect.getfile(module)).read_text(encoding="utf-8") for module in MODULES)
    texts = {names: text for source in sources for names, text in _field_docstrings(source)}
    for name, part in {"ModelRecord": schema, **schema["$defs"]}.items():
        for key, field in part["properties"].items():
            field["description"] = texts.get((name, key)) or texts["RecordParts", key]
    return schema


def _field_docstrings(source: str) -> Iterator[tuple[tuple[str, str], str]]:
    # Pydantic's own option does this at import, and makes every check of a bundle a quarter of a second slower.
    for part in ast.parse(source).body:
        if isinstance(part, ast.ClassDef):
            for field, below in zip(part.body, part.body[1:], strict=False):
                match field, below:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                        yield (part.name, name), inspect.cleandoc(text)


def write_reference(folder: Path) -> None:
    """Writes the page, `record.md`."""
    write_text(folder / FILE_NAME, docs_reference())


def _parts(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> Iterator[str]:
    for field in schema["properties"].values():
        for name in _named(field):
            yield name
            yield from _parts(parts[name], parts)


def _named(field: Any) -> Iterator[str]:
    if isinstance(field, Mapping):
        if "$ref" in field:
            yield field["$ref"].rpartition("/")[2]
        for inner in field.values():
            yield from _named(inner)
    elif isinstance(field, list):
        for inner in field:
            yield from _named(inner)


def _table(name: str, schema: Mapping[str, Any]) -> str:
    rows = [f"| key of {name} | what it is | kind |", "|---|---|---|"]
    for key, field in schema["properties"].items():
        rows.append(f"| `{key}` | {field['description']} | {_kind(field)} |")
    return "\n".join(rows)


def _kind(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        return " or ".join(map(_kind, field["anyOf"]))
    if "enum" in field or "const" in field:
        return " or ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    if field["type"] == "array":
        items = field.get("prefixItems")
        return " and ".join(map(_kind, items)) if items else f"list of {_kind(field['items'])}"
    if isinstance(values := field.get("additionalProperties"), Mapping):
        return f"section of {_kind(values)}"
    return "SHA-256" if field.get("pattern") == SHA256_PATTERN else KINDS[field["type"]]
