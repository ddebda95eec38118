"""A transient line is rewritten on a terminal and printed now and then elsewhere."""

import io
import sys

import pytest

from commonhold.cli.console import CLEAR, Console


class Terminal(io.StringIO):
    """A terminal that remembers what it was sent."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def terminal_of(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Stands in place of stderr, thirty columns wide; made in the test, since pytest puts its own there before."""
    made = Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("TERM", "xterm")
    return made


def test_a_transient_line_is_rewritten_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(monkeypatch)
    console = Console()
    for text in ("started", "\rstep 1", "\rstep 2", "done"):
        console(text)
    assert terminal.getvalue() == f"  started\n{CLEAR}  step 1{CLEAR}  step 2{CLEAR}  done\n"


def test_a_transient_line_does_not_wrap(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(monkeypatch)
    Console()("\r" + "x" * 99)
    assert terminal.getvalue() == f"{CLEAR}  {'x' * 27}"


def test_what_follows_stands_on_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(monkeypatch)
    console = Console()
    console("\rstep 1")
    console.end()
    console.end()
    assert terminal.getvalue() == f"{CLEAR}  step 1\n"


@pytest.mark.parametrize("to_a_dumb_terminal", [False, True])
def test_elsewhere_a_transient_line_is_printed_now_and_then(
    monkeypatch: pytest.MonkeyPatch, to_a_dumb_terminal: bool
) -> None:
    stream = Terminal() if to_a_dumb_terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "dumb")
    now = [0.0]
    console = Console(15.0, lambda: now[0])
    for now[0], text in ((0.0, "\ra"), (14.0, "\rb"), (15.0, "\rc"), (16.0, "d"), (29.0, "\re"), (30.0, "\rf")):
        console(text)
    console.end()
    assert stream.getvalue() == "  c\n  d\n  f\n"
