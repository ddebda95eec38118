"""The urgency example: its counts are those of the datasheet, and its test items are not its training rows."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from commonhold.forms import Row, parse_csv, read_text, read_yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "community_data" / "riverbend-urgency"


def _rows(path: Path) -> Sequence[Row]:
    return parse_csv(read_text(path, "utf-8-sig"), str(path)).rows


ROWS = _rows(FOLDER / "urgency.csv")
ITEMS = _rows(ROOT / "eval" / "tasks" / "riverbend-urgency" / "urgency" / "items.csv")


def _count(column: str) -> Counter[str]:
    return Counter(row.cells[column] for row in ROWS)


def test_the_datasheet_counts_words_volunteers_and_languages_rightly() -> None:
    notes = " ".join(str(read_yaml(FOLDER / "datasheet.yaml").data["notes"]).split())
    words = _count("Urgency")
    expected = f"{len(ROWS)} rows: {words['urgent']} urgent, {words['soon']} soon, {words['routine']} routine"
    assert expected in notes
    assert f"{_count('Language')['es']} rows are in Spanish" in notes
    assert _count("Volunteer") == {f"vol-{number}": 14 for number in range(21, 29)}


def test_the_datasheet_counts_missing_consent_rightly() -> None:
    accepted = read_yaml(FOLDER / "datasheet.yaml").data["consent"]["accepted"]
    refused = [row.cells["OK to use?"] for row in ROWS if row.cells["OK to use?"].lower() not in accepted]
    assert sorted(refused) == ["", "No", "ask again", "no", "no"]


def test_entries_are_numbered_once() -> None:
    assert [row.cells["Entry"] for row in ROWS] == [f"RU-{number:03d}" for number in range(1, 113)]


def test_every_item_offers_the_three_words_and_each_is_right_equally_often() -> None:
    offered = {tuple(row.cells[f"choice_{letter}"] for letter in "abc") for row in ITEMS}
    assert offered == {("urgent", "soon", "routine")}
    assert Counter(row.cells["answer"] for row in ITEMS) == {"a": 15, "b": 15, "c": 15}


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + 3]) for start in range(len(words) - 2)}


def test_no_item_is_a_training_message_in_almost_the_same_words() -> None:
    messages = [_shingles(row.cells["Message"]) for row in ROWS]
    for item in ITEMS:
        shingles = _shingles(item.cells["prompt"])
        assert max(len(shingles & message) / len(shingles | message) for message in messages) < 0.1
