"""Commands and groups of commands: click's, with options anywhere, help in sections, and a default command."""

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.exceptions import NoSuchCommand
from click.shell_completion import CompletionItem

from commonhold import environment
from commonhold.cli.answer import CommandAnswer
from commonhold.cli.anywhere import Repeated, each_value, split_at_command

EXIT_CODES = (
    "Exit codes: 0 done, 1 our fault, 2 the request is wrong, 3 a gate said no, 4 a digest differs, 130 interrupted."
)
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
AWAITED = "commonhold.awaited_option"
"""Where a group's context keeps the option whose value is typed next, for completion."""


class _HelpPage(click.Command):
    """The help page of a command or group."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option that shows the page, worded like the others."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "show this page"
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes what to type."""
        formatter.write_usage(ctx.command_path.rstrip(), " ".join(self.collect_usage_pieces(ctx)))

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the arguments, each with what it is."""
        rows = [each.get_help_record(ctx) for each in self.params if isinstance(each, click.Argument)]
        if rows:
            with formatter.section("Arguments"):
                formatter.write_dl(rows)


class Command(_HelpPage):
    """A command. It takes `--workspace` even where there is no use for it, so that an alias may always give it."""

    def __init__(self, *arguments: Any, online: bool = False, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.online = online
        """Whether it may use the network."""
        if not any("--workspace" in each.opts for each in self.params):
            self.params.append(click.Option(["--workspace"], hidden=True, expose_value=False))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the command's own words."""
        several = {name for each in self.params if isinstance(each, Repeated) for name in each.opts}
        try:
            left = super().parse_args(ctx, list(each_value(args, several)))
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if left and not ctx.resilient_parsing:
            raise click.UsageError(f"unexpected argument: {left[0]}", ctx)
        return left

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; with `--json`, nothing but the answer gets to stdout."""
        environment.prepare(offline=not self.online)
        answer = ctx.params.get("answer")
        quiet = isinstance(answer, CommandAnswer) and answer.as_json
        with contextlib.redirect_stdout(sys.stderr) if quiet else contextlib.nullcontext():
            return super().invoke(ctx)


def command(name: str, *, online: bool = False) -> Callable[[Callable[..., int]], Command]:
    """Makes a command of a function: lists show the first line of its docstring, its own page shows all of it."""

    def decorate(function: Callable[..., int]) -> Command:
        page = inspect.cleandoc(function.__doc__ or "")
        first = page.partition("\n")[0].removesuffix(".")
        made = click.command(
            name,
            cls=Command,
            help=page,
            short_help=first,
            epilog=EXIT_CODES,
            online=online,
            context_settings={**SETTINGS, "allow_extra_args": True},
        )
        return made(function)

    return decorate


class CommandSection(NamedTuple):
    """Commands that serve one purpose, under its heading."""

    title: str
    commands: tuple[click.Command, ...]

    def walk(self) -> Iterator[tuple[str, click.Command]]:
        """Its commands with what is typed for each, such as `eval pack`; a group before the commands in it."""
        for each in self.commands:
            yield str(each.name), each
            if isinstance(each, CommandGroup):
                yield from ((f"{each.name} {typed}", below) for typed, below in each.walk())


class CommandGroup(_HelpPage, click.Group):
    """Commands under one word, in sections; their options may stand before their name, too."""

    def __init__(self, name: str, sections: Sequence[CommandSection], **settings: Any) -> None:
        commands = {str(each.name): each for section in sections for each in section.commands}
        settings = {"epilog": EXIT_CODES, "subcommand_metavar": "COMMAND ...", **settings}
        super().__init__(name, commands=commands, context_settings=SETTINGS, **settings)
        self.sections = tuple(sections)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the sections."""
        return list(self.commands)

    def walk(self) -> Iterator[tuple[str, click.Command]]:
        """Every command below this group, with what is typed for it, such as `eval pack`; groups, too."""
        return (each for section in self.sections for each in section.walk())

    def options_below(self) -> dict[str, click.Option]:
        """The options of all the commands below, by what is typed; a hidden one only where no other has its name."""
        commands = [each.default if isinstance(each, GroupWithDefault) else each for _, each in self.walk()]
        options = [param for each in commands for param in each.params if isinstance(param, click.Option)]
        options.sort(key=lambda option: not option.hidden)
        return {name: option for option in options for name in option.opts}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the words up to the command's name; options of the command that are there go behind it."""
        own = {name for each in self.get_params(ctx) for name in each.opts}
        split = split_at_command(args, own, self.options_below(), ctx)
        if split.moved and not split.rest and split.awaited:
            ctx.meta[AWAITED] = split.awaited
        return super().parse_args(ctx, [*split.own, *split.rest[:1], *split.moved, *split.rest[1:]])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command that the first word names."""
        subcommand = self.get_command(ctx, args[0])
        if subcommand is None and not ctx.resilient_parsing:
            raise NoSuchCommand(args[0], ctx=ctx)
        return args[0] if subcommand else None, subcommand, args[1:]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the commands, then the options."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the sections, with what is in groups one by one, all in the same columns."""
        rows = {
            section.title: [
                (typed, each.get_short_help_str())
                for typed, each in section.walk()
                if not isinstance(each, CommandGroup) or isinstance(each, GroupWithDefault)
            ]
            for section in self.sections
        }
        width = max(len(typed) for section in rows.values() for typed, _ in section)
        for title, section in rows.items():
            with formatter.section(title):
                formatter.write_dl([(f"{typed:<{width}}", text) for typed, text in section])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Completes names, options, and the value of an option before the name."""
        if awaited := ctx.meta.get(AWAITED):
            completed: list[CompletionItem] = awaited.shell_complete(ctx, incomplete)
            return completed
        completions = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-") and "--workspace".startswith(incomplete):
            completions.append(CompletionItem("--workspace"))
        return completions


class GroupWithDefault(CommandGroup):
    """A group whose own command runs where the first word names none of the others: `curate RECIPE`, `curate show`."""

    def __init__(self, default: Command, sections: Sequence[CommandSection]) -> None:
        super().__init__(str(default.name), sections, help=default.help, short_help=default.short_help)
        self.default = default

    def options_below(self) -> dict[str, click.Option]:
        """Those of the default command, too."""
        own = {name: each for each in self.default.params if isinstance(each, click.Option) for name in each.opts}
        return {**super().options_below(), **own}

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command; a word that is nearly a command's name and is no file is a slip."""
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        word = args[0]
        slip = not set("./") & set(word) and not Path(word).exists() and get_close_matches(word, self.commands)
        if slip and not ctx.resilient_parsing:
            raise NoSuchCommand(word, ctx=ctx)
        return "", self.default, args

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes both ways to type it."""
        path = ctx.command_path
        formatter.write_usage(path, " ".join(self.default.collect_usage_pieces(ctx)))
        formatter.write_usage(path, self.subcommand_metavar, prefix="       ")

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the default command's."""
        self.default.format_arguments(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the default command's, then the other commands."""
        self.default.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Completes files beside names; bash offers files where no name fits."""
        if ctx.meta.get(AWAITED):
            return super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return self.default.shell_complete(ctx, incomplete)
        return [CompletionItem(incomplete, type="file"), *super().shell_complete(ctx, incomplete)]
