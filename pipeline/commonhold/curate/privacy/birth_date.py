"""Dates of birth that are called so; other dates are nobody's in particular and stay."""

import re
from collections.abc import Iterator

from commonhold.curate.privacy.boundaries import CODE, LATIN, NOT_BEHIND
from commonhold.curate.privacy.find import Detector, Span

LABELS = (
    r"date of birth", r"birth ?date", r"birth ?day", r"d\.?o\.?b\.?", r"born",  # English
    r"fecha de nacimiento", r"nac[ií](?:d[oa]|ó)?", r"cumpleaños",  # Spanish
    r"data de nascimento", r"nascid[oa]", r"nasci", r"nasceu",  # Portuguese
    r"date de naissance", r"n[ée]e?",  # French
    r"geburtsdatum", r"geb(?:oren|\.)", r"geburtstag",  # German
    r"data di nascita", r"nat[oa]",  # Italian
    r"geboortedatum", r"tanggal lahir", r"doğum tarihi", r"tarehe ya kuzaliwa", r"alizaliwa", r"data urodzenia",
    r"ngày sinh",
)  # fmt: skip
OTHER_LABELS = (
    r"дата рождения", r"родил(?:ся|ась)", r"дата народження", r"ημερομηνία γέννησης", r"生年月日", r"誕生日", r"生日",
    r"出生日期", r"생년월일", r"วันเกิด", r"תאריך לידה",
    r"تاريخ الميلاد", r"تاریخ تولد", r"تاریخ پیدائش", r"जन्म ?(?:तिथि|तारीख)",
    r"জন্ম ?তারিখ", r"பிறந்த தேதி", r"పుట్టిన తేదీ",
)  # fmt: skip
"""In other than Latin letters; a word of theirs may go on behind or before the label."""
LINKS = r"is|was|on|the|in|es|el|é|em|no|dia|día|le|la|am|il|ist|est|war|هو|है|היא|הוא|является"
ATTACHED = "はがの是为為은는"
"""Signs that link a label to its date without a space."""
MONTHS = (
    r"jan(?:uary|vier|uar|eiro)?|feb(?:ruary|ruar|rero)?|f[ée]v(?:rier|ereiro)?|mar(?:ch|s|zo|ço)?|märz|apr(?:il)?|"
    r"avr(?:il)?|abr(?:il)?|may|mai|mayo|maio|june?|juin|jun(?:io|i|ho)?|july?|juil(?:let)?|jul(?:io|i|ho)?|aug(?:ust)?|"
    r"août|ago(?:sto)?|sep(?:t|tember|tembre|tiembre)?|set(?:iembre|embro)?|o[ck]t(?:ober|obre|ubre)?|out(?:ubro)?|"
    r"nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embro)?|dic(?:iembre)?|déc(?:embre)?|ene(?:ro)?"
)
DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.] ?\d{1,2}[-/.] ?(?:\d{4}|\d{2})|\d{4}年\d{1,2}月\d{1,2}日|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er|\.|º)? ?(?:of |de |d')?(?:{MONTHS})\.?,? ?(?:de |del )?\d{{4}}|"
    r"(?:明治|大正|昭和|平成|令和) ?(?:\d{1,2}|元)年 ?\d{1,2}月 ?\d{1,2}日|\d{4}년 ?\d{1,2}월 ?\d{1,2}일|"
    rf"(?:{MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? ?\d{{4}})"
)
GATE = (
    rf"(?i)(?:(?:^|[^{CODE}])(?:{'|'.join(LABELS)})|{'|'.join(OTHER_LABELS)})"
    rf"(?:[^\pL0-9\n;][^0-9\n;]*|[{ATTACHED}][^0-9\n;]*)?[0-9]"
)
LABELLED = re.compile(
    rf"(?:{NOT_BEHIND}(?:{'|'.join(LABELS)})(?![{LATIN}])|(?:{'|'.join(OTHER_LABELS)})[{ATTACHED}]?)"
    rf"(?:[^\w\n]{{0,4}}(?=[\d明大昭平令])|[^\w\n]{{1,4}}|[^\w\n]{{0,4}}(?:\s?(?:{LINKS})){{1,3}}\W{{1,4}})"
    rf"(?P<value>{DATE})(?!\d)",
    re.IGNORECASE,
)


def find_birth_dates(text: str) -> Iterator[Span]:
    """The date alone, in figures or with a month's name; a year alone stays."""
    for match in LABELLED.finditer(text):
        yield Span(*match.span("value"))


BIRTH_DATE = Detector("date_of_birth", "BIRTH_DATE", GATE, find_birth_dates)
