"""What a version still has of a record: its words under another rating, or what a model made from it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from commonhold.curate.inspect.absence import absence_receipt
from commonhold.curate.inspect.records import decisions_of, record_tree
from commonhold.curate.settings import CurationSettings
from commonhold.errors import RequestError
from commonhold.records.curation_summary import CurationSummary

Curated = Callable[..., tuple[CurationSummary, Path]]
HEADER = "Message,Reply,Who,Language,OK?,Thumb\n"
ROWS = "where is the mill,by the bridge,Ana,en,yes,up\nwhen is it open,at nine,Bo,en,yes,down\n"


@pytest.fixture
def rated(datasheet: str) -> str:
    """A datasheet with thumbs and without entries."""
    return datasheet.replace("completion: Reply\n", "completion: Reply\n  rating: Thumb\n")


def refused(record_id: str, folder: Path, *earlier: Path) -> str:
    with pytest.raises(RequestError) as caught:
        absence_receipt(record_id, folder, record_tree(folder, b"key"), earlier)
    return str(caught.value)


def test_the_same_words_with_another_rating_are_there(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings, rated: str
) -> None:
    thumbs = replace(settings, method="kto")
    more = "how far is it,far,Cy,en,yes,up\n"
    old = curated(community(HEADER + ROWS + more, rated), thumbs)[1]
    new = curated(community(HEADER + ROWS.replace("up", "down") + more, rated), thumbs)[1]
    record_id = decisions_of(old, "rows.csv:2")[0].record_id
    assert record_id != decisions_of(new, "rows.csv:2")[0].record_id
    assert "what it says is in this version" in refused(record_id, new, old)


def test_what_was_left_out_is_absent_and_its_copy_elsewhere_is_not(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings, rated: str
) -> None:
    out = curated(community(HEADER + ROWS + "how far is it,far,Cy,en,no,\n", rated), settings)[1]
    record_id = decisions_of(out, "rows.csv:4")[0].record_id
    tree = record_tree(out, b"key")
    assert absence_receipt("rows.csv:4", out, tree, []) == absence_receipt(record_id, out, tree, [])
    more = "how far is it,far,Cy,en,no,\nhow far is it,far,Di,en,yes,\n"
    again = curated(community(HEADER + ROWS + more, rated), settings)[1]
    assert "(rows.csv:5). Take that row out and" in refused(record_id, again)


def test_how_many_rows_keep_a_record_from_being_absent_is_told(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings, rated: str
) -> None:
    old, out = (curated(community(HEADER + ROWS, rated), settings)[1] for _ in range(2))
    record_id = decisions_of(out, "rows.csv:2")[0].record_id
    examples = out / "examples.jsonl"
    example = json.loads(examples.read_text(encoding="utf-8"))
    copies = "".join(json.dumps(example | {"record_id": digit * 32}) + "\n" for digit in "ab")
    examples.write_text(copies, encoding="utf-8")
    assert "Take that row (and 1 more) out and curate again" in refused(record_id, out, old)


def test_what_a_model_made_from_a_row_keeps_it_from_being_absent(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings, rated: str
) -> None:
    old = curated(community(HEADER + ROWS, rated), settings)[1]
    record_id = decisions_of(old, "rows.csv:2")[0].record_id
    new = curated(community(HEADER + "how far is it,far,Cy,en,yes,up\n", rated), settings)[1]
    assert absence_receipt(record_id, new, record_tree(new, b"key"), [old])
    examples = new / "examples.jsonl"
    child = json.loads(examples.read_text(encoding="utf-8")) | {"parents": [record_id], "record_id": "c" * 32}
    examples.write_text(f"{examples.read_text(encoding='utf-8')}{json.dumps(child)}\n", encoding="utf-8")
    assert f"what a model made from it is in this version as record {'c' * 32}" in refused(record_id, new, old)
