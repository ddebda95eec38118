"""eval pack and eval ratings as an organiser types them."""

import json
from pathlib import Path

import pytest
from tests.community import TOY_BASE
from tests.evaluate.people.makers import make_evaluation, make_scores
from tests.toys import make_base

from commonhold.cli import main
from commonhold.evaluate.result_files import write_results


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A community's folder with an evaluation in it."""
    scores = make_scores(8)
    write_results(make_evaluation(scores), scores, tmp_path / "evaluation")
    return tmp_path


def run(folder: Path, *words: str) -> int:
    return main(["eval", *words, "--workspace", str(folder / "work")])


def made(folder: Path, *words: str) -> Path:
    assert run(folder, "pack", str(folder / "evaluation"), "--out", str(folder / "pack"), *words) == 0
    return folder / "pack"


def answered(folder: Path, rater: str) -> Path:
    pack = json.loads((folder / "pack" / "pack.json").read_text(encoding="utf-8"))
    answers = [{"question": question["id"], "verdict": "A"} for question in pack["questions"]]
    file = folder / f"{rater}.json"
    data = {"ratings": 1, "pack": pack["id"], "rater": rater, "answers": answers}
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def test_from_an_evaluation_to_what_people_say(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(folder, "--items", "6", "--repeats", "0.2", "--ask-right", "--title", "Lamps", "--page-language", "es")
    said = capsys.readouterr().out
    assert "6 items of 8, 2 of them asked twice" in said
    assert "pack-key.json: it says whose reply is whose" in said
    files = [str(answered(folder, name)) for name in ("heron", "otter")]
    assert run(folder, "ratings", str(folder / "pack"), *files) == 0
    out = capsys.readouterr().out
    assert "by 2 people on 6 items" in out
    (report,) = (folder / "work" / "ratings").glob("*/report.html")
    assert str(report) in out


def test_json_is_for_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(folder)
    capsys.readouterr()
    assert run(folder, "ratings", str(folder / "pack"), str(answered(folder, "heron")), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["answers"], data["raters"], data["judge"]) == (9, 1, None)
    assert data["sentences"]


def test_another_packs_key_is_a_digest_that_differs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(folder)
    words = ("pack", str(folder / "evaluation"), "--out", str(folder / "other"), "--key", str(folder / "k.json"))
    assert run(folder, *words) == 0
    answers = str(answered(folder, "heron"))
    assert run(folder, "ratings", str(folder / "pack"), answers, "--key", str(folder / "k.json")) == 4
    assert "not the key that pack" in capsys.readouterr().err


def test_a_second_pack_does_not_overwrite_the_first_ones_key(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(folder)
    assert run(folder, "pack", str(folder / "evaluation"), "--out", str(folder / "pack")) == 2
    assert "there is a key already, and its pack needs it. Name another file: --key" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere", "--out", "x"), "no evaluation goes by the name 'nowhere'. Name a run"),
        (("EVALUATION", "--out", "x", "--page-language", "xx"), "the page speaks no 'xx'. Take one of: en, es"),
        (("EVALUATION", "--out", "x", "--tasks", "dsk"), "did you mean 'desk'?"),
        (("EVALUATION", "--out", "x", "--language", "fr"), "the evaluation has no language 'fr'; It has: en"),
    ],
)
def test_a_wrong_wish_is_a_message(
    words: tuple[str, ...], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"EVALUATION": str(folder / "evaluation"), "x": str(folder / "x")}
    assert run(folder, "pack", *(places.get(word, word) for word in words)) == 2
    assert said in capsys.readouterr().err


def test_files_without_an_answer_are_a_message(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = made(folder)
    assert run(folder, "ratings", str(pack), str(pack / "rate.csv")) == 2
    assert "the files hold no answer" in capsys.readouterr().err


@pytest.mark.parametrize("share", ["-0.1", "0.6", "half", "nan"])
def test_the_share_of_repeats_has_bounds(share: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "pack", "x", "--out", "y", f"--repeats={share}") == 2
    assert f"--repeats: a share from 0 to 0.5, not '{share}'" in capsys.readouterr().err


def test_a_judge_is_tried_and_not_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_base(folder / "work" / "bases" / TOY_BASE)
    made(folder)
    assert run(folder, "ratings", str(folder / "pack"), str(answered(folder, "heron")), "--judge", TOY_BASE) == 0
    out = capsys.readouterr().out
    assert f"{TOY_BASE} as judge is not counted, because only 1 person answered, and 3 are needed" in out
