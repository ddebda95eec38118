"""How numbers are said to people."""


def duration(seconds: float) -> str:
    """Seconds up to a minute and a half, then minutes."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"


def count(number: int, noun: str) -> str:
    """`1 task`, `6 tasks`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
