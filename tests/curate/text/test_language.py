from collections.abc import Sequence

import pytest
from tests.curate.text.articles import ARTICLES, invented

from commonhold.curate.text.identify import LanguageGuess
from commonhold.curate.text.language import FIRST_LOOK, LanguageCheck
from commonhold.curate.text.training import Learnt


class Stubborn:
    """An identifier that knows English, Spanish and Danish and has one answer, until it is told what was declared."""

    def __init__(self, guess: LanguageGuess, second: LanguageGuess | None = None) -> None:
        self.guess = guess
        self.second = second or guess

    def knows(self, tag: str) -> bool:
        return tag in ("en", "es", "da")

    def identify(self, texts: Sequence[str]) -> list[LanguageGuess]:
        return [self.guess] * len(texts)

    def reconsider(self, text: str, declared: str) -> LanguageGuess:
        return self.second if text and declared else self.guess


@pytest.mark.parametrize(
    ("first", "second", "flagged"),
    [
        (LanguageGuess("es", 0.8, True), LanguageGuess("es", 0.8, True), True),
        (LanguageGuess("es", 0.79, True), LanguageGuess("es", 1.0, True), False),
        (LanguageGuess("es", 1.0, True), LanguageGuess("es", 0.79, True), False),
        (LanguageGuess("es", 1.0, False), LanguageGuess("es", 1.0, True), False),
        (LanguageGuess("es", 1.0, True), LanguageGuess("en", 1.0, True), False),
        (LanguageGuess("es", 1.0, True), LanguageGuess("da", 1.0, True), True),
    ],
)
def test_a_row_is_flagged_when_both_looks_are_sure(first: LanguageGuess, second: LanguageGuess, flagged: bool) -> None:
    (heard,) = LanguageCheck(general=Stubborn(first, second)).check(["any"], ["en"])
    assert (heard.finding is not None) == flagged


def test_the_communitys_own_identifier_does_not_contradict_a_general_one_that_agrees(learnt: Learnt) -> None:
    text = invented("quc", 1)
    assert learnt.identifier.identify(text)[0].tag == "quc"
    agreeing = LanguageCheck(general=Stubborn(LanguageGuess("en", 1.0, True)), own=learnt.identifier)
    unsure = LanguageCheck(general=Stubborn(LanguageGuess("en", 1.0, False)), own=learnt.identifier)
    assert agreeing.check(text, ["en"])[0].finding is None
    assert unsure.check(text, ["en"])[0].finding is not None


def test_texts_in_their_declared_language_are_not_flagged() -> None:
    heard = LanguageCheck().check(list(ARTICLES.values()), list(ARTICLES))
    assert [found.finding for found in heard] == [None] * len(ARTICLES)
    assert [found.tag for found in heard] == list(ARTICLES)


@pytest.mark.parametrize("tag", sorted(set(ARTICLES) - {"en"}))
def test_a_text_in_another_language_than_declared_is_flagged_and_keeps_its_declaration(tag: str) -> None:
    (heard,) = LanguageCheck().check([ARTICLES[tag]], ["en"])
    assert heard.tag == "en"
    assert heard.finding == ("language_mismatch", f"declared en, reads like {tag} (100%)")


def test_the_guess_stands_in_where_nothing_is_declared() -> None:
    heard = LanguageCheck().check([ARTICLES["fr"], "ok", ARTICLES["fr"]], ["", "", "und"])
    assert [(found.tag, found.finding) for found in heard] == [("fr", None), ("und", None), ("fr", None)]


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        (ARTICLES["zh-Hans"], "zh-Hant"),
        (ARTICLES["sw"], "swh"),
        (ARTICLES["en"], "en-NG"),
        (ARTICLES["en"], "quc"),  # nobody here knows K'iche', so an answer says nothing
        (ARTICLES["en"], "mul"),
        ("No water.", "es"),
        (f"{ARTICLES['en'][:80]} {ARTICLES['es'][:80]}", "en"),
        ("Vi har ikke fått vann i huset siden mandag, kan noen komme?", "nn"),
        ("Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima.", "sr-Latn"),
        ("Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama.", "ms"),
    ],
)  # fmt: skip
def test_what_may_be_the_declared_language_is_not_flagged(text: str, declared: str) -> None:
    (heard,) = LanguageCheck().check([text], [declared])
    assert heard.finding is None


def test_what_stands_for_masked_data_is_in_no_language() -> None:
    text = "Escríbame a [EMAIL] o a [PROFILE] en Instagram, vivo en [ADDRESS]."
    (found,) = LanguageCheck().check([text], ["es"])
    assert found.finding is None


def test_a_text_that_goes_on_in_another_language_than_it_began_is_in_two() -> None:
    mixed = f"{ARTICLES['es'][:FIRST_LOOK]} {ARTICLES['en']}"
    heard = LanguageCheck().check([mixed, ARTICLES["en"]], ["es", "es"])
    assert [one.finding is not None for one in heard] == [False, True]
