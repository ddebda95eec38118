import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from commonhold.curate.reporting.contributors import People, people_of, write_people
from commonhold.curate.rows.datasheet import Datasheet
from commonhold.curate.settings import CurationSettings
from commonhold.records.curation_summary import CurationSummary

Curated = Callable[..., tuple[CurationSummary, Path]]
SENTENCE_OF_TOY = "To take a row back: Write to the contact with the row's number."


def people(**kept: int) -> People:
    rows = [{"contributor": who, "what": what, "rows": n} for who, n in kept.items() for what in ("kept", "sent") if n]
    schema = pa.schema([("contributor", pa.string()), ("what", pa.string()), ("rows", pa.int64())])
    return People(pa.Table.from_pylist(rows, schema))


@pytest.mark.parametrize(
    ("kept", "half"),
    [
        ({}, 0),
        ({"a": 3}, 1),
        ({"a": 5, "b": 5}, 1),
        ({"a": 5, "b": 5, "c": 1}, 2),
        ({"a": 6, "b": 3, "c": 2}, 1),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}, 3),
    ],
)
def test_the_fewest_who_gave_half_are_those_who_gave_most(kept: dict[str, int], half: int) -> None:
    assert people(**kept).half == half


def test_people_are_grouped_by_how_much_they_gave() -> None:
    assert people(a=1, b=1, c=2, d=4, e=5, f=99, g=100, h=5000).spread == {1: 2, 2: 2, 5: 1, 50: 1, 100: 2}
    assert people().spread == {}


def test_who_sent_and_has_nothing_used_is_counted_among_the_senders_only() -> None:
    rows = [("a", "kept", 1), ("a", "sent", 2), ("b", "sent", 3), ("b", "dropped too_short", 3)]
    table = pa.Table.from_pylist([dict(zip(("contributor", "what", "rows"), row, strict=True)) for row in rows])
    found = People(table)
    assert (found.count, found.sent_count) == (1, 2)
    assert people().sent_count == 0


def test_the_largest_are_told_with_those_whom_nobody_named() -> None:
    assert [*people(a=1, b=4, c=4).largest(12).items()] == [("b", 4), ("c", 4), ("", 3), ("a", 1)]
    assert people(a=1).largest(1) == {"a": 1}


def test_counts_of_several_shards_add_up(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    for name, kept in (("one", 2), ("two", 3)):
        pq.write_table(people(ana=kept).table, tmp_path / name)
    assert list(people_of([tmp_path / "one", tmp_path / "two"]).accounts()) == [("ana", {"kept": 5, "sent": 5})]


ROWS = """\
Message,Reply,Who,Language,OK?
where is the red ladder,in the shed,ana,en,yes
where is the blue lantern,call 212-555-0143,Ana ,en,yes
when does the ferry leave,at noon,ana,en,no
who mends the old bridge,the masons,ben,en,no
what grows in the orchard,apples and pears,,en,yes
"""


def test_each_contributor_gets_a_paragraph_about_their_own_rows(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings
) -> None:
    _, out = curated(community(ROWS), settings)
    lines = [json.loads(line) for line in (out / "contributors.jsonl").read_text().splitlines()]
    ana, ben = sorted(lines, key=lambda line: -line["sent"])
    assert (ana["sent"], ana["used"], ana["splits"], ana["not_used"]) == (3, 2, {"train": 2}, {"no_consent": 1})
    assert ana["paragraph"] == (
        "Thank you for the 3 rows you sent. 2 of them are used. The model learns from them. "
        "1 is not used, because there is no consent for it. In 1 row, we masked personal data. "
        "If you want to send again, this helps: a yes on the form from the person who gave the row. "
        f"{SENTENCE_OF_TOY} If you have a question or see a mistake, ask here: desk@toy.example"
    )
    assert (ben["sent"], ben["used"], ben["splits"]) == (1, 0, {})
    assert ben["paragraph"].startswith("Thank you for the 1 row you sent. 1 is not used, because")


def test_rows_that_nobody_can_read_are_nobodys(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings
) -> None:
    _, out = curated(community(ROWS + "too,many,cells,in,this,row,here\n"), settings)
    for line in (out / "contributors.jsonl").read_text().splitlines():
        assert "Some rows could not be read" in json.loads(line)["paragraph"]


def test_reasons_come_most_frequent_first(tmp_path: Path, datasheet: str) -> None:
    from commonhold.forms import read_yaml, validate

    (tmp_path / "datasheet.yaml").write_text(datasheet)
    form = validate(Datasheet, read_yaml(tmp_path / "datasheet.yaml"), "datasheet.yaml")
    rows = [("a", "dropped no_consent", 1), ("a", "dropped too_long", 4), ("a", "sent", 5)]
    table = pa.Table.from_pylist([dict(zip(("contributor", "what", "rows"), row, strict=True)) for row in rows])
    write_people(tmp_path / "people.jsonl", People(table), form, 0)
    told = json.loads((tmp_path / "people.jsonl").read_text())["paragraph"]
    assert told.index("too long") < told.index("no consent")
