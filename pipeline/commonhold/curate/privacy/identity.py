"""Identity numbers of the declared countries."""

import importlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from commonhold.curate.privacy.boundaries import CODE, NOT_BEFORE, NOT_BEHIND, touching_before, touching_behind
from commonhold.curate.privacy.find import Detector, Span, Tier
from commonhold.curate.privacy.labelled_numbers import LABELLED_NUMBERS
from commonhold.curate.privacy.national_ids import NATIONAL_IDS, NationalId

LINK_WORDS = (
    r"is|no|nr|num|number|numéro|número|nummer|es|é|est|ist|id|は|が|の|を|で|是|为|為|는|은|हो|है|เป็น|คือ|هو|"
    r"הוא|היא|ni|adalah|jest|är|er"
)
LINK = rf"[^\w\n]{{0,4}}(?:(?:{LINK_WORDS})(?![A-Za-z])[^\w\n]{{0,4}})?"
LINK_GATE = rf"[^\pL\pN_\n]{{0,4}}(?:(?:{LINK_WORDS})[^\pL\pN_\n]{{0,4}})?"
"""What may be between a label and its number: `SSN: `, `passport no. `, `番号は`."""
DATE = re.compile(r"(?:19|20)\d\d(?:[-/.]\d{1,2}){0,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d")
"""Behind a label too, a day or a year: `passport 2024-05-01`."""
ALWAYS = ("US", "*")
"""Regions whose rows hold everywhere: the US form is specific, and a passport travels."""
ID_WORDS = frozenset({
    "aadhaar", "adhaar", "ahv", "amka", "bsn", "cedula", "cf", "cif", "cmnd", "cni", "cnie", "cnp", "cnss", "cpf",
    "cpr", "cuil", "cuit", "curp", "cédula", "dni", "dob", "document", "documento", "egn", "epic", "fin", "fnr",
    "id", "ident", "identificacion", "idno", "idnr", "ine", "insee", "ird", "isikukood", "jmbg", "ktp", "mrn",
    "nhc", "nhs", "ni", "nic", "nid", "nie", "nif", "nik", "nin", "nino", "nir", "nit", "no", "nr", "nric", "nss",
    "nuip", "num", "numero", "número", "oib", "pan", "personnummer", "pesel", "pin", "pis", "pps", "ppsn", "rc",
    "rfc", "rg", "rif", "rn", "rrn", "ruc", "rut", "sin", "ssn", "steuerid", "svnr", "tc", "tckn", "tfn", "tin",
    "vat", "voter",
})  # fmt: skip
"""May touch the number that they name, in capitals too."""


def id_detector(regions: Sequence[str]) -> Detector:
    """Numbers of some countries (ISO 3166-1 alpha-2), and the labelled ones of any."""
    rows = [row for row in (*NATIONAL_IDS, *LABELLED_NUMBERS) if row.region in regions or row.region in ALWAYS]
    gate = "|".join(f"(?:{_for_re2(row)})" for row in rows)
    finders = [partial(_find, pattern=_pattern(row), row=row, check=_check(row.check)) for row in rows]
    return Detector("id_number", "ID", gate, partial(_find_all, finders=finders))


def _for_re2(row: NationalId) -> str:
    # RE2 writes code points otherwise.
    form = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", row.form)
    return rf"(?:^|[^{CODE}])(?i:{row.label}){LINK_GATE}[A-Z0-9]{{0,6}}[-/]?[0-9]" if row.label else form


def _pattern(row: NationalId) -> re.Pattern[str]:
    if row.label:
        return re.compile(rf"{NOT_BEHIND}(?i:{row.label}){LINK}(?P<value>{row.form}){NOT_BEFORE}")
    return re.compile(rf"(?<![0-9-])(?P<value>{row.form})(?![0-9]|-[{CODE}])")


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
        start, end = match.span("value")
        right = not DATE.fullmatch(match["value"]) if row.label else _stands_alone(text, start, end, row.tier)
        if right and (check is None or check(match["value"])):
            yield Span(start, end, row.tier)


def _stands_alone(text: str, start: int, end: int, tier: Tier) -> bool:
    """Whether a number is no part of a code. What it is called may touch it: `DNI12345678Z`; and so may any word where
    only this sort of number passes the check, if there is a digit between.
    """
    behind, ahead = touching_behind(text, start), touching_before(text, end)
    named = behind.word.lower() in ID_WORDS
    if behind.contact == "code" and not named:
        return False
    if behind.contact == "word" and not named and (tier == "likely" or not text[start].isdecimal()):
        return False
    if ahead.contact == "apart":
        return True
    return ahead.contact == "word" and tier == "certain" and text[end - 1].isdecimal()
