"""Replies that are JSON, or have it in them."""

import pytest

from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.scorers.json_reply import schema_fault

DESK = '{"type": "object", "required": ["desk"], "properties": {"desk": {"type": "string", "pattern": "^[A-Z]"}}}'


def score(scorer: str, output: str, schema: str = DESK) -> float:
    return SCORERS.get(scorer)().score(Item(id="1", prompt="p", json_schema=schema), output)


@pytest.mark.parametrize(
    ("output", "whole", "inside"),
    [
        ('{"desk": "Streets"}', 1, 1),
        (' \n{"desk": "Streets"}\n', 1, 1),
        ('Here it is: {"desk": "Streets"}', 0, 1),
        ('```json\n{"desk": "Streets"}\n```', 0, 1),
        ('{"no": {"desk": "Streets"}}', 0, 1),
        ('{"desk": 204}', 0, 0),
        ('{"desk": "streets"}', 0, 0),
        ('{"room": "Streets"}', 0, 0),
        ('{"desk": "Streets"', 0, 0),
        ("{'desk': 'Streets'}", 0, 0),
        ('{"desk": NaN}', 0, 0),
        ("", 0, 0),
        ("[" * 100_000, 0, 0),
    ],
)
def test_json_alone_and_json_within(output: str, whole: int, inside: int) -> None:
    assert (score("json_schema/1", output), score("contains_json/1", output)) == (whole, inside)


def test_empty_braces_take_any_json() -> None:
    assert [score("json_schema/1", said, "{}") for said in ("3", '"a"', "null", "a")] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("", "there is no schema"),
        ("{“type”: “object”}", "the quotation marks are curly; JSON needs straight ones"),
        ("{", "not readable as JSON"),
        ("3", "a schema is an object in braces"),
        ('{"type": "objekt"}', "this is no JSON Schema: 'objekt' is not valid"),
        ('{"$ref": "https://example.org/x"}', "is somewhere else, and nothing is fetched"),
        ('{"$ref": "#/$defs/desk"}', "leads to nothing in the schema"),
        ('{"$ref": "#"}', "leads round in a circle"),
        ('{"properties": {"a": {"pattern": "(?=a)"}}}', "RE2 cannot look ahead"),
        ('{"patternProperties": {"a": {}}}', "patternProperties is not supported"),
    ],
)
def test_schemas_that_cannot_be_used(schema: str, reason: str) -> None:
    assert reason in schema_fault(schema)


def test_references_within_a_schema_work() -> None:
    schema = '{"$defs": {"n": {"type": "integer"}}, "items": {"$ref": "#/$defs/n"}}'
    assert schema_fault(schema) == ""
    assert [score("json_schema/1", said, schema) for said in ("[1, 2]", '["1"]')] == [1, 0]


def test_an_example_that_does_not_fit_is_a_mistake() -> None:
    item = Item(id="1", prompt="p", json_schema=DESK, answer="{}")
    (complaint,) = SCORERS.get("json_schema/1")().complaints(item)
    assert complaint.column == "answer"
