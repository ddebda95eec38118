"""What stays with the publisher leaves a digest, and a training leaves one for each of its parts."""

import json
from pathlib import Path
from typing import Any

import pytest

from commonhold.publish.record_sources import Digested
from commonhold.publish.withheld_digests import (
    adapter_digests,
    digested,
    dropped_by_file,
    is_reported,
    split_digests,
    step_digests,
)

Rows = list[dict[str, Any]]


def written(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def steps(number: int, loss: float = 1.0) -> Rows:
    return [
        {"step": step, "loss": loss / step, "grad_norm": 1.0, "learning_rate": 0.1} for step in range(1, number + 1)
    ]


def test_file_is_known_by_digest_and_lines(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n{}\n")
    # sha256 of "{}\n{}\n", by sha256sum
    digest = "3b00ba5361676a0a8152642a6edaf54a222bd409b5774b5b461ac8d1cee09cb4"
    assert digested(tmp_path / "a.jsonl") == Digested(sha256=digest, lines=2)


def test_order_of_rows_does_not_change_a_splits_digest(tmp_path: Path) -> None:
    rows = [{"split": "train", "n": 1}, {"split": "test", "n": 2}, {"split": "train", "n": 3}]
    there = split_digests(written(tmp_path / "a", rows))
    assert there == split_digests(written(tmp_path / "b", rows[::-1]))
    assert list(there) == ["test", "train"]


def test_another_row_changes_its_own_split_only(tmp_path: Path) -> None:
    rows = [{"split": "train", "n": 1}, {"split": "test", "n": 2}]
    one, other = split_digests(written(tmp_path / "a", rows)), split_digests(written(tmp_path / "b", [*rows, rows[0]]))
    assert one["test"] == other["test"]
    assert one["train"] != other["train"]


def test_only_rows_that_were_left_out_are_counted(tmp_path: Path) -> None:
    rows = [
        {"action": "drop", "file": "a.csv", "reason": "no_consent"},
        {"action": "drop", "file": "a.csv", "reason": "no_consent"},
        {"action": "drop", "file": "b.csv", "reason": "too_short"},
        {"action": "keep", "file": "a.csv", "reason": "drop"},
    ]
    assert dropped_by_file(written(tmp_path / "a", rows)) == {"a.csv": {"no_consent": 2}, "b.csv": {"too_short": 1}}


@pytest.mark.parametrize(
    ("step", "told"), [(1, True), (2, True), (3, False), (5, True), (10, True), (15, False), (20, True), (200, True)]
)
def test_steps_are_told_further_and_further_apart(step: int, told: bool) -> None:
    assert is_reported(step) is told


def test_digest_at_a_step_covers_all_the_steps_before(tmp_path: Path) -> None:
    whole = step_digests(written(tmp_path / "a", steps(12)))
    assert list(whole) == ["1", "2", "5", "10", "12"]
    part = step_digests(written(tmp_path / "b", steps(5)))
    assert part == {step: whole[step] for step in ("1", "2", "5")}
    changed = step_digests(written(tmp_path / "c", [{**steps(1)[0], "loss": 0.5}, *steps(5)[1:]]))
    assert changed.keys() == part.keys()
    assert all(changed[step] != part[step] for step in part)


def test_speed_and_evaluation_do_not_count(tmp_path: Path) -> None:
    plain = step_digests(written(tmp_path / "a", steps(2)))
    timed = [{**step, "tokens_per_second": 5.0} for step in steps(2)]
    assert step_digests(written(tmp_path / "b", [timed[0], {"step": 1, "eval_loss": 2.0}, timed[1]])) == plain


def test_digests_of_the_adapter_are_those_that_training_wrote(tmp_path: Path) -> None:
    rows: Rows = [
        {"step": 1, "loss": 1.0, "adapter_digest": "a1"},
        {"step": 2, "loss": 1.0},
        {"step": 3, "eval_loss": 1.0},
    ]
    assert adapter_digests(written(tmp_path / "a", rows)) == {"1": "a1"}


def test_log_without_steps_has_no_digests(tmp_path: Path) -> None:
    assert step_digests(written(tmp_path / "a", [])) == {}
