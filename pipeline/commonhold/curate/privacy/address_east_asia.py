"""Addresses of East Asia, which go from the large to the small: city, district, street or block, number, room."""

import re
from collections.abc import Iterator, Sequence

_HAN, _KANA, _HANGUL = "\u3400-\u9fff々〇", "\u3041-\u30ffー", "가-힣"
LETTER = re.compile(rf"[{_HAN}{_KANA}{_HANGUL}]")
"""A letter of these scripts; without one there is no such address."""
_NAME_LETTER = re.compile(rf"[{_HAN}{_KANA}]")
_BANCHI = r"(?:\d{1,4}|[一二三四五六七八九十]{1,3})"
_DASH = "[-‐-–−ー－のノ]"
JAPANESE_NUMBER = re.compile(
    rf"(?:{_BANCHI}丁目(?:{_BANCHI}番地?(?:の?{_BANCHI}号?)?|{_BANCHI}(?:{_DASH}\d{{1,4}}){{0,3}})?"
    rf"|(?<!\d)\d{{1,4}}(?:{_DASH}\d{{1,4}}){{1,3}}|{_BANCHI}番地?(?:の?{_BANCHI}号?)?)(?![人名回日月年個本枚時分円度歳\d])"
    rf"(?:\s?[{_KANA}{_HAN}A-Za-z]{{1,16}}\s?\d{{1,4}}(?:号室|号|室)|\s?\d{{1,4}}号室)?"
)
_BLOCKS = (
    r"(?:之\d{1,3})?(?:院|楼|樓)?(?:\s?\d{1,4}\s?(?:号楼|號樓|栋|棟|幢|座|单元|樓|楼|层|室|号|號)){0,4}"
    r"(?:(?<=单元)\s?\d{1,4}(?!\d)|[A-Z]座\d{0,4})?"
)
CHINESE_STREET = re.compile(
    rf"(?:(?<![铁鐵公])[路街道巷弄里村]|胡同)(?:[{_HAN}]{{0,2}}段|[甲乙丙])?\s?\d{{1,5}}(?:[-－]\d{{1,4}})?\s?[号號弄巷]"
    rf"(?![线線]){_BLOCKS}"
)
CHINESE_NUMBER = re.compile(rf"(?<=[{_HAN}])[甲乙丙]?\s?\d{{1,5}}\s?[号號](?![线線]){_BLOCKS}")
KOREAN = re.compile(
    rf"(?:(?:[{_HANGUL}]{{2,8}}(?:시|도)|서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|[충전경][북남]|제주)\s)?"
    rf"(?:[{_HANGUL}]{{1,6}}[시군구]\s){{1,2}}(?:[{_HANGUL}]{{1,6}}[읍면동]\s)?"
    rf"(?:[{_HANGUL}\d]{{1,12}}(?:로|길)(?:\s?\d{{1,3}}번?길)?\s?\d{{1,4}}(?:-\d{{1,4}})?(?![\d{_HANGUL}])"
    rf"|[{_HANGUL}\d]{{1,8}}동(?:\d가)?\s\d{{1,4}}(?:-\d{{1,4}})?(?:번지)?(?![\d{_HANGUL}]))"
    r"(?:,?\s\d{1,4}동)?(?:,?\s\d{1,3}층)?(?:,?\s\d{1,5}호)?(?:\s?\([가-힣, ]{2,20}\))?"
)
JAPANESE_POSTCODE = re.compile(r"〒?\s?\d{3}[-－]\d{4}\s{0,2}$")
NOT_IN_NAMES = frozenset("在住于於是到从從我们們的去来來址了和与與及您你他她这這那有所はがをにで")
"""Letters before an address that are no part of it: 我住在北京市."""
MAX_NAME, MAX_STREET_NAME = 30, 8
"""Letters before the number; of a street without its district."""
GATE = r"[市区町村郡區县縣路街道巷弄里段][^\n0-9丁番]*(?:[0-9０-９]|丁目|番)|[시군구동로길]\s[^\n0-9]*[0-9]"
"""RE2 pattern of texts in which such an address may be."""


def find_east_asian(text: str) -> Iterator[tuple[int, int]]:
    """Where Japanese, Chinese and Korean addresses start and end."""
    for match in JAPANESE_NUMBER.finditer(text):
        start = _name_start(text, match.start(), MAX_NAME)
        if any(letter in "市区町村郡" for letter in text[start : match.start()][1:]):
            before = JAPANESE_POSTCODE.search(text, max(start - 12, 0), start)
            yield (before.start() if before else start), match.end()
    for match in CHINESE_STREET.finditer(text):
        start = _name_start(text, match.start(), MAX_NAME)
        if not _has_any(text[start : match.start()], ("市区區县縣省",)):
            start = _name_start(text, match.start(), MAX_STREET_NAME)
        if start < match.start():
            yield start, match.end()
    for match in CHINESE_NUMBER.finditer(text):
        start = _name_start(text, match.start(), MAX_NAME)
        if _has_any(text[start : match.start()], ("市", "区區县縣")):
            yield start, match.end()
    for match in KOREAN.finditer(text):
        yield match.span()


def _name_start(text: str, end: int, most: int) -> int:
    """Where the letters start that are right before a number, with single blanks between them."""
    start = end
    while start > 0 and end - start < most:
        before = start - 1 if text[start - 1] != " " else start - 2
        if before < 0 or text[before] in NOT_IN_NAMES or not _NAME_LETTER.match(text, before):
            break
        start = before
    return start


def _has_any(name: str, groups: Sequence[str]) -> bool:
    """Whether a name has a letter of each group."""
    return all(any(letter in group for letter in name) for group in groups)
