"""A toy community and toy records for the curation tests."""

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from commonhold.curate.rows.community_data import read_community
from commonhold.curate.rows.record import Record
from commonhold.curate.run import CurationJob, curate
from commonhold.curate.settings import CurationSettings
from commonhold.records.curation_summary import CurationSummary

DATASHEET = """\
datasheet: 1
title: Toy desk
description: Messages to a desk that does not exist.
licence: CC0-1.0
contact: desk@toy.example
withdrawal: Write to the contact with the row's number.
collected:
  from: 2026-01-01
  to: 2026-02-01
  method: A form.
languages: [en, es]
region: US
files:
  - path: rows.csv
columns:
  prompt: Message
  completion: Reply
  contributor: Who
  language: Language
consent:
  basis: Asked at the desk.
  column: OK?
  accepted: [yes, sí]
"""


@pytest.fixture
def datasheet() -> str:
    """A datasheet for `rows.csv` with the columns Message, Reply, Who, Language and OK?."""
    return DATASHEET


@pytest.fixture
def community(tmp_path: Path) -> Callable[..., Path]:
    """Writes a folder of records: `community(csv_text)`, or with another datasheet."""

    def write(rows: str, datasheet: str = DATASHEET) -> Path:
        folder = tmp_path / "community"
        folder.mkdir(exist_ok=True)
        (folder / "datasheet.yaml").write_text(datasheet, encoding="utf-8")
        (folder / "rows.csv").write_text(rows, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def row() -> Callable[..., Record]:
    """Makes a record: `row(3, "prompt", "completion", contributor="ana")`; its id is `r3`."""

    def make(number: int, prompt: str = "where is it", completion: str = "over there", **more: str) -> Record:
        return Record(f"r{number}", prompt, completion, "rows.csv", number, **more)

    return make


@pytest.fixture
def settings() -> CurationSettings:
    """Everything masked, one word is enough, no held-out splits."""
    return CurationSettings(
        redact=("email", "phone", "id_number", "payment_card"),
        min_words=1,
        max_words=400,
        near_duplicate=0.8,
        validation_share=0.0,
        test_share=0.0,
        as_of=date(2026, 6, 1),
    )


@pytest.fixture
def curated(tmp_path: Path) -> Callable[..., tuple[CurationSummary, Path]]:
    """Curates a folder: `curated(folder, settings)` gives the summary and the folder with what was written."""
    runs = itertools.count()

    def run(
        folder: Path, settings: CurationSettings, seed: int = 1, key: bytes = b"key", shard_rows: int = 20_000
    ) -> tuple[CurationSummary, Path]:
        number = next(runs)
        out = tmp_path / f"out-{number}"
        out.mkdir()
        return curate(
            CurationJob(read_community(folder), settings, key, seed, tmp_path / f"work-{number}", shard_rows),
            out,
            print,
        ), out

    return run
