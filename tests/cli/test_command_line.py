"""What can be typed: where options may stand, how a slip is answered, what the help pages show."""

import inspect
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest
from tests.command_line import parse

from commonhold.cli import main
from commonhold.cli.app import SECTIONS, app
from commonhold.cli.command import Command, CommandGroup, GroupWithDefault
from commonhold.cli.options import DEFAULT_WORKSPACE

COMMANDS: dict[str, click.Command] = {
    path: each.default if isinstance(each, GroupWithDefault) else each
    for path, each in app.walk()
    if not isinstance(each, CommandGroup) or isinstance(each, GroupWithDefault)
}
"""Everything that can be run, by what is typed."""


def options(command: click.Command) -> dict[str, click.Option]:
    return {name: each for each in command.params if isinstance(each, click.Option) for name in each.opts}


def words(command: click.Command) -> Iterator[str]:
    """The fewest words that a command takes behind its name."""
    for each in command.params:
        if each.required:
            if isinstance(each, click.Option):
                yield each.opts[0]
            yield each.type.choices[0] if isinstance(each.type, click.Choice) else "x"


def placements(path: str, *option: str) -> list[list[str]]:
    """A command line with an option at every place that there is for one."""
    whole = [*path.split(), *words(COMMANDS[path])]
    starts = [place for place in range(len(whole)) if not whole[place - 1].startswith("--") or place == 0]
    return [*([*whole[:place], *option, *whole[place:]] for place in starts), [*whole, *option]]


def taking(option: str) -> list[str]:
    return [path for path, each in COMMANDS.items() if option in options(each) and not options(each)[option].hidden]


def test_commands_were_found() -> None:
    assert {"train", "curate", "curate show", "eval pack", "completion"} <= set(COMMANDS)
    assert "eval" not in COMMANDS
    assert len(taking("--workspace")) > 25
    assert len(placements("eval pack", "--json")) == 5


@pytest.mark.parametrize("path", taking("--workspace"))
def test_the_workspace_is_named_at_any_place(path: str) -> None:
    for line in placements(path, "--workspace", "kept") + placements(path, "--workspace=kept"):
        context = parse(line)
        assert (context.params["workspace"], context.command) == (Path("kept"), COMMANDS[path]), line


@pytest.mark.parametrize("path", taking("--json"))
def test_json_is_asked_for_at_any_place(path: str) -> None:
    for line in placements(path, "--json"):
        assert parse(line).params["answer"].as_json, line
    assert not parse(placements(path)[0]).params["answer"].as_json


def test_an_option_changes_nothing_but_itself_wherever_it_stands() -> None:
    plain = parse(["eval", "pack", "run", "--out", "o"]).params
    for line in (
        ["--items", "7", "eval", "pack", "run", "--out", "o"],
        ["eval", "--items", "7", "pack", "run", "--out=o"],
    ):
        assert parse(line).params == {**plain, "items": 7}


def test_a_workspace_that_is_not_named_is_the_usual_one() -> None:
    assert parse(["train", "r.yaml"]).params["workspace"] == DEFAULT_WORKSPACE


def test_a_command_that_needs_no_workspace_takes_one() -> None:
    assert parse(["--workspace", "kept", "catalog"]).command.name == "catalog"
    assert "--workspace" not in parse(["catalog"]).command.get_help(parse(["catalog"]))


def test_an_empty_value_takes_no_word_from_the_line() -> None:
    context = parse(["--set=", "train", "r.yaml"])
    assert (context.command.name, context.params["overrides"]) == ("train", ("",))


def test_the_later_of_two_workspaces_counts() -> None:
    assert parse(["--workspace", "a", "train", "r.yaml", "--workspace", "b"]).params["workspace"] == Path("b")


def test_options_of_one_name_agree_on_whether_they_take_a_value() -> None:
    flags: dict[str, set[bool]] = {}
    for each in COMMANDS.values():
        for name, option in options(each).items():
            flags.setdefault(name, set()).add(option.is_flag)
    assert [name for name, kinds in flags.items() if len(kinds) > 1] == []


@pytest.mark.parametrize("path", COMMANDS)
def test_a_function_takes_what_its_command_reads(path: str) -> None:
    command = COMMANDS[path]
    assert command.callback is not None
    signature = inspect.signature(command.callback)
    taken = set(signature.parameters) - {"typed", "context"}
    for each in signature.parameters.values():
        if each.kind is inspect.Parameter.VAR_KEYWORD:
            (fields,) = get_args(each.annotation)
            taken = (taken - {each.name}) | set(fields.__annotations__)
    assert taken == {each.name for each in command.params if each.expose_value}


def test_several_values_may_follow_one_option() -> None:
    line = ["eval", "pack", "run", "--tasks", "a", "b", "--out", "o", "--tasks", "c", "--language", "en", "es"]
    params = parse(line).params
    assert (params["tasks"], params["languages"], params["evaluation"]) == (("a", "b", "c"), ("en", "es"), "run")


def test_overrides_are_given_several_times() -> None:
    params = parse(["--set", "seed=1", "curate", "--set", "train.epochs=2", "r.yaml", "--set", "name=x"]).params
    assert params["overrides"] == ("seed=1", "train.epochs=2", "name=x")


def test_curate_takes_a_recipe_or_a_command() -> None:
    assert parse(["curate", "r.yaml"]).params["recipe"] == Path("r.yaml")
    assert parse(["curate", "show", "a.csv:1"]).params["record"] == "a.csv:1"
    assert parse(["curate", "show.yaml"]).params["recipe"] == Path("show.yaml")
    assert parse(["curate", "./show"]).params["recipe"] == Path("show")


def test_a_file_that_is_called_nearly_like_a_command_is_a_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(click.exceptions.NoSuchCommand):
        parse(["curate", "shwo"])
    (tmp_path / "shwo").touch()
    assert parse(["curate", "shwo"]).params["recipe"] == Path("shwo")


def said(capsys: pytest.CaptureFixture[str], line: str) -> str:
    """What is said to a command line that does not fit."""
    assert main(line.split()) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("trian", "no such command: 'trian'; did you mean 'train'?"),
        ("chekc r.yaml", "no such command: 'chekc'; did you mean 'check'?"),
        ("--workspace ws trian r.yaml", "no such command: 'trian'; did you mean 'train'?"),
        ("eval chek", "no such command: 'eval chek'; did you mean 'eval check'?"),
        ("curate shwo x", "no such command: 'curate shwo'; did you mean 'curate show'?"),
        ("curate why-droped", "no such command: 'curate why-droped'; did you mean 'curate why-dropped'?"),
        ("pack", "no such command: 'pack'; did you mean 'eval pack'?"),
        ("xyzzy", "no such command: 'xyzzy'. Run: commonhold --help"),
        ("eval xyzzy", "no such command: 'eval xyzzy'. Run: commonhold eval --help"),
    ],
)
def test_a_misspelt_command_is_answered_in_one_line(
    line: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, line) == f"commonhold: {message}\n"


TOP, TRAIN, SERVE = (
    "commonhold [OPTIONS] COMMAND ...",
    "commonhold train [OPTIONS] RECIPE",
    "commonhold serve [OPTIONS] RECIPE",
)
PACK, SIGN = "commonhold eval pack [OPTIONS] RUN_OR_FOLDER", "commonhold sign [OPTIONS] MODEL"


@pytest.mark.parametrize(
    ("line", "usage", "message"),
    [
        ("train --workspce ws r.yaml", TRAIN, "no such option: --workspce; did you mean '--workspace'?"),
        ("--workspce ws train", TOP, "no such option: --workspce; did you mean '--workspace'?"),
        ("eval pack --itmes 3 run", PACK, "no such option: --itmes; did you mean '--items'?"),
        ("train --qqq r.yaml", TRAIN, "no such option: --qqq. Run: commonhold train --help"),
        ("train", TRAIN, "missing argument RECIPE: the recipe's YAML file. Run: commonhold train --help"),
        ("sign m", SIGN, "missing option --key FILE: the private key, as PEM. Run: commonhold sign --help"),
        ("train r.yaml --set", TRAIN, "option '--set' requires an argument. Run: commonhold train --help"),
        ("train r.yaml more", TRAIN, "unexpected argument: more. Run: commonhold train --help"),
        ("train r --workers 0", TRAIN, "--workers: a number from 1 to 1024, not '0'. Run: commonhold train --help"),
        ("serve r.yaml --json", SERVE, "no such option: --json. Run: commonhold serve --help"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_below_the_commands_usage(
    line: str, usage: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, line) == f"Usage: {usage}\ncommonhold: {message}\n"


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("train --epochs 3 r.yaml", "--set train.epochs=3"),
        ("train --epochs=3 r.yaml", "--set train.epochs=3"),
        ("train r.yaml --epochs", "--set train.epochs=VALUE"),
        ("curate --min-words 3 r.yaml", "--set data.min_words=3"),
        ("train r.yaml --learning-rate --json", "--set train.learning_rate=VALUE"),
        ("train r.yaml --train.lora.rank 8", "--set train.lora.rank=8"),
        ("train r.yaml --rnk 8", "--set train.lora.rank=8"),
        ("--epochs 3 train r.yaml", "--set train.epochs=3"),
    ],
)
def test_an_option_named_like_a_key_leads_to_set(line: str, written: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, line).endswith(f". To override a key of the recipe: {written}\n")


def test_a_command_without_a_recipe_offers_no_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--set" not in said(capsys, "runs --epochs 3")


@pytest.mark.parametrize("line", ["", "eval", "curate"])
def test_a_group_without_a_word_shows_its_page_as_a_mistake(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    error = said(capsys, line)
    assert main([*line.split(), "--help"]) == 0
    assert capsys.readouterr().out == error


def test_the_page_of_eval_names_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--help"]) == 0
    shown = set(re.findall(r"^  (\w+)  ", capsys.readouterr().out, re.MULTILINE))
    assert {"check", "export", "import", "new", "pack", "preview", "ratings"} <= shown


def test_the_page_of_curate_shows_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["curate", "-h"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("Usage: commonhold curate [OPTIONS] RECIPE\n       commonhold curate COMMAND ...\n")
    assert "\n  --executor WHERE " in page
    for name, each in COMMANDS.items():
        if name.startswith("curate "):
            assert re.search(rf"^  {name.removeprefix('curate ')} +{each.short_help}$", page, re.MULTILINE), name


def test_each_command_is_in_exactly_one_section_of_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    page = capsys.readouterr().out
    headings = [section.title for section in SECTIONS]
    assert [line[:-1] for line in page.splitlines() if line[:-1] in headings] == headings
    listed = re.findall(r"^  ((?:curate |eval )?[a-z-]+) {2,}[A-Z]", page, re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("path", ["", *COMMANDS, "eval"])
def test_a_page_fits_a_terminal_and_ends_with_the_exit_codes(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*path.split(), "--help"]) == 0
    page = capsys.readouterr().out
    assert max(map(len, page.splitlines())) <= 80
    ends = " ".join(page.split()).rpartition("Exit codes: ")[2]
    assert re.findall(r"\b\d+\b", ends) == ["0", "1", "2", "3", "4", "130"]


@pytest.mark.parametrize("path", COMMANDS)
def test_a_line_of_the_help_is_one_line_of_80_columns(path: str) -> None:
    command = COMMANDS[path]
    assert isinstance(command, Command)
    width = max(map(len, COMMANDS))
    assert 0 < len(command.short_help or "") <= 80 - 4 - width - 2
    assert all(each.help for each in command.params if not getattr(each, "hidden", False))


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"commonhold \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_help_takes_at_most_three_tenths_of_a_second_of_processor() -> None:
    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "commonhold", "--help"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) <= 0.3
