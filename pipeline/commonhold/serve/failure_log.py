"""Failures are logged by kind and place: an exception's text may quote what a person wrote."""

import logging
import traceback

_LOG = logging.getLogger("commonhold.serve")


def log_failure(error: BaseException) -> None:
    """Logs an unexpected exception and its causes without their messages."""
    chain: list[str] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 5:
        frames = "".join(traceback.format_tb(current.__traceback__))
        chain.append(f"{type(current).__qualname__} (message withheld)\n{frames}")
        current = current.__cause__ or current.__context__
    _LOG.error("a request failed: %s", "caused by ".join(chain))
