"""Registered names with a version: `include/1` stands for one thing, today and in five years.

What a registry knows is found when it is first asked: every module of its home in this package, and every module that
an installed package names under the registry's entry point group. After that nothing can be added.
"""

import difflib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from commonhold.errors import RequestError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Thing = TypeVar("Thing")

VERSIONED_NAME = re.compile(r"[a-z][a-z0-9_]*/[1-9][0-9]*")


class Package(NamedTuple):
    """An installed package from outside that registered something."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Registry(Generic[Thing]):
    """Maps `name/version` to a thing of one kind; a name is given once and never changes its meaning."""

    def __init__(
        self,
        kind: str,
        home: str = "",
        group: str = "",
        refuse: Callable[[str, Thing, Mapping[str, Thing]], str] = lambda *_: "",
    ) -> None:
        """`home` is the package whose modules register what is built in, `group` the entry points of other packages.

        `refuse` says why a thing from outside is not taken, given its name and all the others; empty when it is.
        """
        self.kind, self.group = kind, group
        self._home, self._refuse = home, refuse
        self._things: dict[str, Thing] = {}
        self._modules: dict[str, str] = {}
        """By name, the module that registered it."""
        self._packages: dict[str, Package] = {}
        """By name, of what is from outside."""
        self._state: bool | RequestError | None = None
        """Not loaded, being loaded (False), loaded (True), or why it cannot be."""

    def register(self, name: str) -> Callable[[Thing], Thing]:
        """Decorator that records a thing under `name/version`.

        Raises:
            ValueError: the name has no version or is taken, or the registry has been asked already.
        """
        if not VERSIONED_NAME.fullmatch(name):
            raise ValueError(f"a {self.kind} is registered as 'name/version', got {name!r}")
        module = str(sys._getframe(1).f_globals.get("__name__", ""))

        def record(thing: Thing) -> Thing:
            if self._state is True:
                raise ValueError(f"{self.kind} {name!r} comes too late: what is registered has been looked up already")
            if name in self._things:
                raise ValueError(f"{self.kind} {name!r} is registered twice, first by {self._modules[name]}")
            self._things[name] = thing
            self._modules[name] = module
            return thing

        return record

    def get(self, name: str) -> Thing:
        """The thing registered under `name`.

        Raises:
            RequestError: there is none; the message names the nearest. Or a package from outside cannot be used.
        """
        things = self._loaded()
        if name in things:
            return things[name]
        raise RequestError(self.unknown(name))

    def unknown(self, name: str) -> str:
        """What to say of a name that nothing is registered under."""
        near = difflib.get_close_matches(name, self._things, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(self._things))}"
        return f"unknown {self.kind} {name!r}; {hint}"

    @property
    def remedy(self) -> str:
        """What to do about a name that nothing is registered under, when another package has it."""
        return f"Install the package that has it: entry points {self.group!r} of installed packages are looked through"

    def package_of(self, name: str) -> Package | None:
        """The package from outside that a thing comes from; absent for what is built in."""
        self._loaded()
        return self._packages.get(name)

    def built_in(self) -> Iterator[str]:
        """The names that no package from outside has registered."""
        return (name for name in self if name not in self._packages)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._loaded()))

    def __contains__(self, name: str) -> bool:
        return name in self._loaded()

    def _loaded(self) -> Mapping[str, Thing]:
        """Everything, found at the first call.

        Raises:
            RequestError: a package from outside cannot be used; the same at every call.
        """
        if self._state is None:
            self._state = False
            try:
                self._load()
            except RequestError as error:
                self._state = error
            except BaseException:
                self._state = None
                raise
            else:
                self._state = True
        if isinstance(self._state, RequestError):
            raise self._state
        return self._things

    def _load(self) -> None:
        if self._home:
            _import_below(self._home)
        if not self.group:
            return
        points = _entry_points(self.group)
        for point in points:
            try:
                point.load()
            except (Exception, SystemExit) as error:
                raise self._unusable(point, _reason(error)) from error
        outside = {name: module for name, module in sorted(self._modules.items()) if not self._is_home(module)}
        own_words = {_word(name) for name in self._things if name not in outside}
        for name, module in outside.items():
            point = self._origin(name, module, points)
            why = self._why_not(name)
            if _word(name) in own_words:
                why = f"{_word(name)!r} is a word of commonhold itself, whatever the version; call it otherwise"
            if why:
                raise self._unusable(point, f"{self.kind} {name!r}: {why}")
            self._packages[name] = _package(point)

    def _why_not(self, name: str) -> str:
        try:
            return self._refuse(name, self._things[name], self._things)
        except (AttributeError, TypeError, ValueError) as error:  # not of the kind that the registry holds
            return _reason(error)

    def _is_home(self, module: str) -> bool:
        return f"{module}.".startswith(f"{self._home}.")

    def _origin(self, name: str, module: str, points: "list[EntryPoint]") -> "EntryPoint":
        """The entry point of what another package's module registered: the module's own, else one of its package."""
        of_package = [point for point in points if point.module.partition(".")[0] == module.partition(".")[0]]
        for point in (*(point for point in of_package if point.module == module), *of_package):
            return point
        raise RequestError(
            f"{self.kind} {name!r} is registered by {module}, which belongs to no installed package with entry points "
            f"{self.group!r}. Name the module there in the package's pyproject.toml, and install it"
        )

    def _unusable(self, point: "EntryPoint", why: str) -> RequestError:
        package = _package(point)
        return RequestError(
            f"the package {package} cannot be used: {why}. Its entry point {point.name!r} in {self.group!r} names "
            f"{point.value}. Update the package, or remove it: pip uninstall {package.name}"
        )


def _import_below(home: str) -> None:
    """Imports every module of a package and of the packages in it, in the order of their names."""
    from pkgutil import walk_packages

    for module in walk_packages(import_module(home).__path__, f"{home}."):
        import_module(module.name)


def _entry_points(group: str) -> "list[EntryPoint]":
    from importlib.metadata import entry_points

    return sorted(entry_points(group=group), key=lambda point: (point.name, _package(point), point.value))


def _package(point: "EntryPoint") -> Package:
    return Package(point.dist.name, point.dist.version) if point.dist else Package("of no name", "")


def _word(name: str) -> str:
    return name.partition("/")[0]


def _reason(error: BaseException) -> str:
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
