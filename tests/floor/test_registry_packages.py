"""What other packages register: found once, in a fixed order, and refused with the package's name."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commonhold.errors import RequestError
from commonhold.registry import Package, Registry

GROUP = "commonhold.toys"
Install = Callable[..., None]


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry[str]]:
    """A registry with `top/1` of its own, under the name by which toy packages import it."""
    registry: Registry[str] = Registry("toy", home="tests.floor", group=GROUP, refuse=refuse)
    monkeypatch.setattr("commonhold.registry._import_below", lambda _: None)
    monkeypatch.setattr("commonhold.TOYS", registry, raising=False)
    registry.register("top/1")("of commonhold")
    registry._modules["top/1"] = "tests.floor.top"
    before = set(sys.modules)
    yield registry
    for name in set(sys.modules) - before:
        del sys.modules[name]


def refuse(name: str, thing: str, _: object) -> str:
    return "it is broken" if thing == "broken" else ""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a package on the path, as an installer leaves it: `install("kites", "kite/1")`, or with a module's text."""
    monkeypatch.syspath_prepend(tmp_path)

    def put(package: str, *names: str, text: str = "", point: str = "", version: str = "1.0") -> None:
        lines = ["from commonhold import TOYS", *(f"TOYS.register({name!r})({package!r})" for name in names), text]
        (tmp_path / f"{package}.py").write_text("\n".join(lines), encoding="utf-8")
        info = tmp_path / f"{package}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: {package}\nVersion: {version}\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{point or package} = {package}\n", encoding="utf-8")

    return put


def refusal(registry: Registry[str]) -> str:
    with pytest.raises(RequestError) as caught:
        list(registry)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_a_package_is_found_at_the_first_look_only(toys: Registry[str], install: Install) -> None:
    install("kites", "kite/1", version="2.1")
    assert "kites" not in sys.modules
    assert toys.get("kite/1") == "kites"
    install("drums", "drum/1")
    assert list(toys) == ["kite/1", "top/1"]


def test_a_thing_says_which_package_it_is_from(toys: Registry[str], install: Install) -> None:
    install("kites", "kite/1", version="2.1")
    assert toys.package_of("kite/1") == Package("kites", "2.1")
    assert str(toys.package_of("kite/1")) == "kites 2.1"
    assert toys.package_of("top/1") is None
    assert list(toys.built_in()) == ["top/1"]


def test_packages_are_loaded_by_the_names_of_their_entries(toys: Registry[str], install: Install) -> None:
    install("kites", "kite/1", point="b")
    install("drums", "drum/1", point="c")
    install("balls", "ball/1", point="a")
    assert "kite/1" in toys
    assert list(toys._things) == ["top/1", "ball/1", "kite/1", "drum/1"]


def test_nothing_is_registered_after_the_first_look(toys: Registry[str]) -> None:
    assert "top/1" in toys
    with pytest.raises(ValueError, match="toy 'late/1' comes too late"):
        toys.register("late/1")("late")


@pytest.mark.parametrize(
    ("names", "text", "said"),
    [
        (["top/1"], "", "toy 'top/1' is registered twice, first by tests.floor.top"),
        (["kite"], "", "a toy is registered as 'name/version', got 'kite'"),
        ([], "import strings_that_nobody_has", "ModuleNotFoundError: No module named 'strings_that_nobody_has'"),
        ([], "kite kite", "SyntaxError: invalid syntax"),
        ([], "raise SystemExit(0)", "SystemExit: 0"),
        ([], "TOYS.register('kite/1')('broken')", "toy 'kite/1': it is broken"),
        (["top/2"], "", "toy 'top/2': 'top' is a word of commonhold itself, whatever the version"),
    ],
)
def test_a_package_that_cannot_be_used_is_named(
    toys: Registry[str], install: Install, names: list[str], text: str, said: str
) -> None:
    install("kites", *names, text=text)
    told = refusal(toys)
    assert told.startswith(f"the package kites 1.0 cannot be used: {said}")
    assert f"Its entry point 'kites' in '{GROUP}' names kites. " in told
    assert told.endswith("Update the package, or remove it: pip uninstall kites")


def test_a_name_of_two_packages_is_refused_with_both(toys: Registry[str], install: Install) -> None:
    install("kites", "kite/1")
    install("more_kites", "kite/1")
    told = refusal(toys)
    assert told.startswith(
        "the package more_kites 1.0 cannot be used: toy 'kite/1' is registered twice, first by kites."
    )


def test_a_refusal_is_the_same_at_every_look(toys: Registry[str], install: Install) -> None:
    install("kites", "kite")
    assert refusal(toys) == refusal(toys)
    with pytest.raises(RequestError, match="the package kites"):
        toys.get("top/1")


def test_a_package_that_another_one_loads_keeps_its_name(toys: Registry[str], install: Install) -> None:
    install("kites", "kite/1", text="import zithers", point="a")
    install("zithers", "zither/1", point="z")
    assert toys.package_of("zither/1") == Package("zithers", "1.0")
    assert toys.package_of("kite/1") == Package("kites", "1.0")


def test_a_module_that_no_package_names_is_refused(toys: Registry[str]) -> None:
    exec("TOYS.register('kite/1')('stray')", {"TOYS": toys, "__name__": "stray.module"})
    assert "toy 'kite/1' is registered by stray.module, which belongs to no installed package" in refusal(toys)
