"""Every key of the recipe in plain words, read off its JSON Schema."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from commonhold.strict_json import JsonObject

Schema = Mapping[str, Any]

_KINDS = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}
_BOUNDS = {
    "minimum": "at least {:,.10g}",
    "exclusiveMinimum": "above {:,.10g}",
    "maximum": "at most {:,.10g}",
    "exclusiveMaximum": "below {:,.10g}",
    "minItems": "at least {} of them",
    "maxLength": "at most {:,} characters",
}


@dataclass(frozen=True, slots=True)
class RecipeKey:
    """One key of the recipe, as it is explained to a person."""

    path: str
    """Dotted: `train.lora.rank`."""
    description: str
    kind: str
    """In plain words: `whole number`, `nf4 or none`."""
    bounds: str
    """In plain words, empty when there are none: `1 to 256`."""
    default: str
    """As written in YAML; empty for a section, and where absence has a meaning of its own."""
    required: bool
    section: bool
    """It has keys of its own."""
    in_list: bool
    """It stands in a list of sections, once for each of them."""


def all_keys(schema: JsonObject) -> Iterator[RecipeKey]:
    """The keys of a recipe's JSON Schema in the order of the form, a section before what is in it."""
    yield from _keys(schema, schema, (), in_list=False)


def _keys(section: Schema, root: Schema, above: tuple[str, ...], *, in_list: bool) -> Iterator[RecipeKey]:
    for name, written in section["properties"].items():
        field = _followed(written, root)
        path = (*above, name)
        item = _followed(field["items"], root) if field.get("type") == "array" else {}
        below = field if "properties" in field else item
        yield RecipeKey(
            path=".".join(path),
            description=below.get("description") or written["description"],
            kind=_kind(field, root),
            bounds=_bounds(field),
            default="" if "properties" in below else _default(written),
            required=name in section.get("required", ()),
            section="properties" in below,
            in_list=in_list,
        )
        if "properties" in below:
            yield from _keys(below, root, path, in_list=in_list or below is item)


def _followed(schema: Schema, root: Schema) -> Schema:
    """The definition that a `$ref` stands for, also where it may be absent, or the schema itself."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) == 1 and "$ref" in choices[0]:
        [schema] = choices
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    return root["$defs"][name] if name else schema


def _kind(schema: Schema, root: Schema) -> str:
    schema = _followed(schema, root)
    if "properties" in schema:
        return "section"
    if "const" in schema:
        return _text(schema["const"])
    if "enum" in schema:
        return " or ".join(map(_text, schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(_kind(choice, root) for choice in schema["anyOf"] if choice.get("type") != "null")
    return _kind_of_type(schema, root)


def _kind_of_type(schema: Schema, root: Schema) -> str:
    if schema["type"] == "array":
        return f"list of {_kind(schema['items'], root)}".replace("list of section", "list of sections")
    if schema["type"] == "object":
        return f"names, each with a {_kind(schema['additionalProperties'], root)}"
    return _KINDS[schema["type"]]


def _bounds(schema: Schema) -> str:
    return next(filter(None, map(_own_bounds, (schema, *schema.get("anyOf", ())))), "")


def _own_bounds(schema: Schema) -> str:
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['minimum']:,.10g} to {schema['maximum']:,.10g}"
    parts = [words.format(schema[keyword]) for keyword, words in _BOUNDS.items() if keyword in schema]
    return ", ".join(parts)


def _default(written: Schema) -> str:
    return "" if written.get("default") is None else _text(written["default"])


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, str) and value:
        return value
    return json.dumps(value)
