"""Ratings, preferences and plain texts, curated in shards of any size and in processes: always the same bytes."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.curate.conftest import DATASHEET
from tests.curate.engine.test_whole_stage import QUESTION, SETTINGS

from commonhold.curate.engine.executor import Executor, Inline, open_executor
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.run import CurationJob, curate
from commonhold.curate.settings import Method
from commonhold.digests import digests_below

WORDS = ("lamp", "water", "noise", "paper", "tree", "road", "dog")
MESSAGES = DATASHEET.replace(
    "  completion: Reply\n", "  completion: Reply\n  rejected: Worse\n  rating: Helped?\n"
) + "personal:\n  name: Who\n"  # fmt: skip
TEXTS = DATASHEET.replace("  prompt: Message\n  completion: Reply\n", "  text: Message\n")
METHODS: tuple[Method, ...] = ("sft", "kto", "dpo", "continued_pretraining")


def rows() -> Iterator[tuple[str, ...]]:
    for n in range(120):
        m = n - n % 3
        message = f"The {WORDS[m % 7]} of house {m} was {WORDS[m * 5 % 7]} in week {m * 7}" + ", please" * (n % 9 == 4)
        rating = ("yes", "no", "👍", "3 stars" if n % 40 == 7 else "")[n % 4]
        worse = "" if n % 8 == 1 else QUESTION if n % 30 == 2 else f"Ask Bo {n % 5} on 503-555-01{n % 5 + 10}"
        text = message if n % 6 else f"{message}.\n\n" + " ".join(f"{word} {n}" for word in WORDS * 8)
        yield text, f"Desk {m % 11}", worse, rating, f"Bo {m % 29}", "en", "no" if n % 30 == 1 else "yes"


def run(root: Path, name: str, method: Method, executor: Executor, shard_rows: int) -> dict[str, str]:
    folder, out = root / "community", root / f"out-{name}"
    folder.mkdir(exist_ok=True)
    out.mkdir()
    sheet = TEXTS if method == "continued_pretraining" else MESSAGES
    (folder / "datasheet.yaml").write_text(sheet, encoding="utf-8")
    with (folder / "rows.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("Message", "Reply", "Worse", "Helped?", "Who", "Language", "OK?"), *rows()])
    settings = replace(SETTINGS, method=method, max_words=60, language_weights={})
    curate(
        CurationJob(read_community(folder), settings, b"k" * 32, 7, root / f"work-{name}", shard_rows),
        out,
        print,
        executor,
    )
    return digests_below(out)


@pytest.mark.parametrize("method", METHODS)
def test_the_size_of_shards_changes_nothing(tmp_path: Path, method: Method) -> None:
    assert run(tmp_path, "whole", method, Inline(), 20_000) == run(tmp_path, "shards", method, Inline(), 50)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_two_processes_write_the_same_bytes(tmp_path: Path, method: Method) -> None:
    with open_executor("processes", 2) as executor:
        found = run(tmp_path, "processes", method, executor, 17)
    assert found == run(tmp_path, "whole", method, Inline(), 20_000)
