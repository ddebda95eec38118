"""The rule that no mapping of anything, such as `dict[str, Any]`, crosses from room to room."""

import ast
import contextlib
from collections.abc import Iterator, Mapping

from tests.house import PACKAGE, Module, imported

MAPPINGS = {"dict", "Mapping", "MutableMapping"}
CALLED = {"__init__", "__call__", "__enter__", "__iter__"}
"""Methods with such names are met from outside, too."""


def untyped(modules: list[Module]) -> list[str]:
    """Mappings of anything in what another room imports, or in the types that this names.

    What is open by nature (a recipe of any version, a line of a log) crosses as `strict_json.JsonObject`.
    """
    names = {module.name: module for module in modules}
    defined = {module.name: dict(_definitions(module)) for module in modules}
    waiting = [
        (origin, name)
        for module in modules
        for origin, name in _taken(module, names)
        if names[origin].room != module.room
    ]
    reached: set[tuple[str, str]] = set()
    wrong = set()
    while waiting:
        origin, name = waiting.pop()
        if (origin, name) in reached or name not in defined[origin]:
            continue
        reached.add((origin, name))
        annotations = list(_annotations(defined[origin][name]))
        if any(map(_holds_anything, annotations)):
            wrong.add(f"{origin}.{name} lets a mapping of anything cross")
        elsewhere = {taken: source for source, taken in _taken(names[origin], names)}
        waiting += [(elsewhere.get(each, origin), each) for each in _named(annotations)]
    return sorted(wrong)


def _definitions(module: Module) -> Iterator[tuple[str, ast.stmt]]:
    """What a module defines at its top, by name."""
    for node in module.tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name, node


def _taken(module: Module, names: Mapping[str, Module]) -> Iterator[tuple[str, str]]:
    """What a module imports of the house, as module and name; of one that it takes whole, all that is public."""
    for dotted in imported(module):
        whole = dotted.removeprefix(f"{PACKAGE}.")
        origin, _, name = whole.rpartition(".")
        if whole in names:
            yield from ((whole, each) for each, _ in _definitions(names[whole]) if not each.startswith("_"))
        elif origin in names:
            yield origin, name


def _annotations(node: ast.stmt) -> Iterator[ast.expr]:
    """The types in what others see of a definition."""
    match node:
        case ast.FunctionDef(args=arguments, returns=returns):
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
            for annotation in (returns, *(each.annotation for each in every if each)):
                yield from _read(annotation) if annotation else ()
        case ast.ClassDef(body=body, bases=bases):
            yield from bases
            for each in body:
                if not (isinstance(each, ast.FunctionDef) and each.name.startswith("_") and each.name not in CALLED):
                    yield from _annotations(each)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation) if not name.startswith("_"):
            yield from _read(annotation)
        case ast.Assign(value=ast.Subscript() | ast.BinOp() as alias):
            yield from _read(alias)


def _read(annotation: ast.expr) -> Iterator[ast.expr]:
    """An annotation, and those in quotation marks in it."""
    yield annotation
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            with contextlib.suppress(SyntaxError):  # a word of a Literal
                yield ast.parse(node.value, mode="eval").body


def _named(annotations: list[ast.expr]) -> set[str]:
    nodes = [node for annotation in annotations for node in ast.walk(annotation)]
    plain = {node.id for node in nodes if isinstance(node, ast.Name)}
    return plain | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def _holds_anything(annotation: ast.expr) -> bool:
    """Whether a mapping in it is of `Any`, or does not say of what."""
    typed = set()
    for node in ast.walk(annotation):
        match node:
            case ast.Subscript(value=ast.Name(id=name) as mapping, slice=ast.Tuple(elts=[*_, held])) if (
                name in MAPPINGS
            ):
                typed.add(mapping)
                if isinstance(held, ast.Name) and held.id == "Any":
                    return True
    return any(
        isinstance(node, ast.Name) and node.id in MAPPINGS and node not in typed for node in ast.walk(annotation)
    )
