"""What is said where the words of a command line do not fit: what is wrong, what was probably meant, where help is."""

from collections.abc import Sequence
from difflib import get_close_matches

import click
from click.exceptions import NoArgsIsHelpError, NoSuchCommand, NoSuchOption

from commonhold.cli.command import CommandGroup

MOST_KEYS = 3
"""Keys of a recipe that are offered for one unknown option."""


def usage_message(error: click.UsageError, words: Sequence[str]) -> str:
    """The message, after the usage of the command that it is about; without any command, the whole help."""
    if isinstance(error, NoArgsIsHelpError):
        return error.format_message()
    if isinstance(error, NoSuchCommand):
        return f"commonhold: {_no_such_command(error)}"
    message = _no_such_option(error, words) if isinstance(error, NoSuchOption) else _what(error)
    if error.ctx is None:
        return f"commonhold: {message}"
    if not isinstance(error, NoSuchOption):
        message = f"{message}. {_help_of(error.ctx)}"
    return f"{error.ctx.get_usage()}\ncommonhold: {message}"


def _what(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter) and error.param is not None and error.ctx is not None:
        what = error.param.help or ""
        name = f"{error.param.opts[0]} " if isinstance(error.param, click.Option) else ""
        kind = error.param.param_type_name
        return f"missing {kind} {name}{error.param.make_metavar(error.ctx)}" + (f": {what}" if what else "")
    if isinstance(error, click.BadParameter) and error.param is not None:
        named = error.param.opts[0] if isinstance(error.param, click.Option) else error.param.human_readable_name
        return f"{named}: {error.message.removesuffix('.')}"
    text = error.format_message().removesuffix(".")
    return text[:1].lower() + text[1:]


def _help_of(context: click.Context) -> str:
    return f"Run: {context.command_path.rstrip()} --help"


def _no_such_command(error: NoSuchCommand) -> str:
    """Names the nearest command below the group, also where it is in a group of its own: `pack` is `eval pack`."""
    assert error.ctx is not None
    group = error.ctx.command
    assert isinstance(group, CommandGroup)
    _, _, above = error.ctx.command_path.partition(" ")
    typed = f"{above} {error.command_name}".strip()
    paths = {path.rpartition(" ")[2]: path for path, _ in sorted(group.walk(), key=lambda each: -each[0].count(" "))}
    near = get_close_matches(error.command_name, paths, n=1)
    if not near:
        return f"no such command: {typed!r}. {_help_of(error.ctx)}"
    return f"no such command: {typed!r}; did you mean {f'{above} {paths[near[0]]}'.strip()!r}?"


def _no_such_option(error: NoSuchOption, words: Sequence[str]) -> str:
    assert error.ctx is not None
    name, wrong = error.option_name.lstrip("-"), f"no such option: {error.option_name}"
    takes_overrides, options = _options(error.ctx)
    keys = _recipe_keys(name) if takes_overrides else []
    near = get_close_matches(name, options, n=1)
    if keys and (not near or name.replace("-", "_") == keys[0].rpartition(".")[2]):
        value = _value_of(error.option_name, words)
        written = " or ".join(f"--set {key}={value}" for key in keys[:MOST_KEYS])
        return f"{wrong}. To override a key of the recipe: {written}"
    return f"{wrong}; did you mean '--{near[0]}'?" if near else f"{wrong}. {_help_of(error.ctx)}"


def _options(context: click.Context) -> tuple[bool, list[str]]:
    """Whether the command, or one below the group, takes `--set`; and the names of options without hyphens."""
    command = context.command
    params = {name: param for param in command.get_params(context) for name in param.opts}
    if isinstance(command, CommandGroup):
        params |= command.options_below()
    shown = [name for name, param in params.items() if isinstance(param, click.Option) and name.startswith("--")]
    return "--set" in params, [name.lstrip("-") for name in shown]


def _recipe_keys(name: str) -> list[str]:
    """Keys of the recipe that end with a name, else with one that is much like it."""
    from commonhold.recipe.keys import all_keys
    from commonhold.recipe.schema import json_schema

    as_key = name.replace("-", "_")
    paths = [key.path for key in all_keys(json_schema()) if not key.section and not key.in_list]
    ends = {path.rpartition(".")[2] for path in paths}
    near = [as_key] if as_key in ends else get_close_matches(as_key, ends, n=1, cutoff=0.75)
    return [path for path in paths if path.rpartition(".")[2] in near or path == as_key]


def _value_of(option: str, words: Sequence[str]) -> str:
    """What was typed as the option's value: `3` of `--epochs 3` and of `--epochs=3`."""
    for index, word in enumerate(words):
        name, _, value = word.partition("=")
        if name == option:
            following = words[index + 1] if index + 1 < len(words) else "-"
            return value or (following if not following.startswith("-") else "VALUE")
    return "VALUE"
