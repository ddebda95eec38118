"""What `commonhold train` shows: the scores first, whatever becomes of the publication after them."""

from pathlib import Path

import pytest
from tests.community import make_community

from commonhold.cli import main
from commonhold.errors import CommonholdError, DigestError


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A toy community; its runs are not told to MLflow, which takes longer than they do."""
    monkeypatch.setattr("commonhold.releases.tracking.track_if_needed", lambda *_: None)
    return make_community(tmp_path / "community")


def train(recipe: Path, *overrides: str) -> int:
    workspace = str(recipe.parents[1] / "work")
    settings = [word for override in overrides for word in ("--set", override)]
    return main(["train", str(recipe), "--workspace", workspace, *settings])


SCORES = ("Says who looks after it", "report.html", "data report", "training  ")


def test_scores_and_reports_come_first_then_what_was_published(
    recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(recipe) == 0
    shown = capsys.readouterr().out
    assert all(text in shown for text in SCORES)
    assert shown.index("data report") < shown.index("is published as the candidate.") < shown.index("model card")
    assert "left out" not in shown
    assert train(recipe) == 0
    again = capsys.readouterr().out
    assert all(text in again for text in SCORES)
    assert "no stage was run" in again


def test_a_gate_that_says_no_hides_no_score(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(recipe, "evaluate.gates=[{task: replies, min_tuned: 1.0}]") == 3
    shown = capsys.readouterr()
    assert all(text in shown.out for text in SCORES)
    assert "Gates: 0 of 1 hold, 1 failed, 0 undecided." in shown.out
    assert "not published, because 1 of 1 gate says no" in shown.err
    assert "is published" not in shown.out


@pytest.mark.parametrize("error", [CommonholdError("no"), DigestError("no")])
def test_a_publication_that_breaks_hides_no_score(
    recipe: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: CommonholdError
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("commonhold.stages.publication.assemble", fail)
    assert train(recipe) == error.exit_code
    shown = capsys.readouterr()
    assert all(text in shown.out for text in SCORES)
    assert shown.err.endswith("commonhold: no\n")


def test_a_form_that_is_left_out_is_said_at_the_end(
    recipe: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("commonhold.stages.weight_files.why_worse", lambda *_: "it is surely worse at replies")
    assert train(recipe) == 0
    shown = capsys.readouterr()
    assert "  left out: the merged model. It is surely worse at replies.\n" in shown.out
    assert "note: the merged model is left out, because it is surely worse at replies" in shown.err
    assert "report this" not in shown.out + shown.err
