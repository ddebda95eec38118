"""Whether a rephrased message still says what its parent says, by what can be checked without a second model.

What is not seen: numbers in words, a name that starts a sentence, names in scripts without capitals, a meaning that
was turned round in known words. German, which writes every noun with a capital, is refused more often than it should.
"""

import re
from collections.abc import Iterator, Sequence

from commonhold.curate.privacy.find import PLACEHOLDER
from commonhold.curate.rephrasing.style import INSTRUCTIONS, RULES
from commonhold.curate.settings import Style
from commonhold.curate.text.words import words

Refused = tuple[str, str]
"""A reason and, for people, a detail without anything that was written."""
LONGEST_TIMES, LONGEST_MORE = 1.5, 40
"""A rephrased message may be so many times as long as its parent, and so many bytes more."""
QUOTES = {'"': '"', "“": "”", "«": "»", "'": "'", "‘": "’"}
NUMBER = re.compile(r"\d+(?:[.,'’ ]\d+)*")
WORD = re.compile(r"[^\W\d_][\w'’]*")
SENTENCE_START = re.compile(r"(?:^|[.!?:;¿¡…\n\"“«(\[]|[-–—] )[\s\"“«(¿¡'‘]*$")
FIRST_PERSON = frozenset({"i", "i'm", "i've", "i'd", "i'll"})
META_TALK = re.compile(
    r"""
    ^(?:sure|certainly|of\ course|okay)\b[,!.]
    | ^here(?:['’]s|\ is|\ are)\ (?:a|an|the|your|my|some)\b
    | ^(?:question|answer|message|paraphrase|rephrased|summary|note)\b[^.?!]{0,30}:
    | ^(?:pregunta|respuesta|mensaje|par[aá]frasis|nota)\b[^.?!]{0,30}:
    | ^(?:claro|por\ supuesto|aquí\ (?:tienes?|está))\b
    | \b(?:paraphras|rephras|reword|rewrit|parafrase|reformul|reescri)\w*
    | \b(?:as\ an?\ (?:ai|language\ model)|ai\ (?:assistant|model)|language\ model|modelo\ de\ lenguaje)\b
    | \b(?:the|this|your|el|este|su|tu)\ (?:original\ |following\ )?(?:message|text|sentence|mensaje|texto)\b
    | \bi(?:['’]m|\ am)?\ (?:can(?:no|['’])t|unable\ to|sorry,?\ but|not\ able\ to)
      \ (?:\w+\ )?(?:help|assist|provide|fulfil|answer|comply)
    | \b(?:sorry\ to\ hear|thank\ you\ for\ (?:reaching|contacting|your|letting)|how\ (?:can|may)\ i\ (?:help|assist))
    | \b(?:we|i)\ apologi[sz]e\b | \blamento\ (?:mucho\ )?(?:escuchar|las\ molestias)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Talk about the task, refusals and answers, in English and Spanish; other languages are not known here."""


def unquoted(text: str) -> str:
    """A model's reply without white space and one pair of quotation marks around it."""
    text = text.strip()
    if len(text) > 1 and QUOTES.get(text[0]) == text[-1] and text[-1] not in text[1:-1]:
        return text[1:-1].strip()
    return text


def longest(parent: str) -> int:
    """Bytes of the longest message that may stand for a parent; as many tokens hold at least as much text."""
    return int(LONGEST_TIMES * len(parent.encode("utf-8", "surrogatepass"))) + LONGEST_MORE


def refused(parent: str, reply: str, message: str, style: Style) -> Refused | None:
    """Why a rephrased message cannot stand for its parent, whose `reply` it gets; the first reason that holds."""
    return next(_refusals(parent, reply, message, style), None)


def _refusals(parent: str, reply: str, message: str, style: Style) -> Iterator[Refused]:
    if not words(message):
        yield "empty_prompt", "the model wrote no words"
    had, has = words(parent.casefold()), words(message.casefold())
    if has == had:
        yield "unchanged", "the same words as the message"
    if _in_order(has, had):
        yield "only_shortened", f"{len(has)} of the message's {len(had)} words, and no other"
    if any(match.group().casefold() not in parent.casefold() for match in META_TALK.finditer(message)):
        yield "meta_talk", "talks about the task, refuses it, or answers the message"
    if _runs(message) & _runs(f"{INSTRUCTIONS[style]} {RULES}") - _runs(parent):
        yield "meta_talk", "repeats the instruction"
    if len(message.encode("utf-8", "surrogatepass")) > longest(parent):
        yield "much_longer", f"more than {LONGEST_TIMES} times as long as the message"
    yield from _details(parent, reply, message)
    if style == "question_answer" and not re.search(r"[?؟？;՞፧]\s*$", message):
        yield "not_a_question", "does not end with a question mark"


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every run of four words."""
    all_words = words(text.casefold())
    return set(zip(*(all_words[start:] for start in range(4)), strict=False))


def _in_order(some: Sequence[str], all_words: Sequence[str]) -> bool:
    """Whether some words are among all of them, in the same order."""
    left = iter(all_words)
    return all(word in left for word in some)


def _details(parent: str, reply: str, message: str) -> Iterator[Refused]:
    had, has = set(PLACEHOLDER.findall(parent)), set(PLACEHOLDER.findall(message))
    if lost := had - has:
        yield "lost_placeholder", f"without {_number(lost, 'placeholder')} of the message"
    if new := has - had:
        yield "invented_placeholder", f"{_number(new, 'placeholder')} that the message has not"
    parent, message = (PLACEHOLDER.sub(" ", text) for text in (parent, message))
    numbers, old_words = _numbers(message), _all_folded(parent)
    if new := numbers - _numbers(parent):
        yield "invented_number", f"{_number(new, 'number')} that the message has not"
    if new := names(message) - old_words - FIRST_PERSON:
        yield "invented_name", f"{_number(new, 'capitalised word')} that the message has not"
    lost = (_numbers(parent) & _numbers(reply)) - numbers | (names(parent) & _all_folded(reply)) - _all_folded(message)
    if lost:
        yield "lost_detail", f"without {_number(lost, 'name or number', 'names or numbers')} that the reply repeats"


def names(text: str) -> set[str]:
    """Words with a capital that do not start a sentence, folded: names, mostly."""
    return {
        _folded(match.group())
        for match in WORD.finditer(text)
        if match.group()[0].isupper() and not SENTENCE_START.search(text[max(0, match.start() - 20) : match.start()])
    }


def _all_folded(text: str) -> set[str]:
    return {_folded(word) for word in WORD.findall(text)}


def _folded(word: str) -> str:
    return re.sub(r"'s?$", "", word.casefold().replace("’", "'"))


def _numbers(text: str) -> set[str]:
    """Numbers as plain digits, whatever separates their thousands: `1,500` is `1500`."""
    return {"".join(str(int(each)) for each in digits if each.isdecimal()) for digits in NUMBER.findall(text)}


def _number(details: set[str], one: str, many: str = "") -> str:
    return f"{len(details)} {one if len(details) == 1 else many or one + 's'}"
