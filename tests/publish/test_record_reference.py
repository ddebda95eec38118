"""The reference page of the record is complete and fresh."""

from pathlib import Path

from commonhold.publish.record_reference import docs_reference, json_schema

PAGE = Path(__file__).parents[2] / "docs/reference/record.md"
WRITE_ANEW = (
    "is not what the structure says; write it again: PYTHONPATH=pipeline python -c 'from pathlib import Path; "
    'from commonhold.publish.record_reference import *; write_reference(Path("docs/reference"))\''
)


def test_every_part_and_key_is_on_the_page_with_its_text() -> None:
    schema = json_schema()
    page = docs_reference()
    assert len(schema["$defs"]) == 33
    for name, part in schema["$defs"].items():
        assert f"\n## {name}\n" in page
        for key, field in part["properties"].items():
            assert f"| `{key}` | {field['description']} |" in page


def test_row_names_kind_and_what_may_be_missing() -> None:
    rows = docs_reference().splitlines()
    assert "| `commit` | Git commit. | text or null |" in rows
    assert "| `files` | The adapter's files. | list of [FileRef](#fileref) |" in rows
    assert "| `verdict` | What came of it. | `pass` or `fail` or `inconclusive` |" in rows


def test_committed_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == docs_reference(), WRITE_ANEW
