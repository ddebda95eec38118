"""Which questions the tuned model has seen in training, so that their answers show memory rather than skill."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple, TypeVar

from commonhold.evaluate.matching import fold, words

How = Literal["same", "inside", "near"]
"""`same`: equal but for case, space and punctuation. `inside`: whole, within a longer text. `near`: almost the same."""
SHINGLE_WORDS = 3
NEAR = 0.8
INSIDE_WORDS = 4
"""Words of the shortest question that is looked for inside longer texts; fewer stand in any text by chance."""
GRAM = 4
SHORT_WORDS = 12
"""Up to so many words, a question is compared letter by letter too: one slip changes most of its shingles."""
ALIKE = 0.6
"""Two words of which more is the same, by difflib's ratio, are one with a slip, or two forms of one."""
LETTERS_A_WORD = 2
"""In scripts without spaces every letter counts as a word, so it takes twice as many."""

Part = TypeVar("Part", bound=Hashable)


class _Question(NamedTuple):
    tokens: tuple[str, ...]
    shingles: frozenset[tuple[str, ...]]
    grams: frozenset[str]
    """Runs of four letters; empty for a long question."""


def contaminated(prompts: Sequence[str], texts: Iterable[str]) -> frozenset[int]:
    """Positions of the prompts that are in the training texts, however that may be."""
    return frozenset(seen(prompts, texts))


def seen(prompts: Sequence[str], texts: Iterable[str]) -> dict[int, How]:
    """Positions of the prompts that are in the training texts, each with the strongest way in which it does.

    Near: the sets of 3-word shingles have a Jaccard index (Broder 1997) of 0.8 or more; for prompts of at most 12
    words also the sets of their 4-letter runs, if the words differ by slips of the pen or their endings only. Scripts
    without spaces are compared letter by letter. Paraphrases and translations are not found. Give messages,
    replies and plain texts each as a text of its own; `texts` is read once and not kept.
    """
    questions = [_question(prompt) for prompt in prompts]
    index = _Index(questions)
    matches: dict[int, How] = {}
    for text in texts:
        for number, how in index.look(text):
            if _rank(how) < _rank(matches.get(number)):
                matches[number] = how
    return matches


def _rank(how: How | None) -> int:
    return {"same": 0, "inside": 1, "near": 2, None: 3}[how]


class _Index:
    """Which question holds what, so that a text is compared only with those that it shares something with."""

    def __init__(self, questions: Sequence[_Question]) -> None:
        self.questions = questions
        self.by_tokens: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        self.by_shingle: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        self.by_gram: defaultdict[str, list[int]] = defaultdict(list)
        for number, question in enumerate(questions):
            self.by_tokens[question.tokens].append(number)
            for shingle in question.shingles:
                self.by_shingle[shingle].append(number)
            for gram in question.grams:
                self.by_gram[gram].append(number)
        self.most_letters = max((len(question.grams) for question in questions), default=0) / NEAR

    def look(self, text: str) -> Iterator[tuple[int, How]]:
        """The questions that a text holds."""
        tokens = _tokens(text)
        yield from ((number, "same") for number in self.by_tokens.get(tokens, ()))
        shingles = _shingles(tokens)
        for number, count in _shared(self.by_shingle, shingles):
            question = self.questions[number]
            if count == len(question.shingles) and _long_enough(question.tokens) and _inside(question.tokens, tokens):
                yield number, "inside"
            if _near(count, len(question.shingles), len(shingles)):
                yield number, "near"
        if len(text) <= 2 * self.most_letters + GRAM:  # longer texts cannot be near to a short question
            grams = _grams(text)
            for number, count in _shared(self.by_gram, grams):
                question = self.questions[number]
                if _near(count, len(question.grams), len(grams)) and _slips(question.tokens, tokens):
                    yield number, "near"


def _shared(holders: Mapping[Part, list[int]], parts: Iterable[Part]) -> Iterable[tuple[int, int]]:
    return Counter(number for part in parts for number in holders.get(part, ())).items()


def _question(prompt: str) -> _Question:
    tokens = _tokens(prompt)
    return _Question(tokens, _shingles(tokens), _grams(prompt) if len(tokens) <= SHORT_WORDS else frozenset())


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(words(text)) or (fold(text),)


def _shingles(tokens: Sequence[str]) -> frozenset[tuple[str, ...]]:
    starts = range(max(1, len(tokens) - SHINGLE_WORDS + 1))
    return frozenset(tuple(tokens[start : start + SHINGLE_WORDS]) for start in starts)


def _grams(text: str) -> frozenset[str]:
    plain = " ".join(_tokens(text))
    return frozenset(plain[start : start + GRAM] for start in range(max(1, len(plain) - GRAM + 1)))


def _near(shared: int, one: int, other: int) -> bool:
    return shared >= NEAR * (one + other - shared)


def _slips(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two texts have the same words but for slips of the pen; `up` is no slip for `hot`, nor 13 for 12."""
    return len(one) == len(other) and all(
        mine == theirs or SequenceMatcher(None, mine, theirs, autojunk=False).ratio() > ALIKE
        for mine, theirs in zip(one, other, strict=True)
    )


def _long_enough(tokens: Sequence[str]) -> bool:
    letters = sum(len(token) == 1 and not token.isascii() for token in tokens)
    return len(tokens) - letters + letters / LETTERS_A_WORD >= INSIDE_WORDS


def _inside(inner: Sequence[str], outer: Sequence[str]) -> bool:
    return any(outer[start : start + len(inner)] == inner for start in range(len(outer) - len(inner) + 1))
