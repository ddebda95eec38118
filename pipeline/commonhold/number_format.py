"""Numbers as sentences and tables say them."""

from collections.abc import Sequence

MINUS = "−"


def percent(share: float) -> str:
    """`75 %`, `99.7 %`; only a whole share is called 0 % or 100 %."""
    return f"{_rounded(share, ends=(0.0, 1.0))} %"


def points(difference: float) -> str:
    """`+12.5 points`, `−3 points`, `0 points`."""
    return f"{signed(difference)} points"


def signed(difference: float) -> str:
    """A difference in percentage points with its sign, without the word."""
    text = _rounded(abs(difference), ends=(0.0,))
    return text if text == "0" else f"{MINUS if difference < 0 else '+'}{text}"


def count(number: int, one: str, many: str = "") -> str:
    """`1 row`, `2,345 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """Seconds up to a minute and a half, then minutes."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _rounded(share: float, ends: tuple[float, ...]) -> str:
    text = f"{100 * share:.1f}".removesuffix(".0")
    for end in ends:
        if text == f"{100 * end:.0f}" and abs(share - end) > 1e-9:
            return "under 0.1" if end == 0.0 else "over 99.9"
    return text
