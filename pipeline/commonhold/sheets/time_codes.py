"""Times of the day as a spreadsheet shows them: format codes such as `hh:mm` and `h:mm AM/PM`."""

import datetime as dt
import re
from functools import lru_cache

TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[(?P<total>h+|m+|s+)\]|\[\$[^\]]*\]|(?P<half>AM/PM|A/P)'
    r"|(?P<place>h+|m+|s+)|(?P<plain>[ :.,'-])|_.|(?P<text>@)",
    re.IGNORECASE | re.DOTALL,
)
Time = dt.time | dt.timedelta


def time_as_shown(value: Time, code: str) -> str | None:
    """The time in the form that a code gives it; none where the code has more than hours, minutes and seconds."""
    tokens = _tokens(code)
    if not tokens:
        return None
    seconds = _seconds(value)
    hours, minutes = seconds // 3600, seconds // 60
    half = any(kind == "half" for kind, _ in tokens)
    values = {
        "total h": hours,
        "total m": minutes,
        "total s": seconds,
        "h": (hours + 11) % 12 + 1 if half else hours % 24,
        "m": minutes % 60,
        "s": seconds % 60,
    }
    out = []
    for kind, text in tokens:
        if kind == "half":
            names = text.split("/")
            out.append(names[hours % 24 >= 12])
        else:
            out.append(str(values[kind]).zfill(len(text)) if kind in values else text)
    return "".join(out).strip()


def is_time_code(code: str) -> bool:
    """Whether a code shows hours, minutes and seconds alone."""
    return bool(_tokens(code))


@lru_cache(maxsize=1_000)
def _tokens(code: str) -> tuple[tuple[str, str], ...]:
    """Kind and letters of every part of a code's first section; none when it is not understood."""
    tokens: list[tuple[str, str]] = []
    place = 0
    while place < len(code) and code[place] != ";":
        token = TOKEN.match(code, place)
        if token is None:
            return ()
        place = token.end()
        kind = token.lastgroup or ""
        if kind in ("place", "total"):
            letters = token[kind]
            if len(letters) > 2 and kind == "place":
                return ()
            tokens.append((f"{'total ' if kind == 'total' else ''}{letters[0].lower()}", letters))
        elif kind and kind != "text":
            tokens.append((kind, token[kind]))
    clock = {kind[-1] for kind, _ in tokens if kind in ("h", "s", "total h", "total m", "total s")}
    return tuple(tokens) if clock else ()


def _seconds(value: Time) -> int:
    if isinstance(value, dt.timedelta):
        return round(value.total_seconds())
    return round(value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6)
