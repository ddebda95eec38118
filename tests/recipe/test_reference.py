"""The schema for editors and the page for people say the same as the sections, and the committed copies are fresh."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from commonhold.forms import Form
from commonhold.recipe import masking, sections
from commonhold.recipe.keys import all_keys
from commonhold.recipe.schema import docs_reference, field_docstrings, field_texts, json_schema

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
SECTIONS = [
    kind
    for kind in {**vars(masking), **vars(sections)}.values()
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not Form
]
WRITE_ANEW = (
    "is not what the sections say; write it again: PYTHONPATH=pipeline python -c "
    "'from pathlib import Path; from commonhold.recipe.schema import *; write_reference(Path(\"docs/reference\"))'"
)


def test_there_are_sections() -> None:
    assert len(SECTIONS) == 19


@pytest.mark.parametrize("section", SECTIONS)
def test_every_field_says_what_it_is(section: type[BaseModel]) -> None:
    texts = field_texts()
    assert [name for name in section.model_fields if not texts.get((section.__name__, name), "").endswith(".")] == []


@pytest.mark.parametrize("section", SECTIONS)
def test_no_section_has_more_than_fifteen_fields(section: type[BaseModel]) -> None:
    assert len(section.model_fields) <= 15


def test_field_docstrings_are_those_right_below_a_field() -> None:
    source = '''
class Stall:
    """The class's own."""

    owner: str
    """Who
    owns it."""
    plain: int = 3
    days: int
    other = 3
    """Of no annotated field."""
'''
    assert field_docstrings(source) == {("Stall", "owner"): "Who\nowns it."}


def test_the_schema_carries_the_text_bounds_and_strictness_of_a_field() -> None:
    schema: Any = json_schema()
    lora = schema["$defs"]["Lora"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert lora["additionalProperties"] is False
    assert lora["properties"]["rank"] == {
        "default": 16,
        "description": "Width of the adapter; more learns more and forgets more.",
        "maximum": 256,
        "minimum": 1,
        "title": "Rank",
        "type": "integer",
    }
    assert schema["properties"]["name"]["pattern"] == "^[a-z0-9][a-z0-9._-]{1,62}$"
    assert schema["required"] == ["recipe", "name", "governance", "data", "evaluate", "publish"]


def test_every_key_of_the_form_is_on_the_page() -> None:
    page = docs_reference()
    for key in all_keys(json_schema()):
        assert f"`{key.path.rpartition('.')[2]}`" in page
        assert not key.section or f"\n## `{key.path}`\n" in page


def test_a_row_of_the_page_has_kind_bounds_and_default() -> None:
    row = "| `rank` | Width of the adapter; more learns more and forgets more. | whole number; 1 to 256 | `16` |"
    assert row in docs_reference().splitlines()


def test_a_row_of_the_page_says_what_must_be_given_and_links_sections() -> None:
    lines = docs_reference().splitlines()
    assert any(line.startswith("| `folder` |") and line.endswith("| **must be given** |") for line in lines)
    assert any(line.startswith("| [`lora`](#trainlora) |") for line in lines)


def test_the_committed_page_is_fresh() -> None:
    assert (REFERENCE / "recipe.md").read_text(encoding="utf-8") == docs_reference(), WRITE_ANEW


def test_the_committed_schema_is_fresh() -> None:
    committed = json.loads((REFERENCE / "recipe.schema.json").read_text(encoding="utf-8"))
    assert committed == json_schema(), WRITE_ANEW
