"""Is a text in the language that its giver declared? Flags what seems wrong, drops nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from commonhold.curate.privacy.find import PLACEHOLDER
from commonhold.curate.text.finding import Finding
from commonhold.curate.text.identify import Cld2, Identifier, LanguageGuess
from commonhold.curate.text.tags import UNDETERMINED, mismatch, primary
from commonhold.curate.text.trained import TrainedIdentifier

MIN_CONFIDENCE = 0.8
"""Share of a text that must be in another language than declared; under it people mix two, which is no mistake."""
FIRST_LOOK = 80
"""Characters that mostly tell that a text is in the language declared, at half of the cost. They are a third of what is
read of a long text: where they are in one language, the whole is not surely in another."""


class LanguageFinding(NamedTuple):
    """What is known about the language of one text."""

    tag: str
    """The declared language; where none is declared, a reliable guess, else `und`."""
    guess: LanguageGuess
    finding: Finding | None
    """`language_mismatch` when the guess contradicts what was declared."""


@dataclass(frozen=True, slots=True)
class LanguageCheck:
    """Declared language first; an identifier only flags.

    A language that the general identifier does not know is left to the community's own one; where that does not know
    it either, nothing is flagged, because an answer among other languages would be wrong by necessity. A language that
    the general identifier does know is flagged only when it still says so after being told what was declared.
    """

    general: Identifier = field(default_factory=Cld2)
    own: TrainedIdentifier | None = None
    """Trained on the community's rows; see `training.train`."""

    def check(self, texts: Sequence[str], declared: Sequence[str]) -> list[LanguageFinding]:
        """One answer a text, in order; `declared` has a tag for each, empty when the row names none."""
        guesses = self.general.identify([text[:FIRST_LOOK] for text in texts])
        findings = [LanguageFinding(tag, guess, None) for tag, guess in zip(declared, guesses, strict=True)]
        doubtful = [index for index, (tag, guess, _) in enumerate(findings) if not _confirms(guess, tag)]
        whole, tags = [texts[index] for index in doubtful], [declared[index] for index in doubtful]
        for index, one in zip(doubtful, self._whole(whole, tags), strict=True):
            findings[index] = one
        return findings

    def _whole(self, texts: Sequence[str], declared: Sequence[str]) -> list[LanguageFinding]:
        """The same of texts whose beginnings are not in the language declared."""
        texts = [PLACEHOLDER.sub(" ", text) for text in texts]
        guesses = self.general.identify(texts)
        if self.own is not None:
            own = self.own.identify(texts)
            guesses = [self._better(*three) for three in zip(guesses, own, declared, strict=True)]
        return [self._judged(*three) for three in zip(texts, guesses, declared, strict=True)]

    def can_contradict(self, declared: str) -> bool:
        """Whether a text may turn out to be in another language than this one, which some identifier must know."""
        return _names_one(declared) and (
            self.general.knows(declared) or (self.own is not None and self.own.knows(declared))
        )

    def _better(self, general: LanguageGuess, own: LanguageGuess, declared: str) -> LanguageGuess:
        if self.own is None or not (self.own.knows(declared) or not declared):
            return general
        if declared and not self.general.knows(declared):
            return own
        agrees = bool(declared) and general.reliable and not mismatch(declared, general.tag)
        return own if own.reliable and not self.general.knows(own.tag) and not agrees else general

    def _judged(self, text: str, guess: LanguageGuess, declared: str) -> LanguageFinding:
        if not _names_one(declared):
            return LanguageFinding(guess.tag if guess.reliable else UNDETERMINED, guess, None)
        if self._contradicts(guess, declared):
            own_word = self.own is not None and not self.general.knows(guess.tag)
            second = guess if own_word else self.general.reconsider(text, declared)
            if self._contradicts(second, declared):
                detail = f"declared {declared}, reads like {second.tag} ({second.confidence:.0%})"
                return LanguageFinding(declared, second, Finding("language_mismatch", detail))
        return LanguageFinding(declared, guess, None)

    def _contradicts(self, guess: LanguageGuess, declared: str) -> bool:
        return _is_sure(guess) and mismatch(declared, guess.tag) and self.can_contradict(declared)


def _confirms(guess: LanguageGuess, declared: str) -> bool:
    return _is_sure(guess) and _names_one(declared) and not mismatch(declared, guess.tag)


def _names_one(declared: str) -> bool:
    return primary(declared) != UNDETERMINED and bool(declared.strip())


def _is_sure(guess: LanguageGuess) -> bool:
    return guess.reliable and guess.confidence >= MIN_CONFIDENCE
