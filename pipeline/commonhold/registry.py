"""Registered names with a version: `include/1` stands for one factory, today and in five years."""

import difflib
import re
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from commonhold.errors import RequestError

Thing = TypeVar("Thing")

VERSIONED_NAME = re.compile(r"[a-z][a-z0-9_]*/[1-9][0-9]*")


class Registry(Generic[Thing]):
    """Maps `name/version` to a thing of one kind; a name is given once and never changes its meaning."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._things: dict[str, Thing] = {}

    def register(self, name: str) -> Callable[[Thing], Thing]:
        """Decorator that records a thing under `name/version`.

        Raises:
            ValueError: the name has no version, or is taken.
        """
        if not VERSIONED_NAME.fullmatch(name):
            raise ValueError(f"a {self.kind} is registered as 'name/version', got {name!r}")

        def record(thing: Thing) -> Thing:
            if name in self._things:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._things[name] = thing
            return thing

        return record

    def get(self, name: str) -> Thing:
        """The thing registered under `name`.

        Raises:
            RequestError: there is none; the message names the nearest.
        """
        if name in self._things:
            return self._things[name]
        near = difflib.get_close_matches(name, self._things, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(self._things))}"
        raise RequestError(f"unknown {self.kind} {name!r}; {hint}")

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._things))

    def __contains__(self, name: str) -> bool:
        return name in self._things
