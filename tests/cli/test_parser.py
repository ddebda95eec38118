"""Where options may stand."""

from pathlib import Path

import pytest

from commonhold.cli.parser import DEFAULT_WORKSPACE, build_parser, joined


@pytest.mark.parametrize(
    "words",
    [
        ["--workspace", "kept", "train", "r.yaml"],
        ["train", "r.yaml", "--workspace", "kept"],
        ["--workspace=kept", "curate", "show", "messages.csv:1"],
        ["--workspace", "kept", "curate", "why-dropped"],
        ["curate", "show", "messages.csv:1", "--workspace", "kept"],
        ["check", "r.yaml", "--workspace", "kept"],
    ],
)
def test_the_workspace_is_named_before_or_behind_the_command(words: list[str]) -> None:
    assert build_parser().parse_args(joined(words)).workspace == Path("kept")


def test_a_workspace_that_is_not_named_is_the_usual_one() -> None:
    assert build_parser().parse_args(["train", "r.yaml"]).workspace == DEFAULT_WORKSPACE


def test_a_recipe_may_be_called_like_a_word_of_the_command_line() -> None:
    assert joined(["curate", "show.yaml"]) == ["curate", "show.yaml"]
    assert joined(["curate"]) == ["curate"]
    assert joined([]) == []


@pytest.mark.parametrize("words", [["eval"], ["eval", "chek"], ["eval", "--help"]])
def test_first_word_of_two_names_the_second_ones(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(joined(words))
    said = "".join(capsys.readouterr())
    assert all(second in said for second in ("check", "export", "import", "new", "pack", "preview", "ratings"))
