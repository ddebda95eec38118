"""What curation masked is found again in the files, for these records and no others; the finder knows every kind."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from commonhold.curate.privacy.masked_values import masked_values, personal_data_finder
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.settings import CurationSettings
from commonhold.files import read_jsonl
from commonhold.records.curation_summary import CurationSummary

ROWS = """\
Message,Reply,Who,Language,OK?
"Call me on (208) 555-0142, the lamp is out.","We will, rosa@example.org knows.",Rosa,en,yes
"My card is 4111 1111 1111 1111, is the desk open?",At eight.,Tom,en,yes
"Where is the well, by the school?",By the school.,Ann,en,yes
"""


def test_values_of_the_wanted_records_are_found(
    community: Callable[..., Path], settings: CurationSettings, curated: Callable[..., tuple[CurationSummary, Path]]
) -> None:
    folder = community(ROWS)
    _, out = curated(folder, settings)
    ids = {row["row"]: row["record_id"] for row in read_jsonl(out / "examples.jsonl")}
    assert masked_values(read_community(folder), settings, b"key", {ids[2]}) == {"(208) 555-0142", "rosa@example.org"}
    assert masked_values(read_community(folder), settings, b"key", {ids[3], ids[4]}) == {"4111 1111 1111 1111"}
    assert masked_values(read_community(folder), settings, b"key", {ids[4]}) == frozenset()


def test_kinds_that_were_not_masked_are_no_secret(
    community: Callable[..., Path], settings: CurationSettings, curated: Callable[..., tuple[CurationSummary, Path]]
) -> None:
    folder, settings = community(ROWS), replace(settings, redact=("email",))
    ids = {row["record_id"] for row in read_jsonl(curated(folder, settings)[1] / "examples.jsonl")}
    assert masked_values(read_community(folder), settings, b"key", ids) == {"rosa@example.org"}


def test_finder_knows_kinds_that_the_recipe_does_not_mask(
    community: Callable[..., Path], settings: CurationSettings
) -> None:
    find = personal_data_finder(read_community(community(ROWS)), replace(settings, redact=()))
    assert find("Write to tom@example.org or call (208) 555-0143.") == ["tom@example.org", "(208) 555-0143"]
    assert find("Desk: Streets, ext. 204") == []
