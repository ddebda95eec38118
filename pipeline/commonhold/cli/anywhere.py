"""Options may stand anywhere: words of the command line, put into the order in which click reads them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import click
from click.exceptions import NoSuchOption


class Repeated(click.Option):
    """An option with `multiple=True` that takes several values at once, too: `--tasks a b` is `--tasks a --tasks b`."""


class Split(NamedTuple):
    """The words before a command's name, and the rest."""

    own: list[str]
    """Options of the group that reads the words, such as `--help`."""
    moved: list[str]
    """Options of the command, with their values."""
    rest: list[str]
    """The command's name and everything after it."""
    awaited: click.Option | None
    """The last option, if its value is missing."""


def split_at_command(
    words: Sequence[str], own: Collection[str], below: Mapping[str, click.Option], context: click.Context
) -> Split:
    """Splits words at the first that is neither an option nor the value of one.

    Raises:
        NoSuchOption: no command below has an option of that name; not while a shell completes.
    """
    split = Split([], [], [], None)
    index = 0
    while index < len(words):
        word = words[index]
        name, equals, _ = word.partition("=")
        if word in ("-", "--") or not word.startswith("-"):
            return split._replace(rest=list(words[index:]))
        index += 1
        if name in own:
            split.own.append(word)
        elif option := below.get(name):
            split.moved.append(word)
            if not option.is_flag and not equals:
                split.moved.extend(words[index : index + 1])
                split = split._replace(awaited=None if index < len(words) else option)
                index += 1
        elif not context.resilient_parsing:
            raise NoSuchOption(name, ctx=context)
    return split


def each_value(words: Sequence[str], several: Collection[str]) -> Iterator[str]:
    """The words with the name of an option that takes several values before each of them."""
    name = ""
    for index, word in enumerate(words):
        if word == "--":
            yield from words[index:]
            return
        if word.startswith("-"):
            name = word if word in several else ""
            yield word
        else:
            if name and words[index - 1] != name:
                yield name
            yield word
