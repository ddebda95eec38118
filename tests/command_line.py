"""The command line, read and not run."""

from collections.abc import Sequence
from unittest import mock

import click

from commonhold.cli.app import PROGRAM, app
from commonhold.cli.command import Command


def parse(words: Sequence[str]) -> click.Context:
    """What a command would get: its context, with every value read.

    Raises:
        UsageError: the words do not fit.
        Exit: they ask for a help page, or for the version.
    """
    with (
        mock.patch.object(Command, "invoke", lambda _, context: context),
        app.make_context(PROGRAM, list(words)) as top,
    ):
        context = app.invoke(top)
    assert isinstance(context, click.Context)
    return context
