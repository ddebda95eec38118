"""The command line: argv, printing, exit codes."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code (see `commonhold.errors`)."""
    from commonhold.cli.parser import build_parser, joined

    arguments = build_parser().parse_args(joined(sys.argv[1:] if argv is None else argv))
    from commonhold.cli.dispatch import dispatch

    return dispatch(arguments, sys.argv[1:] if argv is None else list(argv))
