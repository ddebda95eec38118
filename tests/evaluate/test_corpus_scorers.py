"""chrF, BLEU and ROUGE-L, held to the packages that define them."""

import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.scorers.corpus import Bleu, Chrf

SAID = ["La oficina está abierta.", "Traiga una foto hoy"]
RIGHT = ["La oficina está abierta hoy.", "Traiga una foto."]
ITEMS = [Item(id=str(place), prompt="p", answer=text) for place, text in enumerate(RIGHT)]


def score(scorer: str, output: str, answer: str) -> float:
    return SCORERS.get(scorer)().score(Item(id="1", prompt="p", answer=answer), output)


def test_chrf_by_hand() -> None:
    # ab against abc: letters 2 of 2 and 2 of 3, pairs 1 of 1 and 1 of 2, triples 0 of 0 and 0 of 1, which counts as
    # absent on the side of the reply: precision and recall are means over the orders that both have, F with β = 2.
    precision, recall = 1.0, (2 / 3 + 1 / 2) / 2
    assert score("chrf/1", "ab", "abc") == pytest.approx(5 * precision * recall / (4 * precision + recall), abs=1e-9)


@pytest.mark.parametrize(("said", "right", "percent"), [(*pair, golden) for pair, golden in zip(
    zip(SAID, RIGHT, strict=True), (84.33652109094933, 87.99203408143428), strict=True)])  # fmt: skip
def test_chrf_of_one_reply_is_sacrebleus(said: str, right: str, percent: float) -> None:
    assert score("chrf/1", said, right) * 100 == pytest.approx(percent)
    assert CHRF().sentence_score(said, [right]).score == pytest.approx(percent)


@pytest.mark.parametrize(("said", "right", "percent"), [(*pair, golden) for pair, golden in zip(
    zip(SAID, RIGHT, strict=True), (57.89300674674101, 59.460355750136046), strict=True)])  # fmt: skip
def test_bleu_of_one_reply_is_sacrebleus_with_effective_order(said: str, right: str, percent: float) -> None:
    assert score("bleu/1", said, right) * 100 == pytest.approx(percent)
    assert BLEU(effective_order=True).sentence_score(said, [right]).score == pytest.approx(percent)


def test_corpus_scores_are_sacrebleus_and_not_the_mean() -> None:
    assert Chrf().corpus_score(ITEMS, SAID) * 100 == pytest.approx(85.64517670276786)
    assert Bleu().corpus_score(ITEMS, SAID) * 100 == pytest.approx(53.41735956899851)


def test_items_may_have_different_numbers_of_references() -> None:
    items = [ITEMS[0], Item(id="2", prompt="p", answer="Traiga una foto.|Traiga una foto hoy")]
    assert Chrf().corpus_score(items, SAID) * 100 == pytest.approx(90.44135045019218)
    assert Bleu().corpus_score(items, SAID) * 100 == pytest.approx(73.57970497333639)


@pytest.mark.parametrize("scorer", ["chrf/1", "bleu/1", "rouge_l/1"])
def test_an_empty_reply_and_a_strange_one_are_worth_nothing(scorer: str) -> None:
    assert score(scorer, "", "La oficina") == 0.0
    assert score(scorer, "xyz", "woda") == 0.0


@pytest.mark.parametrize("scorer", ["chrf/1", "bleu/1"])
def test_capitals_count_in_translations(scorer: str) -> None:
    assert score(scorer, "la oficina", "La oficina") < 1


def test_bleu_refuses_scripts_without_spaces() -> None:
    complaints = list(Bleu().complaints(Item(id="1", prompt="p", answer="事務所は開いています")))
    assert "no spaces between them" in complaints[0].message


# F-measures of rouge-score 0.1.2, RougeScorer(["rougeL"]), without stemming.
@pytest.mark.parametrize(
    ("right", "said", "expected"),
    [
        ("The quick brown fox jumps over the lazy dog", "the brown dog jumps over a fox", 0.5),
        ("Dark lamp, two people fell.", "Two people fell at the dark lamp.", 0.5),
        ("police killed the gunman", "the gunman police killed", 0.5),
        ("a b c d e", "e d c b a", 0.2),
        ("Bin not emptied for three weeks", "weeks", 2 / 7),
        ("x", "y", 0.0),
    ],
)
def test_rouge_l_is_that_of_rouge_score(right: str, said: str, expected: float) -> None:
    assert score("rouge_l/1", said, right) == pytest.approx(expected)


def test_rouge_l_takes_the_best_of_several_answers() -> None:
    assert score("rouge_l/1", "weeks", "three weeks|weeks") == 1.0
