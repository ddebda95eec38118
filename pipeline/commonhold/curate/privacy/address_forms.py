"""Addresses that are known by their form as a whole: of Colombia and India, and any name with a postcode."""

import re
from typing import Literal, NamedTuple

COLOMBIAN = (
    r"(?<!\w)(?i:calle|cll?|carrera|cra|kra|cr|kr|transversal|tv|diagonal|dg|diag|avenida|av|circular|circ)\.?\s?\d{1,3}"
    r"\s?(?:[A-Z]{1,2}|[a-z](?!\w))?(?:\s(?i:bis))?(?:\s[A-Z](?!\w))?(?:\s(?i:sur|norte|este|oeste|[nseo])(?!\w))?"
    r",?\s?(?:(?:#|(?i:n[oº°]?\.?|n[uú]m(?:ero)?\.?))\s?\d{1,3}\s?[A-Za-z]{0,2}(?:\s(?i:bis))?(?:\s?[-–—]\s?|\s)?\d{1,3}(?:\s(?i:sur|norte|este|oeste))?"
    r"|\s\d{1,3}[A-Z]?\s?[-–]\s?\d{1,3}|(?i:casa|lote)\s\d{1,3})(?!\w)"
    r"|(?<!\w)(?i:calle|avenida|av\.|cl\.)\s\d{1,3}\s(?i:sur|norte|nte|oriente|ote|poniente|pte|este|oeste)\.?,?"
    r"\s(?:#|(?i:n[oº°]?\.?)\s)?\d{1,5}(?!\w)"
    r"|(?<!\w)(?i:calle|rua|avenida)\s\d{1,3}(?:\s(?i:sur|sul|norte|nte|leste|este|oeste))?,\s(?i:casa|lote)\s\d{1,4}(?!\w)"
    r"|(?<!\w)(?i:mz|mza|manzana)\.?\s\w{1,2},?\s(?i:lt|lote)\.?\s\d{1,3}(?!\w)"
)
INDIAN = (
    r"(?<!\w)(?:(?i:flat|plot|door|house|shop|villa|quarter|bungalow|h|d|qtr)\.?\s?(?i:no|number|num|#)\.?\s?[:.-]?\s?\d[\w/-]{0,11}"
    r"(?=\s?,))"
)
_NOT_STREET = (
    r"(?i:paragraph|absatz|kapitel|seite|chapter|page|version|section|windows|sprint|table|figure|room|line|article|"
    r"artículo|página|capítulo|cap|art|nr|no|ticket|order|case|invoice|pedido|factura|rechnung)[s.]?\s"
)
_NAME = r"[^\W\d_a-zß-öø-ÿ][\w'’.-]{1,24}"
WITH_POSTCODE = (
    rf"(?<![\w.])(?!{_NOT_STREET})(?:(?:Am|An|Im|In|Auf|Unter|Zum|Zur|Zu|Hinter|Vor)\s(?:d[eaimnrs]{{1,2}}\s)?)?{_NAME}(?:\s(?:d[aeio][s]?\s|del\s)?{_NAME}){{0,3}}"
    r",?\s(?:n[ro]?[.º°]?\s)?\d{1,4}[ ]?[A-Za-z]?(?:[-/]\d{1,4}[a-z]?)?(?:,\s?|\s?\n\s?)"
    r"(?:[A-Z]{1,2}-)?(?:\d{5}|\d{2}-\d{3}|\d{3}\s\d\d|\d{4}\s[A-Z]{2}|(?!19|20)\d{4})(?=\s[^\W\d_a-zß-öø-ÿ])"
)
INDIAN_PIN = (
    rf"(?<![\w.])(?:#\s?|No\.?\s)?\d{{1,4}}[A-Za-z]?(?:[/-]\w{{1,4}}){{0,2}},\s(?:{_NAME}(?:\s{_NAME}){{0,3}},\s){{1,4}}"
    rf"{_NAME}(?:\s{_NAME})?\s?[-–]?\s?[1-9]\d{{5}}(?!\d)"
)
INDIAN_UNIT = r"(?<!\w)(?i:flat|plot|house|shop|door)\s\d[\w/-]{0,8}(?=,)"
_NAMES = rf"(?:(?:d[aeio]s?|del|la|las|los)\s){{0,3}}{_NAME}(?:\s(?:d[aeio]s?\s|del\s)?(?:la\s|los\s)?{_NAME}){{0,4}}"
SHORT_TYPES = (
    r"(?<!\w)(?:(?i:al|os|pl)\.\s(?:\d\s)?" + _NAME + r"(?:\s" + _NAME + r"){0,2}\s\d{1,3}[a-z]?(?:/\d{1,3})?(?!\w)"
    rf"|{_NAME}\s(?:u|krt|ltp)\.\s?\d{{1,3}}(?:/[A-Z])?\.?(?![\w])"
    rf"|[Gg]ran\s[Vv][ií]a(?:\s{_NAMES})?,?\s(?:n[º°o.]{{1,2}}\s?)?\d{{1,3}}(?!\w)|GRAN\sV[IÍ]A,?\s\d{{1,3}}(?!\w)"
    rf"|\d{{1,4}}[A-Z]?(?:/\d{{1,4}})?\s{_NAME}(?:\s{_NAME}){{1,3}}(?=,\s(?:Quận|Phường|Q\.|P\.)\s?\d))"
)
LETTER_TYPES = rf"(?<!\w)[RC]\.\s?{_NAMES},\s?(?:n[º°o.]{{1,2}}\s?)?\d{{1,5}}[A-Za-z]?(?!\w)"
BEFORE_STREET = re.compile(
    rf"(?<!\w)(?:(?:\d{{6}},\s)?(?:г|гор|город|м|пос)\.?\s{_NAME}(?:\s{_NAME})?"
    r"|(?i:unit|room|shop|house|villa|lot|level|floor|block|tower)\s(?:\d{1,5}[A-Z]?|[A-Z]\d{0,3})"
    rf"|(?i:barrio|urb\.|urbanización|colonia|residencial|résidence|edificio|conjunto|fracc\.)\s{_NAMES}),\s"
)


class AddressForm(NamedTuple):
    """One way to write an address that is like nothing else."""

    pattern: re.Pattern[str]
    needs: str = ""
    """`tail`: something that belongs to an address follows; `certain`: a part of a house or a postcode does."""
    is_certain: bool = False
    has: Literal["code", ""] = ""
    """The kind of part that it ends with."""


FORMS = (
    AddressForm(re.compile(COLOMBIAN)),
    AddressForm(re.compile(WITH_POSTCODE), is_certain=True, has="code"),
    AddressForm(re.compile(SHORT_TYPES)),
    AddressForm(re.compile(INDIAN), needs="tail"),
    AddressForm(re.compile(INDIAN_UNIT), needs="certain"),
    AddressForm(re.compile(INDIAN_PIN), is_certain=True, has="code"),
    AddressForm(re.compile(LETTER_TYPES), needs="certain"),
)
FORMS_GATE = "|".join(
    (
        r"(?:^|[^\pL])(?:al|os|pl|u|krt|ltp|[rc])\.\s?\pL?[^\n0-9]*[0-9]",
        r"(?:^|[^\pL])(?:gran v[ií]a|mza?\.?|manzana)\s[^\n0-9]*[0-9]",
        r"[0-9]\s[^\n0-9]*,\s(?:quận|phường|[qp]\.)\s?[0-9]",
        r"[0-9][A-Za-z]?(?:,|\s?\n)\s?(?:[A-Z]{1,2}-)?[0-9]{2}(?:[0-9]{2,3}|-[0-9]{3}|[0-9]\s[0-9]{2}|[0-9]{2}\s[A-Z]{2})\s\pL",
        r"(?:^|[^\pL])(?:calle|cll?|carrera|[ck]ra?|transversal|tv|diagonal|dg|diag|avenida|av|circ|circular)\.?\s?[0-9]",
        r"(?:^|[^\pL])(?:flat|plot|door|house|shop|villa|quarter|bungalow|h|d|qtr)\.?\s?(?:no|number|num|#)?[.:\s-]*[0-9]",
        r"[0-9][A-Za-z]?,\s\pL[^0-9]*[0-9]{6}",
        r"(?:^|[^\pL])(?:rua|calle|avenida)\s[0-9]",
    )
)
"""RE2 pattern of texts that one of the forms may be in."""
