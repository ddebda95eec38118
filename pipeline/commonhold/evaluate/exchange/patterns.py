"""Other programs' checks of words, as patterns that judge the same replies right."""

import re
from collections.abc import Sequence

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


def literal(text: str) -> str:
    """A pattern for exactly this text, on one line."""
    escaped = _SPECIAL.sub(lambda match: f"\\{match[0]}", text).replace("\r", r"\r").replace("\n", r"\n")
    return f"(?:{escaped})" if escaped.startswith("not:") else escaped


def contains(text: str, *, any_case: bool = False) -> str:
    """The text is somewhere, also inside a word."""
    return cased(literal(text), any_case=any_case)


def any_of(texts: Sequence[str], *, any_case: bool = False) -> str:
    """One of the texts is somewhere."""
    return cased("|".join(literal(text) for text in texts), any_case=any_case)


def starts_with(text: str) -> str:
    """The reply starts with the text."""
    return rf"\A{literal(text)}"


def ends_with(text: str) -> str:
    """The reply ends with the text, white space aside."""
    return rf"{literal(text)}\s*\z"


def whole(text: str) -> str:
    """The reply is the text, white space around it aside."""
    return rf"\A\s*{literal(text)}\s*\z"


def word(text: str) -> str:
    """The text is somewhere as whole words, in any script."""
    return rf"(?:\A|[^\pL\pN_]){literal(text)}(?:\z|[^\pL\pN_])"


def cased(pattern: str, *, any_case: bool) -> str:
    """The pattern, capitals aside if wished."""
    return f"(?i){pattern}" if any_case else pattern


def absent(pattern: str) -> str:
    """That the pattern is not found."""
    return f"not:{pattern}"
