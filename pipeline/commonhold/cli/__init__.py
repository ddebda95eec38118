"""The command line: argv, printing, exit codes."""

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code (see `commonhold.errors`)."""
    from commonhold.cli.completion import INSTRUCTION
    from commonhold.cli.dispatch import complete, dispatch

    if instruction := os.environ.get(INSTRUCTION):
        return complete(instruction)
    return dispatch(sys.argv[1:] if argv is None else list(argv))
