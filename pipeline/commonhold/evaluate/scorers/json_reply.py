"""Right when the reply is, or has in it, JSON of the form that is asked for."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, ClassVar

from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.scorers.pattern import search, unusable
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer

MOST_STARTS = 200
"""Positions of a reply at which JSON is looked for."""
_CURLY = re.compile("[“”„]")


class _Json(Scorer):
    """What both scorers of JSON have in common."""

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = frozenset({"json_schema", "answer"})
    follows: ClassVar[str] = (
        "JSON Schema (2020-12, unless `$schema` says another) by the jsonschema package; no schema is fetched, and "
        "`pattern` is read by RE2. `answer`, if given, is an example that must fit."
    )

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """No schema, one that is none, or an example that does not fit."""
        reason = schema_fault(item.json_schema)
        if reason:
            remedy = "Write a JSON Schema; {} takes any JSON, and an online validator helps to find mistakes"
            yield Complaint("json_schema", reason, remedy)
        elif item.answer and not self.score(item, item.answer):
            yield Complaint("answer", "the example does not fit the schema", "Change one of the two")

    def expected(self, item: Item) -> str:
        """The schema."""
        return f"JSON that fits {item.json_schema}"

    def right_reply(self, item: Item) -> str:
        """The example."""
        return item.answer


@SCORERS.register("json_schema/1")
class JsonSchema(_Json):
    """The whole reply is JSON that fits `json_schema`; no word and no code fence around it."""

    def score(self, item: Item, output: str) -> float:
        """1 when it is and fits."""
        try:
            value = _decoder().decode(output.strip())
        except (ValueError, RecursionError):
            return 0.0
        return float(_fits(item.json_schema, value))


@SCORERS.register("contains_json/1")
class ContainsJson(_Json):
    """Somewhere in the reply stands a JSON object or list that fits `json_schema`."""

    def score(self, item: Item, output: str) -> float:
        """1 when one of the values in it fits."""
        return float(any(_fits(item.json_schema, value) for value in _values(output)))


def _values(text: str) -> Iterator[Any]:
    starts = [match.start() for match in re.finditer(r"[{\[]", text)][:MOST_STARTS]
    for start in starts:
        try:
            yield _decoder().raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            continue


def _decoder() -> json.JSONDecoder:
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    return json.JSONDecoder(parse_constant=refuse)


def schema_fault(text: str) -> str:
    """Why a cell is no usable schema; empty when it is one."""
    import jsonschema

    if not text:
        return "there is no schema"
    try:
        schema = _decoder().decode(text)
    except (ValueError, RecursionError) as error:
        if _CURLY.search(text):
            return "the quotation marks are curly; JSON needs straight ones"
        return f"not readable as JSON: {error}"
    if not isinstance(schema, (dict, bool)):
        return "a schema is an object in braces"
    try:
        jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator).check_schema(schema)
    except jsonschema.SchemaError as error:
        return f"this is no JSON Schema: {error.message}"
    return next(_beyond(schema), "") or next(_lost(schema), "")


def _lost(schema: Any) -> Iterator[str]:
    """References inside a schema that lead to nothing, or round in a circle."""
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    resolver = Registry().with_resource("", DRAFT202012.create_resource(schema)).resolver()
    for reference in _references(schema):
        try:
            target = resolver.lookup(reference).contents
            seen = {reference}
            while isinstance(target, dict) and (again := target.get("$ref")):
                if again in seen:
                    yield f"$ref {reference!r} leads round in a circle"
                    return
                seen.add(again)
                target = resolver.lookup(again).contents
        except Unresolvable:
            yield f"$ref {reference!r} leads to nothing in the schema"


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(schema, list):
        for part in schema:
            yield from _references(part)


def _beyond(schema: Any) -> Iterator[str]:
    """Parts of a schema that are refused."""
    if isinstance(schema, list):
        for part in schema:
            yield from _beyond(part)
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key in ("$ref", "$dynamicRef") and isinstance(value, str) and not value.startswith("#"):
            yield f"{key} {value!r} is somewhere else, and nothing is fetched"
        elif key == "patternProperties":
            yield "patternProperties is not supported; name the properties"
        elif key == "pattern" and isinstance(value, str) and (reason := unusable(value)):
            yield reason
        else:
            yield from _beyond(value)


def _fits(schema: str, value: Any) -> bool:
    try:
        return bool(_validator(schema).is_valid(value))
    except RecursionError:  # a reply nested deeper than Python counts
        return False


@lru_cache(maxsize=256)
def _validator(text: str) -> Any:
    import jsonschema
    from referencing import Registry

    def pattern(_: Any, expression: str, value: Any, __: Any) -> Iterator[Any]:
        if isinstance(value, str) and not search(expression, value):
            yield jsonschema.ValidationError(f"{value!r} does not match {expression!r}")

    schema = json.loads(text)
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    return jsonschema.validators.extend(kind, {"pattern": pattern})(schema, registry=Registry())
