"""The house rules, held: floors, doors, sizes, names; and the rules themselves, tried on toy houses."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from tests.house import HOUSE, PACKAGE, ROOT, Module, doors, imported, read_house
from tests.untyped import untyped

# From the ground up; rooms of one floor do not know each other.
FLOORS = (
    {"__init__"},
    {"errors"},
    {
        "charts",
        "digests",
        "number_format",
        "files",
        "file_signatures",
        "form_messages",
        "keyed_ids",
        "page_templates",
        "seeds",
        "strict_json",
        "environment",
    },
    {"forms", "registry", "typed_json"},
    {"glossary"},
    {"sheets"},
    {"signatures"},
    {"records"},
    {"models", "wilson"},
    {"recipe", "provenance", "curate", "train", "evaluate", "publish", "serve"},
    {"stages"},
    {"releases"},
    {"cli"},
    {"__main__"},
)
# The only files or rooms that may name a library.
DOORS = {
    "yaml": {"forms"},
    "mlflow": {"provenance.mlflow_ledger"},
    "trl": {"train"},
    **{name: {"serve"} for name in ("starlette", "uvicorn", "fastapi", "flask", "aiohttp")},
    **{name: {"models", "train", "evaluate"} for name in ("torch", "transformers", "peft", "bitsandbytes")},
}
# What reads a table: only the room `sheets` does, so that every table is read with the same guesses.
READERS = {
    "csv.reader", "csv.DictReader", "openpyxl.load_workbook", "python_calamine", "charset_normalizer", "pyarrow.csv",
}  # fmt: skip
# Not loaded with the commands and their options: `commonhold --help` answers at once.
NOT_AT_START = {"torch", "transformers", "mlflow", "datasets", "ray", "trl", "peft", "numpy", "pyarrow", "pydantic"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "core", "base", "manager"}
MAX_FILE_LINES, MAX_FUNCTION_LINES, MAX_PARAMETERS = 400, 60, 8

Function = ast.FunctionDef | ast.AsyncFunctionDef


def floors(modules: list[Module]) -> list[str]:
    """Doors that lead up, or sideways to a neighbour."""
    level = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    names = {module.name: module for module in modules}
    wrong = [f"{module.name}: stands on no floor" for module in modules if module.room not in level]
    for module in modules:
        for other in sorted(doors(module, names)):
            room = other.split(".")[0]
            if room != module.room and level.get(room, 0) >= level.get(module.room, 0):
                wrong.append(f"{module.name} imports {other}")
    return wrong


def libraries(modules: list[Module]) -> list[str]:
    """Libraries named outside the rooms that may name them."""
    wrong = []
    for module in modules:
        for library in sorted({dotted.split(".")[0] for dotted in imported(module)}):
            allowed = DOORS.get(library)
            if allowed is not None and not allowed & {module.name, module.room}:
                wrong.append(f"{module.name} imports {library}")
    return wrong


def table_readers(modules: list[Module]) -> list[str]:
    """Readers of tables, imported or called by their module, outside the room that reads tables."""
    wrong = []
    for module in (module for module in modules if module.room != "sheets"):
        called = {
            f"{node.value.id}.{node.attr}"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        found = {
            name for name in (*imported(module), *called) for reader in READERS if f"{name}.".startswith(f"{reader}.")
        }
        wrong += [f"{module.name} reads tables with {name}" for name in sorted(found)]
    return wrong


def cycles(modules: list[Module]) -> list[str]:
    """Modules from which imports, wherever they stand, lead back to themselves."""
    names = {module.name: module for module in modules}
    opened = {module.name: doors(module, names) for module in modules}
    wrong = []
    for start in sorted(opened):
        reached: set[str] = set()
        waiting = list(opened[start])
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting.extend(opened[name])
        if start in reached:
            wrong.append(f"{start} imports itself by way of others")
    return wrong


def sizes(modules: list[Module]) -> list[str]:
    """Files, functions and parameter lists that are too long."""
    wrong = []
    for module in modules:
        lines = len(module.path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_FILE_LINES:
            wrong.append(f"{module.name} has {lines} lines")
        for node in ast.walk(module.tree):
            if isinstance(node, Function):
                wrong += [f"{module.name}.{node.name} {trouble}" for trouble in _too_long(node)]
    return wrong


def _too_long(function: Function) -> Iterator[str]:
    lines = (function.end_lineno or 0) - function.lineno + 1
    if lines > MAX_FUNCTION_LINES:
        yield f"has {lines} lines"
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parameters = len([each for each in named if each.arg not in ("self", "cls")])
    parameters += sum(each is not None for each in (arguments.vararg, arguments.kwarg))
    if parameters > MAX_PARAMETERS:
        yield f"has {parameters} parameters"


def empty_names(modules: list[Module]) -> list[str]:
    """Modules and rooms whose name says nothing."""
    return [module.name for module in modules if EMPTY_NAMES & {part.strip("_") for part in module.name.split(".")}]


def unexplained(modules: list[Module]) -> list[str]:
    """Public modules without a docstring."""
    public = (module for module in modules if not module.path.name.startswith("_") or module.path.name == "__init__.py")
    return [module.name for module in public if not ast.get_docstring(module.tree)]


def namesakes(modules: list[Module]) -> list[str]:
    """Classes of one name in several modules: one name means one thing."""
    found: dict[str, list[str]] = {}
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(module.name)
    return [f"{name}: {', '.join(places)}" for name, places in sorted(found.items()) if len(places) > 1]


def importable(root: Path) -> list[str]:
    """Top-level folders that Python could import under a name that others have taken."""
    return [name for name in ("pipeline", "eval", "deploy") if list((root / name).glob("*.py"))]


RULES = [floors, libraries, table_readers, cycles, sizes, empty_names, unexplained, namesakes, untyped]


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return read_house(HOUSE)


def test_the_house_was_found(modules: list[Module]) -> None:
    assert {"__init__", "errors", "recipe", "recipe.load", "records.score"} <= {module.name for module in modules}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Callable[[list[Module]], list[str]], modules: list[Module]) -> None:
    assert rule(modules) == []


def test_no_folder_takes_a_name_that_others_have() -> None:
    assert importable(ROOT) == []


def test_tests_are_no_longer_than_what_they_test() -> None:
    assert [line for line in sizes(read_house(ROOT / "tests")) if line.endswith("lines")] == []


def test_the_command_line_starts_without_heavy_libraries() -> None:
    program = f"import sys, {PACKAGE}.cli.dispatch; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, env={"PYTHONPATH": str(HOUSE.parent)}, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in ran.stdout.split()}
    assert PACKAGE in loaded
    assert loaded & NOT_AT_START == set()


def _toy(folder: Path, files: Mapping[str, str]) -> list[Module]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return read_house(folder)


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ({"errors.py": "import commonhold.forms", "forms.py": ""}, ["errors imports forms"]),
        ({"errors.py": "from commonhold import forms", "forms.py": ""}, ["errors imports forms"]),
        ({"train/a.py": "from commonhold.curate.b import c", "curate/b.py": ""}, ["train.a imports curate.b"]),
        ({"files.py": "from commonhold.seeds import x", "seeds.py": ""}, ["files imports seeds"]),
        ({"train/a.py": "def f():\n from commonhold.cli import x", "cli/__init__.py": ""}, ["train.a imports cli"]),
        ({"train/a.py": "from ..stages import x", "stages/__init__.py": ""}, ["train.a imports stages"]),
        ({"train/__init__.py": "from ..cli import x", "cli/__init__.py": ""}, ["train imports cli"]),
        ({"train/a.py": "import_module('commonhold.cli')", "cli/__init__.py": ""}, ["train.a imports cli"]),
        ({"attic.py": ""}, ["attic: stands on no floor"]),
        ({"train/a.py": "from commonhold.train.b import c", "train/b.py": ""}, []),
        ({"train/a.py": "from . import b", "train/b.py": ""}, []),
        ({"cli/a.py": "from commonhold import __version__, errors", "__init__.py": "", "errors.py": ""}, []),
        ({"train/a.py": "import commonholders.cli"}, []),
    ],
)
def test_floors_see(tmp_path: Path, files: Mapping[str, str], wrong: list[str]) -> None:
    assert floors(_toy(tmp_path, files)) == wrong


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ({"curate/a.py": "import yaml"}, ["curate.a imports yaml"]),
        ({"curate/a.py": "def f():\n from torch.nn import Linear"}, ["curate.a imports torch"]),
        ({"provenance/ledger.py": "import mlflow.tracking as t"}, ["provenance.ledger imports mlflow"]),
        ({"models/a.py": "import trl"}, ["models.a imports trl"]),
        ({"cli/a.py": "import starlette"}, ["cli.a imports starlette"]),
        ({"publish/a.py": "__import__('peft')"}, ["publish.a imports peft"]),
        ({"forms.py": "import yaml", "provenance/mlflow_ledger.py": "import mlflow", "train/a.py": "import torch"}, []),
        ({"curate/a.py": "import yamllint, torchvision"}, []),
    ],
)
def test_libraries_see(tmp_path: Path, files: Mapping[str, str], wrong: list[str]) -> None:
    assert libraries(_toy(tmp_path, files)) == wrong


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ({"curate/a.py": "import csv\ncsv.reader([])"}, ["curate.a reads tables with csv.reader"]),
        ({"curate/a.py": "from csv import DictReader"}, ["curate.a reads tables with csv.DictReader"]),
        ({"evaluate/a.py": "def f():\n import python_calamine"}, ["evaluate.a reads tables with python_calamine"]),
        ({"forms.py": "from charset_normalizer import x"}, ["forms reads tables with charset_normalizer.x"]),
        ({"curate/a.py": "from pyarrow import csv"}, ["curate.a reads tables with pyarrow.csv"]),
        (
            {"serve/a.py": "import openpyxl\nopenpyxl.load_workbook(x)"},
            ["serve.a reads tables with openpyxl.load_workbook"],
        ),
        ({"sheets/a.py": "import csv, python_calamine\ncsv.reader([])"}, []),
        ({"curate/a.py": "import csv, openpyxl\ncsv.writer(x)\nopenpyxl.Workbook()"}, []),
    ],
)
def test_table_readers_see(tmp_path: Path, files: Mapping[str, str], wrong: list[str]) -> None:
    assert table_readers(_toy(tmp_path, files)) == wrong


def test_cycles_see_a_ring_and_only_the_ring(tmp_path: Path) -> None:
    ring = {"train/a.py": "import commonhold.train.b", "train/b.py": "def f():\n from commonhold.train.c import x"}
    modules = _toy(tmp_path, {**ring, "train/c.py": "from . import a", "train/d.py": "from . import a"})
    assert cycles(modules) == [f"train.{name} imports itself by way of others" for name in "abc"]


def _function(lines: int = 2, parameters: str = "") -> str:
    return f"def f({parameters}):\n" + " x = 1\n" * (lines - 1)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("x = 1\n" * 401, ["errors has 401 lines"]),
        ("x = 1\n" * 400, []),
        (_function(61), ["errors.f has 61 lines"]),
        (_function(60), []),
        ("async " + _function(61), ["errors.f has 61 lines"]),
        (_function(parameters="a, b, c, /, d, e, *f, g, **h"), []),
        (_function(parameters="a, b, c, /, d, e, *f, g, h, **i"), ["errors.f has 9 parameters"]),
        (_function(parameters="self, a, b, c, d, e, f, g, h"), []),
    ],
)
def test_sizes_see(tmp_path: Path, text: str, wrong: list[str]) -> None:
    assert sizes(_toy(tmp_path, {"errors.py": text})) == wrong


@pytest.mark.parametrize("name", ["utils.py", "train/_helpers.py", "core/a.py", "train/base.py", "misc/__init__.py"])
def test_empty_names_see(tmp_path: Path, name: str) -> None:
    assert len(empty_names(_toy(tmp_path, {name: ""}))) == 1


def test_empty_names_leave_longer_words_alone(tmp_path: Path) -> None:
    assert empty_names(_toy(tmp_path, {"train/database.py": "", "train/base_weights.py": "", "scores.py": ""})) == []


def test_unexplained_sees_modules_and_rooms_but_not_private_ones(tmp_path: Path) -> None:
    modules = _toy(tmp_path, {"a.py": "# a comment", "b.py": '"""What it is."""', "_c.py": "", "d/__init__.py": ""})
    assert unexplained(modules) == ["a", "d"]


def test_namesakes_sees_a_class_of_one_name_in_two_modules(tmp_path: Path) -> None:
    modules = _toy(tmp_path, {"train/a.py": "class Job: 1", "serve/b.py": "class Job: 1", "c.py": "class Jobs: 1"})
    assert namesakes(modules) == ["Job: serve.b, train.a"]


def test_importable_sees_a_folder_that_became_a_package(tmp_path: Path) -> None:
    _toy(tmp_path, {"eval/__init__.py": "", "deploy/README.md": "", "pipeline/commonhold/__init__.py": ""})
    assert importable(tmp_path) == ["eval"]


def _crossing(tmp_path: Path, train: str, stages: str = "from commonhold.train.a import f") -> list[str]:
    return untyped(_toy(tmp_path, {"train/a.py": train, "train/b.py": "Box = dict[str, Any]", "stages/a.py": stages}))


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: Mapping[str, Any]): ...",
        "def f() -> dict[str, Any]: ...",
        "def f(*, x: Sequence[Mapping[str, Any]] | None = None): ...",
        "def f(**x: dict): ...",
        "def f(x: 'dict[str, Any]'): ...",
        "def f(x: 'list[Mapping]'): ...",
        "class f:\n x: Mapping[str, Mapping[str, Any]]",
        "class f:\n def g(self) -> dict[str, Any]: ...",
        "class f:\n def __init__(self, x: dict[str, Any]): ...",
        "f: Mapping[str, Any] = {}",
        "f = Mapping[str, Any]",
    ],
)
def test_untyped_sees(tmp_path: Path, text: str) -> None:
    assert _crossing(tmp_path, text) == ["train.a.f lets a mapping of anything cross"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("class g:\n x: dict[str, Any]\ndef f() -> g: ...", "train.a.g"),
        ("class g:\n x: dict[str, Any]\ndef f() -> 'list[g]': ...", "train.a.g"),
        ("from commonhold.train.b import Box\ndef f(x: Box): ...", "train.b.Box"),
        ("from commonhold.train import b\ndef f(x: b.Box): ...", "train.b.Box"),
    ],
)
def test_untyped_sees_through_the_types_that_are_named(tmp_path: Path, text: str, where: str) -> None:
    assert _crossing(tmp_path, text) == [f"{where} lets a mapping of anything cross"]


@pytest.mark.parametrize(
    "stages", ["from commonhold.train import a", "import commonhold.train.a", "from ..train import a"]
)
def test_untyped_sees_a_module_that_is_taken_whole(tmp_path: Path, stages: str) -> None:
    assert len(_crossing(tmp_path, "def f(x: dict[str, Any]): ...\ndef _g(x: dict[str, Any]): ...", stages)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: Mapping[str, int], y: Any, z: list[Any], w: Literal['dict of']): ...",
        "def f(x: int):\n y: dict[str, Any] = {}",
        "def f(x: int): ...\ndef g(x: dict[str, Any]): ...",
        "class f:\n _x: dict[str, Any]\n def _g(self) -> dict[str, Any]: ...",
        "f = dict(a=1)",
        "def _g(x: dict[str, Any]): ...\ndef f(x: int): ...",
    ],
)
def test_untyped_leaves_alone_what_stays_inside(tmp_path: Path, text: str) -> None:
    assert _crossing(tmp_path, text) == []


def test_untyped_lets_a_room_speak_to_itself(tmp_path: Path) -> None:
    assert _crossing(tmp_path, "def f(x: dict[str, Any]): ...", "") == []
    inside = {"train/a.py": "def f(x: dict[str, Any]): ...", "train/c.py": "from commonhold.train.a import f"}
    assert untyped(_toy(tmp_path, inside)) == []
