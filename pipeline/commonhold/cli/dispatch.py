"""From parsed arguments to a handler, and from what it raises to a message and an exit code."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence

from commonhold import surroundings
from commonhold.cli.talk import Talk
from commonhold.errors import CommonholdError

INTERRUPTED = 130
talk = Talk()
"""Progress, for people, on stderr."""


def dispatch(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Runs the handler; a mistake of the person is a message, a mistake of ours keeps its traceback."""
    surroundings.prepare(offline=not arguments.handler.endswith((".fetch", ".push")))
    arguments.command = ("commonhold", *command)
    module, _, name = arguments.handler.partition(".")
    handler: Callable[[argparse.Namespace], int]
    try:
        handler = getattr(importlib.import_module(f"commonhold.cli.{module}"), name)
        return handler(arguments)
    except CommonholdError as error:
        talk.end()
        print(f"commonhold: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\ncommonhold: stopped. What was finished is kept; the same command goes on from there", file=sys.stderr)
        return INTERRUPTED
    except (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        talk.end()
        print(f"commonhold: {error.filename}: {error.strerror}. Mend that, or use another --workspace", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
