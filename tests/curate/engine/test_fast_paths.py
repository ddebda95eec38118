"""What is quick in the common case says the same as the plain way."""

import hashlib
import hmac
import json
import re
from dataclasses import asdict, fields

import phonenumbers
from hypothesis import example, given
from hypothesis import strategies as st
from orjson import Fragment

from commonhold.curate.dedup.evaluation_overlap import EvalIndex
from commonhold.curate.dedup.exact_duplicates import same, text_hashes
from commonhold.curate.dedup.hashing import HashedTexts, hash_words
from commonhold.curate.dedup.shingles import CACHED_VALUES, hashed_sets, shingle_sets
from commonhold.curate.engine.json_lines import line_of
from commonhold.curate.privacy.phone import _in_a_plan
from commonhold.curate.text import tidy as tidying
from commonhold.curate.text.mojibake import SUSPECT, _gate
from commonhold.curate.text.quality import Bounds, Poor
from commonhold.curate.text.words import word_count, words
from commonhold.digests import canonical_json
from commonhold.keyed_ids import keyed_id
from commonhold.records.example import DecisionLine, Example

LATIN = st.text(st.characters(max_codepoint=0x17F, exclude_categories=["Cs"]), max_size=40)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(ANY, ANY, st.integers(0, 10**9))
@example('a "quoted" \\ line\n', "\x00\x1f\x7f\u2028\uffff\U0001f600", 7)
def test_a_line_is_what_json_dumps_writes(prompt: str, reply: str, row: int) -> None:
    record = Example("id", prompt, reply, "train", "en", "who", "cluster", "rows.csv", row, ("one", "two"))
    values = [getattr(record, field.name) for field in fields(Example)]
    assert line_of(Example)(values).decode() == json.dumps(asdict(record), sort_keys=True, ensure_ascii=False) + "\n"


def test_a_text_that_is_json_already_is_not_written_twice() -> None:
    about = "RB-1", "CC0-1.0", ("train",)
    values = ("id", Fragment(b'"said"'), "", "train", "", "", "", "rows.csv", 3, (), "", "", None, *about)
    assert json.loads(line_of(Example)(values))["prompt"] == "said"


def test_the_fields_of_a_line_are_sorted() -> None:
    about = "RB-1", "CC0-1.0", ("train", "publish_text")
    decision = ("id", "length/1", "drop", "too_short", "{0} %s.csv", 3, "", "", "", *about)
    assert line_of(DecisionLine)(decision) == (
        b'{"action": "drop", "after": "", "before": "", "detail": "", "entry": "RB-1", "file": "{0} %s.csv", '
        b'"licence": "CC0-1.0", "purposes": ["train", "publish_text"], "reason": "too_short", "record_id": "id", '
        b'"row": 3, "step": "length/1"}\n'
    )


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=4), st.binary(max_size=130))
@example(["a"], b"k" * 64)
@example(["a"], b"k" * 65)
def test_an_id_is_keyed_over_the_canonical_json_of_its_parts(parts: list[str], key: bytes) -> None:
    assert keyed_id(key, *parts) == hmac.new(key, canonical_json(parts), hashlib.sha256).hexdigest()[:32]


@given(LATIN)
@example("don't stop")
@example("soft\u00adhyphen and no\u00a0break")
@example("a \u00ad b")
@example("1² ª º ½ ¿qué?")
def test_words_of_western_europe_are_counted_as_they_are_made(text: str) -> None:
    assert word_count(text) == len(words(text))


@given(st.lists(ANY | st.text(" \n\t\r\x1c\x85\xa0\u2028\0aßÉİ\ud83d", max_size=12), max_size=5))
@example(["a \n b", "a\n\n\nb", "\n", "", " a", "b "])
@example([f"é{chr(code)}é" for code in range(256)])
def test_texts_are_hashed_alike_but_for_capitals_and_white_space(texts: list[str]) -> None:
    plain = [same(text).encode("utf-8", "surrogatepass") for text in texts]
    expected = [int.from_bytes(hashlib.sha256(each).digest()[:8], "little") if each else 0 for each in plain]
    assert text_hashes(texts).tolist() == expected


@given(st.lists(st.lists(st.sampled_from(["", "!", "a b", "c", "a b c d"]), max_size=4), max_size=4))
@example([[""], ["a b"], ["", "c"]])
def test_words_are_the_same_in_how_many_goes_they_are_asked_for(goes: list[list[str]]) -> None:
    hashed = HashedTexts()
    for texts in goes:
        found, expected = hashed.words(texts), hash_words(texts)
        assert found.values.tolist() == expected.values.tolist()
        assert hashed.counts(texts).tolist() == expected.sizes.tolist()


@given(st.lists(st.text("ab1٣.:/wW -=é÷\ud83d", max_size=60) | ANY, max_size=6))
@example(["", "x" * 20_001, "WWW.a.example", "http://b.example is a page", "=" * 39, "=" * 40, "", "=" * 40])
def test_many_texts_are_judged_as_each_is(texts: list[str]) -> None:
    for poor in (Poor(Bounds(min_words=0, min_characters=0)), Poor(), Poor(Bounds(min_words=0, max_symbols=0.2))):
        one_by_one = {place: found for place, text in enumerate(texts) if (found := poor.judge(text))}
        assert poor.judge_all(texts) == one_by_one


@given(st.text(" ~a\t\n\x7f", max_size=8))
@example("a  b")
@example(" a b ")
def test_plain_cells_are_tidied_as_others_are(text: str) -> None:
    # A letter outside ASCII takes the long way.
    assert tidying.tidy(text) == tidying.tidy(f"{text} é").removesuffix("é").strip()


@given(st.text("ÃÂĂĹàâãïðıđ©ª«¡€™”“–›žŸ РСЂЃ√∞├⌐A a", max_size=6))
@example("IRMÃ”")
@example("cafÃ©")
def test_the_gate_lets_no_damaged_text_pass(text: str) -> None:
    assert not SUSPECT.search(text) or _gate().Match(text.encode())


@given(st.text("0123456789", min_size=7, max_size=12), st.sampled_from(["US", "CA", "JM", "GB", "IT", "VA", "KZ"]))
@example("876 123 4567", "US")
@example("06 698 12345", "IT")
def test_a_number_is_in_a_plan_when_phonenumbers_says_so(number: str, region: str) -> None:
    try:
        valid = phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        valid = False
    assert _in_a_plan(number, (region,)) is valid


def test_numbers_of_countries_that_share_a_code_are_in_the_plan() -> None:
    assert _in_a_plan("212 736 5000", ("US",))
    assert _in_a_plan("416 967 1111", ("US",))  # Toronto
    assert not _in_a_plan("212 136 5000", ("US",))


def test_sets_of_many_texts_are_those_of_each() -> None:
    texts = [f"one two three {number} four five six" for number in range(CACHED_VALUES // 4)]
    sets = shingle_sets(texts)
    assert len(sets.sizes) == len(texts)
    for place in (0, len(texts) // 2, len(texts) - 1):
        assert sets.row(place).tolist() == hashed_sets(hash_words([texts[place]])).row(0).tolist()


def test_an_evaluation_question_is_found_beyond_the_first_part() -> None:
    question = "where in the old town do I go when I need to ask about the third lamp post"
    index = EvalIndex([question, "who mends the lamp"])
    filler = " ".join(f"word{number}" for number in range(500))
    rows = 3 * CACHED_VALUES // 500
    prompts = ["hello there"] * rows
    prompts[-1] = question
    prompts[-2] = "Who mends the lamp?"
    found = index.find(prompts, [filler] * rows)
    assert {(hit.record, hit.item) for hit in index.hits(found)} == {(rows - 1, 0), (rows - 2, 1)}


def test_nothing_is_found_in_no_records() -> None:
    assert not EvalIndex(["who mends the lamp"]).find([], []).run.size


def test_the_pattern_of_the_gate_knows_no_look_behind() -> None:
    assert not re.search(r"\(\?<", "".join(SUSPECT.pattern.split("(?<![A-Z\u00c0-\u00de])")))
