"""The documents, held to the code: links lead somewhere, commands parse, messages exist, the tutorial works."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from click.exceptions import Exit
from tests.command_line import parse

from commonhold.cli import main
from commonhold.cli.app import app
from commonhold.curate.rows.datasheet import Datasheet
from commonhold.curate.steps.step import STEPS

ROOT = Path(__file__).parents[1]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *(
        page
        for folder in sorted(ROOT.iterdir())
        if folder.is_dir() and not folder.name.startswith(".")
        for page in sorted(folder.rglob("*.md"))
    ),
]
HOW_TO = ROOT / "docs" / "how-to"
TUTORIAL = ROOT / "docs" / "tutorial" / "first-model.md"
TROUBLE = HOW_TO / "when-something-goes-wrong.md"

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)
NAMED_FILE = re.compile(r"^`([^`\n]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REPOSITORY_FILE = re.compile(r"(?:recipes|tests|docs|deploy|pipeline)/[\w./-]+\.\w+")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


class Command(NamedTuple):
    """A command line in a page, as words."""

    words: tuple[str, ...]
    typed: bool
    """In a shell block, so it must be whole; running text may also say just `commonhold train`."""

    @property
    def shown(self) -> str:
        """As a person would type it."""
        return shlex.join(self.words)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(text: str) -> str:
    """What stands outside fenced blocks."""
    return FENCE.sub("", text)


def spans(text: str) -> list[str]:
    """Code in running text, line breaks in it made spaces."""
    return [" ".join(span.split()) for span in SPAN.findall(prose(text))]


def links(text: str) -> list[str]:
    """Targets of links and pictures, code aside."""
    return LINK.findall(SPAN.sub("", prose(text)))


def anchors(text: str) -> set[str]:
    """What `#…` can name in a page: its headings in small letters, without punctuation, hyphens for spaces."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(text)))
    return {heading.replace(" ", "-") for heading in plain}


def shell_lines(text: str) -> Iterator[str]:
    """Command lines in blocks marked `sh`; a backslash at the end joins two."""
    for language, body in FENCE.findall(text):
        if language == "sh":
            yield from (line for line in body.replace("\\\n", " ").splitlines() if line.strip())


def commands(text: str, program: str) -> list[Command]:
    """Every call of a program, in shell blocks and in running text."""
    typed = [(line.removeprefix("time "), True) for line in shell_lines(text)]
    shown = [*typed, *((span, False) for span in spans(text))]
    return [Command(tuple(shlex.split(line)), whole) for line, whole in shown if line.startswith(f"{program} ")]


def make_targets(text: str) -> set[str]:
    """Targets of every call of make; `NAME=value` is a variable."""
    return {word for command in commands(text, "make") for word in command.words[1:] if "=" not in word}


def files_of(tutorial: str) -> dict[str, str]:
    """The files that a tutorial tells to write: a path alone on its line, then a block with the content."""
    return dict(NAMED_FILE.findall(tutorial))


def broken_links(page: Path, text: str) -> list[str]:
    """Relative links that lead to no file, or to no heading in it."""
    wrong = []
    for link in links(text):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and target.is_file() and anchor not in anchors(read(target))):
            wrong.append(link)
    return wrong


def parses(command: Command) -> bool:
    """Whether the command line takes it; running text may also name a command alone."""
    words = command.words[1:]
    if not command.typed and " ".join(words) in subcommands():
        return True
    try:
        parse(words)
    except Exit as end:  # --help and --version
        return end.exit_code == 0
    except click.UsageError:
        return False
    return True


def subcommands() -> dict[str, click.Command]:
    """The command line's commands by what is typed, groups among them: `eval`, `eval pack`."""
    return dict(app.walk())


def test_pages_were_found() -> None:
    names = {page.relative_to(ROOT).as_posix() for page in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "docs/architecture.md", "eval/README.md"} <= names


@each_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert broken_links(page, read(page)) == []


@each_page
def test_every_command_parses(page: Path) -> None:
    assert [command.shown for command in commands(read(page), "commonhold") if not parses(command)] == []


@each_page
def test_every_make_target_is_in_the_makefile(page: Path) -> None:
    known = set(re.findall(r"^([\w-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    assert make_targets(read(page)) - known == set()


@each_page
def test_every_file_in_a_command_is_there(page: Path) -> None:
    named = {path for line in shell_lines(read(page)) for path in REPOSITORY_FILE.findall(line)}
    missing = {path for path in named if not (ROOT / path).exists()}
    assert missing - set(files_of(read(TUTORIAL))) == set()


@each_page
def test_no_page_waits_for_a_figure(page: Path) -> None:
    assert "TODO" not in read(page)


def test_every_command_is_explained() -> None:
    shown = {
        " ".join(command.words[1:end])
        for page in PAGES
        for command in commands(read(page), "commonhold")
        for end in (2, 3)
    }
    assert len(subcommands()) > 10
    assert set(subcommands()) - shown == set()


def test_every_option_is_explained() -> None:
    options = {
        option
        for sub in subcommands().values()
        for param in sub.params
        if isinstance(param, click.Option) and not param.hidden
        for option in param.opts
    }
    assert {"--set", "--workspace"} <= options
    written = {word for page in PAGES for word in re.findall(r"--[a-z-]+", read(page))}
    assert options - written == set()


def test_every_make_target_is_explained() -> None:
    targets = set(re.findall(r"^([\w-]+):.*##", read(ROOT / "Makefile"), re.MULTILINE))
    assert {"train", "test"} <= targets
    shown = {target for page in PAGES for target in make_targets(read(page))}
    assert targets - shown == set()


@pytest.mark.parametrize("folder", ["how-to", "decisions", "tutorial", "reference"])
def test_the_index_names_every_page(folder: str) -> None:
    pages = {f"{folder}/{page.name}" for page in (ROOT / "docs" / folder).glob("*.md")}
    assert pages
    assert pages - set(links(read(ROOT / "docs" / "README.md"))) == set()


def test_every_message_that_is_explained_is_in_the_code() -> None:
    sources = [read(path) for path in sorted((ROOT / "pipeline").rglob("*.py"))]
    # A message is often written as several literals that Python joins.
    code = re.sub(r'"\s*\n\s*f?"', "", "\n".join([*sources, read(ROOT / "Makefile")]))
    cells = re.findall(r"^\| (`.+?) \| \d?", read(TROUBLE), re.MULTILINE)
    quoted = [span for cell in cells for span in SPAN.findall(cell)]
    assert len(quoted) > 20
    assert [message for message in quoted if message not in code] == []


def test_every_exit_code_is_explained() -> None:
    for page in (ROOT / "README.md", TROUBLE):
        codes = re.findall(r"^\| (\d+) \|", read(page), re.MULTILINE)
        assert codes == ["0", "1", "2", "3", "4", "130"]


def test_every_key_of_a_datasheet_is_explained() -> None:
    page = read(HOW_TO / "your-own-data.md")
    keys = set(Datasheet.model_fields) - {"datasheet"}
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []


def test_every_step_of_curation_is_explained() -> None:
    page = read(HOW_TO / "your-own-data.md")
    (table,) = re.findall(r"^\| step \| what it does \|\n(.+?)\n\n", page, re.MULTILINE | re.DOTALL)
    named = {name for row in table.splitlines() for name in row.split("|")[1].strip().split(", ")}
    assert {step.partition("/")[0] for step in STEPS.built_in()} - named == set()


def test_the_tree_in_the_readme_names_what_is_there() -> None:
    (tree,) = (body for language, body in FENCE.findall(read(ROOT / "README.md")) if "recipes/" in body and language)
    named = {line.split()[0] for line in tree.splitlines()} - {".commonhold/"}
    assert {name for name in named if not (ROOT / name).exists()} == set()
    house = ROOT / "pipeline" / "commonhold"
    rooms = {path.parent.relative_to(ROOT).as_posix() + "/" for path in house.glob("*/__init__.py")}
    assert rooms - named == set()


def test_the_tutorial_works_up_to_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in files_of(read(TUTORIAL)).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    recipe, workspace = str(tmp_path / "recipes/tool-library.yaml"), str(tmp_path / ".commonhold")
    assert main(["check", recipe]) == 0
    assert main(["curate", recipe, "--workspace", workspace]) == 0
    assert "You sent 36 rows. 34 of them are used." in capsys.readouterr().out
    assert main(["plan", recipe, "--workspace", workspace]) == 0


TOY = """# A page

See [there](other.md#a-heading-with-code) and [`code`](missing.md), not `[this](nowhere.md)`, nor
[outside](https://example.org/x.md). Type `make
train RECIPE=x` or `commonhold trian x`; `makeup` and `commonhold` are no commands.

```sh
commonhold train x.yaml \\
  --set seed=1
time commonhold --help
make check PYTHON=python3
```

```text
commonhold nonsense, [here](gone.md)
```
"""


def test_links_are_seen_outside_code_only(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("## A heading, with `code`\n", encoding="utf-8")
    assert broken_links(tmp_path / "page.md", TOY) == ["missing.md"]
    assert broken_links(tmp_path / "page.md", "[x](other.md#another)") == ["other.md#another"]


def test_commands_are_seen_in_shell_blocks_and_in_text() -> None:
    assert [command.shown for command in commands(TOY, "commonhold")] == [
        "commonhold train x.yaml --set seed=1",
        "commonhold --help",
        "commonhold trian x",
    ]
    assert make_targets(TOY) == {"train", "check"}


@pytest.mark.parametrize(
    ("line", "typed", "fine"),
    [
        ("commonhold train RECIPE --force train", True, True),
        ("commonhold --version", True, True),
        ("commonhold train", False, True),
        ("commonhold train", True, False),
        ("commonhold trian", False, False),
        ("commonhold trian RECIPE", True, False),
        ("commonhold eval pack", False, True),
        ("commonhold eval pakc", False, False),
        ("commonhold serve RECIPE --json", False, False),
    ],
)
def test_parses_sees_what_the_command_line_refuses(
    line: str, typed: bool, fine: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parses(Command(tuple(line.split()), typed)) is fine
    capsys.readouterr()


def test_files_of_a_tutorial_are_a_path_and_a_block() -> None:
    page = "`a/b.csv`\n\n```csv\nx,y\n```\n\nUse `c.yaml`:\n\n```yaml\nz: 1\n```\n"
    assert files_of(page) == {"a/b.csv": "x,y\n"}
