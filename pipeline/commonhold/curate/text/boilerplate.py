"""Parts of a message that its writer did not write: quoted mail, signatures, footers of phones and forms."""

import functools
import itertools
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from commonhold.curate.text.words import word_count

Kind = Literal["quoted_mail", "signature", "device_footer", "form_footer", "legal_notice", "repeated_line"]

MAX_SIGNATURE_LINES = 8
MAX_SIGNATURE_CHARACTERS = 80
"""Longest line of a signature; a longer one is what somebody still had to say."""

HINTS = (
    r"(?im)^(?:>|--|__)|wrote:|escribi|écrit|schrieb|escreveu|ha scritto|schreef|forwarded|original|mensagem|"
    r"^\W{0,3}(?:from|de|von|da|van)\W{0,3}:|"
    r"sent from|sent via|get outlook|enviado d|envoyé d|gesendet|inviato da|verzonden|"
    r"regards|sincerely|faithfully|truly|cheers|saludo|atentamente|cordialement|cordiali|grüße|atenciosamente|groet|"
    r"google form|report abuse|this form was|powered by|confidential|privileged|intended|endorsed by|do not reply"
)
"""One cheap look, by RE2: a text without any of these has no boilerplate of a known shape."""

# The line above a quotation. A time or an address tells it from `my landlord wrote:`.
_ADDRESS = r"(?:[^\s<>]+@[^\s<>]+|<[^<>\n]*>)"
_WHEN = rf"(?:\d{{1,2}}[:.h]\d{{2}}|{_ADDRESS})"
ADDRESS = re.compile(_ADDRESS)
QUOTE_HEAD = re.compile(
    rf"^(?:On\b.*{_WHEN}.*\bwrote|El\b.*{_WHEN}.*\bescribió|Le\b.*{_WHEN}.*\ba écrit|Am\b.*{_WHEN}.*\bschrieb.*"
    rf"|Em\b.*{_WHEN}.*\bescreveu|Il\b.*{_WHEN}.*\bha scritto|Op\b.*{_WHEN}.*\bschreef.*)\s?:$"
)
QUOTE_REST = re.compile(
    r"^(?:-{2,} ?(?:Original Message|Forwarded message|Mensaje original|Message d'origine|Ursprüngliche Nachricht"
    r"|Mensagem original|Messaggio originale|Oorspronkelijk bericht) ?-{2,}|Begin forwarded message:|_{20,})$",
    re.IGNORECASE,
)
"""A line from which all is quoted."""
_HEAD = r"(?i)^\W{{0,3}}(?:{})\W{{0,3}}:"
FROM = re.compile(_HEAD.format("From|De|Von|Da|Van"))
SUBJECT = re.compile(_HEAD.format("Subject|Asunto|Objet|Betreff|Assunto|Oggetto|Onderwerp"))
MAIL_HEAD = re.compile(
    _HEAD.format(
        "From|De|Von|Da|Van|Sent|Enviado|Envoyé|Gesendet|Inviato|Verzonden|To|Para|À|An|A|Aan|Cc|Date|Fecha|Datum|Data"
        "|Subject|Asunto|Objet|Betreff|Assunto|Oggetto|Onderwerp"
    )
)
DEVICE = re.compile(
    r"^(?:Sent (?:from|via) (?:my |the )?(?:iPhone|iPad|Android|Samsung|Galaxy|BlackBerry|Windows|Huawei|phone|mobile"
    r"|Yahoo|Outlook|Gmail|Proton|WhatsApp)\b|Get Outlook for\b|Enviado (?:desde|do|a partir do) (?:mi|meu|un)\b"
    r"|Envoyé (?:de|depuis) mon\b|(?:Von meinem|Gesendet von)\b.*(?:iPhone|iPad|Handy|Mobil|Android|Samsung|Outlook)"
    r"|Inviato d(?:a|al mio)\b|Verzonden v(?:anaf|ia) (?:mijn|Outlook)\b).{0,60}$",
    re.IGNORECASE,
)
FORM = re.compile(
    r"^(?:This form was created (?:inside|outside) of\b|Create your own Google Form|Never submit passwords through"
    r"|This content is neither created nor endorsed by|Powered by (?:Google|Typeform|SurveyMonkey|Jotform|KoboToolbox)"
    r"|(?:Google Forms|Report Abuse)(?: \W+ .*)?$|(?:Please )?do not reply to this (?:e-?mail|message))",
    re.IGNORECASE,
)
LEGAL = re.compile(
    r"^\W*(?:CONFIDENTIALITY NOTICE|(?:This|The information in this) (?:e-?mail|message|communication)\b"
    r".{0,80}\b(?:confidential|intended (?:only|solely)|privileged))",
    re.IGNORECASE,
)
SIGN_OFF = re.compile(
    r"^(?:(?:kind|best|warm|many)(?: kind)? regards|regards|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|cheers"
    r"|(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|(?:bien )?cordialement|(?:mit )?freundlichen? grüßen?"
    r"|(?:viele|liebe|beste) grüße|atenciosamente|cordiali saluti|(?:met )?vriendelijke groet(?:en)?)\s?[,.!]?$",
    re.IGNORECASE,
)


class Stripped(NamedTuple):
    """A text without boilerplate and what was taken away."""

    text: str
    kinds: tuple[Kind, ...] = ()
    """Each once, in the order of the text."""


def strip_boilerplate(text: str) -> Stripped:
    """The writer's own part of a text that `clean` has tidied; some 5 µs a kilobyte where there is nothing to strip.

    Taken away: quotations under an `On …, … wrote:` line, lines of `>` at the end or start, what follows `Original
    Message`, signatures after `--` or after a closing such as `Kind regards,` that stands alone, `Sent from my …`,
    footers of form services, confidentiality notices. In English, Spanish, French, German, Portuguese, Italian, Dutch.

    It never takes away the whole: when no word would be left, the text stays as it was, however much of it repeats.
    """
    if "\n" not in text or _hints().search(text) is None:
        return Stripped(text)
    lines = text.split("\n")
    kinds: dict[int, Kind] = {}
    _mark_quotations(lines, kinds)
    _mark_lines(lines, kinds)
    _mark_signature(lines, kinds)
    return without(text, lines, kinds)


@functools.lru_cache(maxsize=1)
def _hints() -> Any:
    import re2

    return re2.compile(HINTS)


def without(text: str, lines: Sequence[str], kinds: dict[int, Kind]) -> Stripped:
    """The lines that have no kind, by position; the text as it was when they hold no word."""
    kept = "\n".join(line for index, line in enumerate(lines) if index not in kinds)
    while "\n\n\n" in kept:
        kept = kept.replace("\n\n\n", "\n\n")
    kept = kept.strip()
    if not kinds or not word_count(kept):
        return Stripped(text)
    return Stripped(kept, tuple(dict.fromkeys(kinds[index] for index in sorted(kinds))))


def _mark_quotations(lines: Sequence[str], kinds: dict[int, Kind]) -> None:
    for index, line in enumerate(lines):
        if index in kinds:
            continue
        if _all_quoted(lines, index):
            kinds.update(dict.fromkeys(range(index, len(lines)), "quoted_mail"))
        elif line.endswith(":") and (start := _quote_head(lines, index)) is not None:
            end = _quoted_after(lines, index + 1)
            if end == index + 1 and ADDRESS.search(" ".join(lines[start:end])):
                # Some programs do not mark the quotation; then everything under the line is it.
                end = len(lines)
            if end > index + 1:
                kinds.update(dict.fromkeys(range(start, end), "quoted_mail"))
    _mark_unintroduced(lines, kinds)


def _quote_head(lines: Sequence[str], index: int) -> int | None:
    """Where the line above a quotation starts; mail programs break it in two."""
    if QUOTE_HEAD.match(lines[index]):
        return index
    if index and QUOTE_HEAD.match(f"{lines[index - 1]} {lines[index]}"):
        return index - 1
    return None


def _all_quoted(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if QUOTE_REST.match(line):
        return not line.startswith("_") or _mail_head(lines, index + 1)
    return index > 0 and _mail_head(lines, index)


def _mail_head(lines: Sequence[str], index: int) -> bool:
    """`From:` with `Subject:` and one more such line under it; `From:` and `To:` alone may be a bus line."""
    head = list(itertools.takewhile(MAIL_HEAD.match, lines[index : index + 6]))
    return len(head) >= 3 and FROM.match(head[0]) is not None and any(map(SUBJECT.match, head))


def _quoted_after(lines: Sequence[str], start: int) -> int:
    end = start
    while end < len(lines) and (lines[end].startswith(">") or not lines[end]):
        end += 1
    return end if any(line.startswith(">") for line in lines[start:end]) else start


def _mark_unintroduced(lines: Sequence[str], kinds: dict[int, Kind]) -> None:
    """Two or more lines of `>` that start or end the text; after a colon they are what the writer wants to show."""
    first, last = 0, len(lines)
    while first < last and lines[first].startswith(">"):
        first += 1
    while last > first and lines[last - 1].startswith(">"):
        last -= 1
    if first >= 2:
        kinds.update(dict.fromkeys(range(first), "quoted_mail"))
    above = next((line for line in reversed(lines[:last]) if line), "")
    if len(lines) - last >= 2 and not above.endswith(":"):
        kinds.update(dict.fromkeys(range(last, len(lines)), "quoted_mail"))


def _mark_lines(lines: Sequence[str], kinds: dict[int, Kind]) -> None:
    for index, line in enumerate(lines):
        if index in kinds:
            continue
        if DEVICE.match(line):
            kinds[index] = "device_footer"
        elif FORM.match(line):
            kinds[index] = "form_footer"
        elif LEGAL.match(line):
            end = next((later for later in range(index, len(lines)) if not lines[later]), len(lines))
            kinds.update(dict.fromkeys(range(index, end), "legal_notice"))


def _mark_signature(lines: Sequence[str], kinds: dict[int, Kind]) -> None:
    """From the last `--` or closing line to the end, when what follows is short enough to be a signature."""
    own = [index for index, line in enumerate(lines) if index not in kinds and line]
    for order, index in enumerate(own):
        after = own[order + 1 :]
        opens = lines[index] == "--" or SIGN_OFF.match(lines[index])
        if opens and len(after) <= MAX_SIGNATURE_LINES and not any(_says_something(lines[later]) for later in after):
            kinds.update(dict.fromkeys((index, *after), "signature"))
            return


def _says_something(line: str) -> bool:
    """Too long for a line of a signature, or a sentence such as a postscript."""
    return len(line) > MAX_SIGNATURE_CHARACTERS or (line.endswith((".", "!", "?")) and word_count(line) >= 5)
