"""Identity numbers of the declared countries."""

import importlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from commonhold.curate.privacy.find import Detector, Span
from commonhold.curate.privacy.national_ids import NATIONAL_IDS, NationalId

LINK = r"[^\w\n]{0,4}(?:(?:is|no|nr|number|es|é|est|ist|:)[^\w\n]{1,4}|(?:is|no|nr|number|es)\b)?[^\w\n]{0,4}"
"""What may be between a label and its number: `SSN: `, `passport no. `."""
ALWAYS = ("US", "*")
"""Regions whose rows hold everywhere: the US form is specific, and a passport travels."""


def id_detector(regions: Sequence[str]) -> Detector:
    """Numbers of some countries (ISO 3166-1 alpha-2), and the labelled ones of any."""
    rows = [row for row in NATIONAL_IDS if row.region in regions or row.region in ALWAYS]
    gate = "|".join(f"(?:{_for_re2(row.form)})" for row in rows)
    finders = [partial(_find, pattern=_pattern(row), row=row, check=_check(row.check)) for row in rows]
    return Detector("id_number", "ID", gate, partial(_find_all, finders=finders))


def _for_re2(form: str) -> str:
    # RE2 writes code points otherwise.
    return re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", form)


def _pattern(row: NationalId) -> re.Pattern[str]:
    if row.label:
        return re.compile(rf"(?<!\w)(?i:{row.label}){LINK}(?P<value>{row.form})(?![\w])")
    return re.compile(rf"(?<![\w-])(?P<value>{row.form})(?!\w|-\w)")


def _check(name: str) -> Callable[[str], bool] | None:
    if not name:
        return None
    valid: Callable[[str], bool] = importlib.import_module(f"stdnum.{name}").is_valid
    return valid


def _find_all(text: str, finders: Sequence[Callable[[str], Iterator[Span]]]) -> Iterator[Span]:
    for find in finders:
        yield from find(text)


def _find(text: str, pattern: re.Pattern[str], row: NationalId, check: Callable[[str], bool] | None) -> Iterator[Span]:
    for match in pattern.finditer(text):
        if check is None or check(match["value"]):
            yield Span(*match.span("value"), row.tier)
