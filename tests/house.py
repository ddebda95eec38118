"""The package as a house of rooms and floors: its modules, and which of them open which."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "commonhold"
HOUSE = ROOT / "pipeline" / PACKAGE


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file of the package."""

    name: str
    """Dotted, inside the package: `train.packing`; a folder's `__init__` has the folder's name."""
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """The part of the name that stands on a floor."""
        return self.name.split(".")[0]


def read_house(house: Path) -> list[Module]:
    """Every module below a package's folder."""
    modules = []
    for path in sorted(house.rglob("*.py")):
        parts = path.relative_to(house).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        modules.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return modules


def imported(module: Module) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it, also by `importlib` with a literal name."""
    package = [PACKAGE, *module.name.split(".")]
    if module.path.name != "__init__.py":
        package.pop()
    elif module.name == "__init__":
        package = [PACKAGE]
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=source, names=names, level=level):
                above = package[: len(package) - level + 1] if level else []
                origin = ".".join([*above, *([source] if source else [])])
                yield from (f"{origin}.{alias.name}" for alias in names)
            case ast.Call(
                func=ast.Name(id=called) | ast.Attribute(attr=called), args=[ast.Constant(value=str(name)), *_]
            ):
                if called in ("import_module", "__import__"):
                    yield name


def doors(module: Module, names: Mapping[str, Module]) -> set[str]:
    """The modules of the house that a module opens."""
    opened = set()
    for dotted in imported(module):
        if dotted == PACKAGE or dotted.startswith(f"{PACKAGE}."):
            name = dotted.removeprefix(PACKAGE).removeprefix(".")
            while name and name not in names:
                name = name.rpartition(".")[0]
            opened.add(name or "__init__")
    return opened - {module.name}
