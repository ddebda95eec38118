"""Whether letters make sense together: what a text in the wrong encoding gives itself away by."""

import re
import unicodedata
from collections import Counter
from itertools import pairwise

LATIN = (
    *("áéíóúüñ", "àâæçéèêëîïôœùûüÿ", "äöüß", "áâãàçéêíóôõúü", "àèéìíîòóùú", "åäöé", "æøåé", "áéíóúýðþæö"),
    *("éèëïöüáóú", "àéèíïòóúüç"),
    *("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "çğıöşüâîû"),
    *("āčēģīķļņšūž", "ąčęėįšųūž", "äöõüšž", "ëç", "ċġħż", "âêîôûŵŷ"),
)
"""Letters beyond ASCII of Spanish, French, German, Portuguese, Italian, Swedish and Finnish, Danish and Norwegian,
Icelandic, Dutch, Catalan; Polish, Czech, Slovak, Hungarian, Romanian, the languages of former Yugoslavia, Turkish;
Latvian, Lithuanian, Estonian, Albanian, Maltese, Welsh: the main exemplar characters of Unicode's CLDR 45."""
OTHER = (
    *("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    *("абвгдђежзијклљмнњопрстћуфхцчџш", "абвгдѓежзѕијклљмнњопрстќуфхцчџш"),
    "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
    "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
    "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيًٌٍَُِّْـ",
    "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگکی",
)
"""Of Russian and Bulgarian, Ukrainian, Belarusian, Serbian, Macedonian, Greek, Hebrew, Arabic, Persian."""
PUNCTUATION = frozenset("«»“”„‘’‚‹›–—…¿¡·•°§№ºª€£´×½¼¾²³™©®؟،؛\u00a0\u200e\u200f\u00ad")
MARK_IN_WORD = re.compile(r"(?<=[^\W\d_])(?:(?![’·\u00ad])[^\w\s\x00-\x7f])+(?=[^\W\d_])|[^\W\d_][¹²³]")
HEBREW_FINAL, HEBREW_NOT_FINAL = re.compile("[ךםןףץ](?=.)"), re.compile("(?<=..)[כמנצ]$")
WORD = re.compile(r"[^\W\d_]+")
EAST_ASIAN = re.compile("[\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]")
MOST_MARKED = 3
"""Letters with marks in a row that a word of a Latin alphabet has."""


def faults(text: str) -> int:
    """How many characters beyond ASCII are out of place, if the text is in one language; 0 for none."""
    letters = Counter(letter.lower() for letter in text if letter > "\x7f" and letter.isalpha())
    odd = sum(
        letter > "\x7f" and not letter.isalpha() and letter not in PUNCTUATION and not EAST_ASIAN.match(letter)
        for letter in text
        if not unicodedata.combining(letter)
    )
    strange = {letter: times for letter, times in letters.items() if not EAST_ASIAN.match(letter)}
    best = min((*LATIN, *OTHER), key=lambda alphabet: _beyond(strange, alphabet))
    odd += _beyond(strange, best) + len(MARK_IN_WORD.findall(text))
    return odd + sum(_misplaced(word, best in LATIN) for word in WORD.findall(text) if not word.isascii())


def _beyond(letters: dict[str, int], alphabet: str) -> int:
    return sum(times for letter, times in letters.items() if letter not in alphabet)


def _misplaced(word: str, latin: bool) -> int:
    """Capitals after small letters, letters of two alphabets in one word, Hebrew letters that only end a word."""
    pairs = pairwise(word)
    capitals = sum(first.islower() and second.isupper() for first, second in pairs)
    ascii_letters = sum(letter.isascii() for letter in word)
    if latin:
        return capitals + max(len(word) - ascii_letters - MOST_MARKED, 0) * (ascii_letters == 0)
    ends = bool(HEBREW_FINAL.search(word)) + bool(HEBREW_NOT_FINAL.search(word))
    return capitals + ascii_letters + ends
