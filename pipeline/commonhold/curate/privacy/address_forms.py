"""Addresses that are known by their form as a whole: East Asia, Colombia, India, and any name with a postcode."""

import re
from typing import Literal, NamedTuple

_HAN, _KANA, _HANGUL = "\u3400-\u9fff々〇", "\u3041-\u30ffー", "가-힣"
_BANCHI = r"(?:\d{1,4}|[一二三四五六七八九十]{1,3})"
_DASH = "[-‐-–−ー－のノ]"
JAPANESE = (
    rf"(?:〒?\s?\d{{3}}[-－]\d{{4}}\s{{0,2}})?(?:[{_HAN}]{{2,3}}[都道府県]\s?)?[{_HAN}{_KANA}]{{1,12}}?[市区町村郡]"
    rf"[{_HAN}{_KANA}]{{0,14}}?\s?(?:{_BANCHI}丁目(?:{_BANCHI}番地?(?:の?{_BANCHI}号?)?|{_BANCHI}(?:{_DASH}\d{{1,4}}){{0,3}})?"
    rf"|\d{{1,4}}(?:{_DASH}\d{{1,4}}){{1,3}}|{_BANCHI}番地?(?:の?{_BANCHI}号?)?)"
    rf"(?:\s?[{_KANA}{_HAN}A-Za-z]{{1,16}}\s?\d{{1,4}}(?:号室|号|室)|\s?\d{{1,4}}号室)?"
)
_BLOCKS = (
    r"(?:之\d{1,3})?(?:院|楼|樓)?(?:\s?\d{1,4}\s?(?:号楼|號樓|栋|棟|幢|座|单元|樓|楼|层|室|号|號)){0,4}"
    r"(?:(?<=单元)\s?\d{1,4}(?!\d)|[A-Z]座\d{0,4})?"
)
CHINESE = (
    rf"(?:[{_HAN}]{{2,8}}?省\s?)?(?:[{_HAN}]{{2,8}}?市\s?)?(?:[{_HAN}]{{1,8}}?[区區縣县]\s?)?(?:[{_HAN}]{{1,6}}?[镇鎮乡]\s?)?"
    rf"[{_HAN}]{{1,8}}?(?:(?<![铁鐵公])路|街|道|巷|弄|胡同|里|村)(?:[{_HAN}]{{0,2}}?段|甲|乙|丙)?\s?\d{{1,5}}(?:[-－]\d{{1,4}})?\s?[号號弄巷]"
    rf"(?![线線]){_BLOCKS}"
)
CHINESE_DISTRICT = (
    rf"[{_HAN}]{{2,8}}?市\s?[{_HAN}]{{1,8}}?[区區縣县]\s?[{_HAN}]{{2,16}}?\s?\d{{1,5}}\s?[号號](?![线線]){_BLOCKS}"
)
KOREAN = (
    rf"(?:(?:[{_HANGUL}]{{2,8}}(?:시|도)|서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|[충전경][북남]|제주)\s)?"
    rf"(?:[{_HANGUL}]{{1,6}}[시군구]\s){{1,2}}(?:[{_HANGUL}]{{1,6}}[읍면동]\s)?"
    rf"(?:[{_HANGUL}\d]{{1,12}}(?:로|길)(?:\s?\d{{1,3}}번?길)?\s?\d{{1,4}}(?:-\d{{1,4}})?(?![\d{_HANGUL}])"
    rf"|[{_HANGUL}\d]{{1,8}}동(?:\d가)?\s\d{{1,4}}(?:-\d{{1,4}})?(?:번지)?(?![\d{_HANGUL}]))"
    r"(?:,?\s\d{1,4}동)?(?:,?\s\d{1,3}층)?(?:,?\s\d{1,5}호)?(?:\s?\([가-힣, ]{2,20}\))?"
)
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


EAST_ASIAN_LETTER = re.compile(rf"[{_HAN}{_KANA}{_HANGUL}]")


class AddressForm(NamedTuple):
    """One way to write an address that is like nothing else."""

    pattern: re.Pattern[str]
    needs: str = ""
    """`tail`: something that belongs to an address follows; `certain`: a part of a house or a postcode does."""
    is_certain: bool = False
    has: Literal["code", ""] = ""
    """The kind of part that it ends with."""


EAST_ASIAN = (
    AddressForm(re.compile(JAPANESE), is_certain=True),
    AddressForm(re.compile(CHINESE), is_certain=True),
    AddressForm(re.compile(CHINESE_DISTRICT), is_certain=True),
    AddressForm(re.compile(KOREAN), is_certain=True),
)
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
        r"[市区町村郡區县縣路街道巷弄里段][^\n0-9丁番]*(?:[0-9０-９]|丁目|番)",
        r"(?:^|[^\pL])(?:al|os|pl|u|krt|ltp|[rc])\.\s?\pL?[^\n0-9]*[0-9]",
        r"(?:^|[^\pL])(?:gran v[ií]a|mza?\.?|manzana)\s[^\n0-9]*[0-9]",
        r"[0-9]\s[^\n0-9]*,\s(?:quận|phường|[qp]\.)\s?[0-9]",
        r"[시군구동로길]\s[^\n0-9]*[0-9]",
        r"[0-9][A-Za-z]?(?:,|\s?\n)\s?(?:[A-Z]{1,2}-)?[0-9]{2}(?:[0-9]{2,3}|-[0-9]{3}|[0-9]\s[0-9]{2}|[0-9]{2}\s[A-Z]{2})\s\pL",
        r"(?:^|[^\pL])(?:calle|cll?|carrera|[ck]ra?|transversal|tv|diagonal|dg|diag|avenida|av|circ|circular)\.?\s?[0-9]",
        r"(?:^|[^\pL])(?:flat|plot|door|house|shop|villa|quarter|bungalow|h|d|qtr)\.?\s?(?:no|number|num|#)?[.:\s-]*[0-9]",
        r"[0-9][A-Za-z]?,\s\pL[^0-9]*[0-9]{6}",
        r"(?:^|[^\pL])(?:rua|calle|avenida)\s[0-9]",
    )
)
"""RE2 pattern of texts that one of the forms may be in."""
