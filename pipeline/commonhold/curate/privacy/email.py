"""E-mail addresses, also those written out to hide them from machines."""

import re
from collections.abc import Iterator

from commonhold.curate.privacy.boundaries import is_latin, script_of
from commonhold.curate.privacy.find import Detector, Span

GATE = r"[^\s@]@[^\s@]|(?i:[(\[{<]\s?(?:at|arroba|chez)\s?[)\]}>]|\s(?:at|arroba)\s\S+\s(?:dot|punto|ponto|point)\s)"

ADDRESS = re.compile(r"\w[\w.+%'-]{0,63}@(?:[\w-]{1,63}\.){1,8}(?:xn--[\w-]{2,59}|[^\W\d_]{2,24})")
# ana (at) riverbend (dot) org; without brackets only in front of a top-level domain that is not a word of prose.
WRITTEN_OUT = re.compile(
    r"""
    (?<![\w.])[\w.+-]{2,64} \s{0,2}
    (?: [(\[{<]\s?(?:at|arroba|chez)\s?[)\]}>] \s{0,2} [\w-]{2,63}
        (?:
          (?: \s{0,2} (?: [(\[{<]\s?(?:dot|punto|ponto|point)\s?[)\]}>] | \. ) \s{0,2} | \s(?:dot|punto|ponto|point)\s )
          [\w-]{2,24}
        ){1,4}
      | \s(?:at|arroba)\s [\w-]{2,63} (?: \s(?:dot|punto|ponto|point)\s [\w-]{2,24} ){1,4}
    ) (?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def find_emails(text: str) -> Iterator[Span]:
    """Addresses after the common subset of RFC 5321 and 6531; quoted local parts and IP domains are not covered."""
    for match in ADDRESS.finditer(text):
        yield Span(*_without_prose(text, *match.span()))
    for match in WRITTEN_OUT.finditer(text):
        yield Span(*match.span(), "likely")


def _without_prose(text: str, start: int, end: int) -> tuple[int, int]:
    """An address without the words of other scripts that touch its ends: `宛先はana@x.example` and `ana@x.exampleへ`.

    Where letters alone change their script: `ж.ana@x.example` is one address, as is one that is not Latin throughout.
    """
    at = text.index("@", start)
    for place in range(at - 1, start, -1):
        if is_latin(text[place]) and _is_other_letter(text[place - 1]):
            start = place
            break
    top = text.rindex(".", at, end) + 1
    for place in range(top + 2, end):
        if is_latin(text[place - 1]) and _is_other_letter(text[place]):
            return start, place
    return start, end


def _is_other_letter(character: str) -> bool:
    return bool(script_of(character)) and not is_latin(character)


EMAIL = Detector("email", "EMAIL", GATE, find_emails)
