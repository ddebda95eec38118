"""How unlikely a text's characters beyond ASCII are in a language, by its letters: the less, the better a decoding."""

import math
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from commonhold.sheets.alphabets import AMONG_WORDS, AROUND_WORDS, CYRILLIC, EAST_ASIAN, LATIN, OTHER, model_of

# Nats. Estimated from what is frequent in tables of people's texts; only their differences matter.
MARK, MISPLACED_MARK, SYMBOL, CONTROL, UNREADABLE = 6.0, 12.0, 12.0, 20.0, 16.0
WELL_PLACED_MARK, LONE_LETTER = 4.0, 2.0
FOREIGN, OTHER_SCRIPT, UNKNOWN_LETTER = 8.0, 9.5, 10.0
CAPITAL, CAPITAL_INSIDE, CAPITAL_AFTER_SMALL, MIXED_SCRIPTS, WRONG_END = 1.5, 1.0, 6.0, 6.0, 5.0
NO_LETTERS = {"Cc": CONTROL, "Cn": CONTROL, "Co": CONTROL, "Cs": UNREADABLE}
"""By the category of a character; bytes that are unreadable stand as lone surrogates."""
SELDOM_MARKED = {"en": 2.0}
"""Added to each letter of a language that writes few of its words with them."""
KANA, FREQUENT, RARE, ELSEWHERE, WITHOUT_KANA = 4.0, 6.5, 11.0, 13.0, 2.0
HANGUL = 5.5
OTHER_LANGUAGE = 8.0
"""Once for a text in another language than the declared ones."""
SPREAD = 1.5
"""Added to a letter's rank, whose inverse is taken for how often it comes."""
LONE = frozenset("àáâåäãèéêíîòóôöøúýÀÁÅÄÈÉÍÒÓÖØÚ")
"""Words of one letter."""
FINALS, NOT_FINAL = frozenset("ךםןףץ"), frozenset("כמנצ")


class Neighbours(NamedTuple):
    """A character beyond ASCII between its neighbours."""

    before: str
    letter: str
    after: str


class LetterLikelihood:
    """Judges decodings of one text, by the languages that were declared for it."""

    def __init__(self, languages: Sequence[str] = ()) -> None:
        """`languages` are BCP 47 tags; with none, every language is as likely."""
        declared = dict.fromkeys(name for tag in languages if (name := model_of(tag)))
        self._declared = tuple(declared)

    def cost(self, text: str) -> float:
        """The cost of the likeliest language, or of the declared ones together."""
        around = f"\n{unicodedata.normalize('NFC', text)}\n"
        contexts = Counter(Neighbours(*around[i - 1 : i + 2]) for i in range(1, len(around) - 1) if around[i] > "\x7f")
        letters: Counter[str] = Counter()
        for context, times in contexts.items():
            letters[context.letter] += times
        shape = sum(times * _misplacement(context) for context, times in contexts.items())
        costs: dict[tuple[str, ...], float] = {(name,): _letters_cost(letters, (name,)) for name in _ALL}
        if self._declared:
            costs = {names: cost + OTHER_LANGUAGE * (names[0] not in self._declared) for names, cost in costs.items()}
            costs[self._declared] = _letters_cost(letters, self._declared)
        return shape + min(costs.values())


_ALL = (*LATIN, *CYRILLIC, *OTHER, *EAST_ASIAN)


def _letters_cost(letters: Mapping[str, int], languages: Sequence[str]) -> float:
    cost = sum(times * min(_cost(letter, name) for name in languages) for letter, times in letters.items())
    if "ja" in languages and "zh" not in languages and "zh-Hant" not in languages:
        kana = sum(times for letter, times in letters.items() if _is_kana(letter))
        kanji = sum(times for letter, times in letters.items() if _is_ideograph(letter))
        cost += WITHOUT_KANA * kanji * (10 * kana < kanji)
    return cost + math.log(len(languages)) * sum(letters.values())


@cache
def _shares(language: str) -> Mapping[str, float]:
    alphabet = {**LATIN, **CYRILLIC, **OTHER}[language]
    weights = {letter: 1 / (rank + SPREAD) for rank, letter in reversed(list(enumerate(alphabet)))}
    whole = sum(weights.values())
    return {letter: -math.log(weight / whole) for letter, weight in weights.items()}


@cache
def _cost(letter: str, language: str) -> float:
    if letter in AROUND_WORDS or letter in AMONG_WORDS:
        return MARK
    if (fixed := NO_LETTERS.get(unicodedata.category(letter))) is not None:
        return fixed
    if language in EAST_ASIAN:
        return _east_asian(letter, language)
    small = letter.lower()
    own = _shares(language)
    if letter in own or small in own:
        return own.get(letter, own.get(small, 0.0)) + CAPITAL * (letter not in own) + SELDOM_MARKED.get(language, 0.0)
    return _foreign(letter, small, language)


def _foreign(letter: str, small: str, language: str) -> float:
    """Of what is no letter of the language."""
    if not (letter.isalpha() or unicodedata.combining(letter)):
        return SYMBOL
    if small not in _KNOWN:
        return ELSEWHERE if language in LATIN and unicodedata.category(letter) == "Lo" else UNKNOWN_LETTER
    script = next(script for script in (LATIN, CYRILLIC, OTHER) if language in script)
    same = script is not OTHER and any(small in alphabet for alphabet in script.values())
    return (FOREIGN if same else OTHER_SCRIPT) + CAPITAL * (letter != small)


_KNOWN = frozenset("".join((*LATIN.values(), *CYRILLIC.values(), *OTHER.values())))


def _east_asian(letter: str, language: str) -> float:
    """By the standards that put frequent characters before rare ones: GB 2312, Big5, JIS X 0208, KS X 1001."""
    if "\u3000" <= letter <= "\u3017" or "\uff01" <= letter <= "\uff60":
        return MARK
    if _is_kana(letter):
        return KANA if language == "ja" else RARE
    codec, last_frequent = {"zh": ("gb2312", 0xD7), "zh-Hant": ("big5", 0xC6), "ja": ("euc_jp", 0xCF)}.get(
        language, ("euc_kr", 0xC8)
    )
    try:
        lead = letter.encode(codec)[0]
    except UnicodeEncodeError:
        return ELSEWHERE
    if "\uac00" <= letter <= "\ud7a3":
        return HANGUL if language == "ko" else ELSEWHERE
    if not _is_ideograph(letter):
        return RARE
    return FREQUENT if lead <= last_frequent and language != "ko" else RARE


def _is_kana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u30ff"


def _is_ideograph(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff"


@cache
def _misplacement(context: Neighbours) -> float:
    """What is odd about a character where it is: marks in words, capitals after small letters, two scripts."""
    before, letter, after = context
    if letter in AROUND_WORDS:
        if before.isalpha() and after.isalpha() and letter not in "’\u00ad\u00a0–—…":
            return MISPLACED_MARK - MARK
        return -WELL_PLACED_MARK * _is_well_placed(context)
    if letter in AMONG_WORDS:
        inside = (before.isalpha() and letter not in "·²³´") or (before.isalpha() and after.isalpha() and letter != "·")
        return (MISPLACED_MARK - MARK) * inside - WELL_PLACED_MARK * (not inside and _is_well_placed(context))
    if not letter.isalpha():
        return 0.0
    cost = CAPITAL_AFTER_SMALL * (before.islower() and letter.isupper())
    cost += CAPITAL_INSIDE * (before.isalpha() and letter.isupper())
    cost += CAPITAL_AFTER_SMALL * (letter.islower() and after.isascii() and after.isupper())
    cost += LONE_LETTER * (_is_latin(letter) and not before.isalpha() and not after.isalpha() and letter not in LONE)
    if _is_ideograph(letter) or "\uac00" <= letter <= "\ud7a3":
        return cost + MIXED_SCRIPTS * (_is_latin(before) or _is_latin(after))
    if not _is_latin(letter):
        cost += MIXED_SCRIPTS * (_is_latin(before) + _is_latin(after))
    cost += WRONG_END * (letter in FINALS and after.isalpha())
    return cost + WRONG_END * (letter in NOT_FINAL and before.isalpha() and not after.isalpha() and after not in "'׳״")


def _is_well_placed(context: Neighbours) -> bool:
    """Whether a mark is where most marks of its kind are."""
    before, letter, after = context
    match letter:
        case "’":
            return before.isalpha() and after.isalpha()
        case "“" | "‘" | "«" | "„" | "¿" | "¡":
            return not before.isalnum() and (after.isalnum() or after in "\u00a0\u202f ")
        case "”" | "»" | "…" | "،" | "؟":
            return not before.isspace() and not after.isalnum()
        case "–" | "—":
            return (before == " " and after == " ") or (before.isdigit() and after.isdigit())
        case "€" | "£" | "°" | "§" | "№" | "²" | "³" | "½":
            return before.isdigit() or after.isdigit() or (before == " " and after in " C")
    return False


@cache
def _is_latin(letter: str) -> bool:
    return letter.isalpha() and (letter.isascii() or unicodedata.name(letter, "").startswith("LATIN"))
