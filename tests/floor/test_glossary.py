"""The words by which people of the field look for things, and where they find them."""

from pathlib import Path

import pytest

from commonhold.cli import main
from commonhold.glossary import find_term, glossary_page, known_words, read_glossary, with_glossary

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "pipeline" / "commonhold"
TERMS = [term for part in read_glossary().values() for term in part]
SOUGHT = """
 dedup, out of memory, estimate, queue, packing, optimizer, early stopping, collator, sbom, revoke, csv, xlsx,
docx, html, pdf, parquet, jsonl, toxicity, quantise, tokenise, sampling, retry, lock, consent, licence, pii,
language, encoding, embedding, minhash, contamination, split, lora, merge, gguf, checkpoint, seed, chat
template, scorer, calibration, gate, bootstrap, significance, memorisation, model card, datasheet, signature,
attestation, quorum, provenance, mlflow, streaming, batch size, learning rate, distributed, sweep, telemetry,
glossary, snapshot, plug-in, withdraw, reproduce
"""
WORDS = [word for line in SOUGHT.strip().splitlines() for word in line.strip(", ").split(", ")]


def test_there_are_more_than_fifty_words() -> None:
    assert len(set(WORDS)) > 50


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_the_field_leads_to_a_file(word: str) -> None:
    plain = word.replace(" ", "_").replace("-", "_")
    named = [path for path in HOUSE.rglob("*.py") if plain in path.stem]
    term = find_term(word)
    assert named or (term and (HOUSE / term.code).is_file()), word


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.word)
def test_a_term_is_one_sentence_and_names_a_file(term) -> None:  # type: ignore[no-untyped-def]
    assert (HOUSE / term.code).is_file()
    assert term.meaning.endswith(".")
    assert len(term.meaning) <= 140


def test_no_term_stands_twice() -> None:
    words = [term.word.casefold() for term in TERMS]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("word", ["Dedup", "near-duplicate", "near duplicate", "NEAR_DUPLICATE", " sbom "])
def test_capitals_hyphens_and_blanks_do_not_matter(word: str) -> None:
    assert find_term(word) is not None


@pytest.mark.parametrize("word", ["", "duplicat", "quorums of bees"])
def test_a_word_that_is_not_there_is_not_found(word: str) -> None:
    assert find_term(word) is None


def test_the_committed_page_is_fresh() -> None:
    assert (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8") == glossary_page()


def test_a_page_explains_the_words_that_it_uses() -> None:
    page = with_glossary("<html><style>.gate {}</style><body><main><p>Two LoRA adapters</p></main></body></html>")
    assert "<dt>LoRA</dt>" in page
    assert "<dt>gate</dt>" not in page
    assert page.index("<details") < page.index("</main>")


@pytest.mark.parametrize("page", ["<p>LoRA</p>", "<body><p>nothing here</p></body>", "<body>flora, LoRAx</body>"])
def test_a_page_without_words_or_end_stays_as_it_is(page: str) -> None:
    assert with_glossary(page) == page


def test_the_command_explains_a_word_by_another_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["glossary", "revoke"]) == 0
    assert capsys.readouterr().out.startswith("withdrawal: ")


def test_the_command_suggests_words_for_one_that_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["glossary", "quorun"]) == 2
    assert "did you mean 'quorum'" in capsys.readouterr().err


def test_the_known_words_hold_every_term() -> None:
    assert {term.word for term in TERMS} <= set(known_words())
