"""From typed words to a command, and from what it raises to a message and an exit code."""

import sys
from collections.abc import Sequence

import click
from click.exceptions import Exit

from commonhold.cli.app import PROGRAM, app
from commonhold.cli.completion import INSTRUCTION
from commonhold.cli.console import console
from commonhold.cli.usage_errors import usage_message
from commonhold.errors import CommonholdError, RequestError

INTERRUPTED = 130


def dispatch(words: Sequence[str]) -> int:
    """Runs a command; a mistake of the person is a message, a mistake of ours keeps its traceback."""
    try:
        return _run(words)
    except CommonholdError as error:
        console.end()
        print("\n".join([f"commonhold: {error}", *getattr(error, "__notes__", ())]), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\ncommonhold: stopped. What was finished is kept; the same command resumes from there", file=sys.stderr)
        return INTERRUPTED
    except (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        console.end()
        print(f"commonhold: {error.filename}: {error.strerror}. Fix that, or use another --workspace", file=sys.stderr)
        return RequestError.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _run(words: Sequence[str]) -> int:
    """Parses the words and calls the command; click neither prints an error nor ends the process."""
    try:
        with app.make_context(PROGRAM, list(words), obj=(PROGRAM, *words)) as context:
            return int(app.invoke(context))
    except Exit as end:  # after --help and --version
        return end.exit_code
    except click.UsageError as error:
        print(usage_message(error, words), file=sys.stderr)
        return error.exit_code


def complete(instruction: str) -> int:
    """Answers a shell that completes a command line."""
    from click.shell_completion import shell_complete

    return shell_complete(app, {}, PROGRAM, INSTRUCTION, instruction)
