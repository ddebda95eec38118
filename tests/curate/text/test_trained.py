import base64
import json
import pickle  # noqa: TID251 - that worker processes can be handed an identifier is what is tested
import random
import zlib
from pathlib import Path

import numpy as np
import pytest
from tests.curate.text.articles import ARTICLES, SYLLABLES, invented, rows

from commonhold.curate.text import trained_file
from commonhold.curate.text.grams import BUCKETS, grams
from commonhold.curate.text.language import LanguageCheck
from commonhold.curate.text.trained import TrainedIdentifier
from commonhold.curate.text.training import Learnt, _weights, train
from commonhold.digests import digest_of
from commonhold.errors import DigestError, MissingInputError, NothingLeftError


def test_runs_of_one_to_four_letters_are_counted_for_each_text() -> None:
    # " ab " has 4, 3, 2 and 1 runs; a text without letters none.
    assert [found.counts.tolist() for found in grams(["Ab!", "12 ?", "a"])] == [
        [4, 0, 3],
        [3, 0, 2],
        [2, 0, 1],
        [1, 0, 0],
    ]
    assert [len(found.buckets) for found in grams(["Ab!", "12 ?", "a"])] == [7, 5, 3, 1]


def test_capitals_make_no_other_run() -> None:
    assert [found.buckets.tolist() for found in grams(["KʼA xe"])] == [
        found.buckets.tolist() for found in grams(["kʼa XE"])
    ]


def test_runs_never_cross_from_one_text_to_the_next() -> None:
    alone = [found.buckets.tolist() for found in grams(["xyz"])]
    assert [
        found.buckets.tolist()[: len(first)] for found, first in zip(grams(["xyz", "abc"]), alone, strict=True)
    ] == alone
    assert all(found.buckets.max() < BUCKETS for found in grams(["xyz", "水ქ"]))


def test_languages_that_no_package_knows_are_told_apart(learnt: Learnt) -> None:
    identifier = learnt.identifier
    assert identifier.languages == ("en", "luo", "quc")
    for tag in SYLLABLES:
        guesses = identifier.identify(invented(tag, 20, seed=1)[-3:])
        assert [(guess.tag, guess.reliable) for guess in guesses] == [(tag, True)] * 3
    assert min(identifier.right) > 0.9


def test_a_language_with_too_few_rows_is_left_out_and_said_so(learnt: Learnt) -> None:
    assert learnt.left_out == ("fr",)
    assert not learnt.identifier.knows("fr")
    assert learnt.identifier.knows("en-US")
    assert learnt.identifier.texts[1:] == (60, 60)


def test_short_and_foreign_texts_are_undetermined(learnt: Learnt) -> None:
    guesses = learnt.identifier.identify(["", "k'ache xa", ARTICLES["ru"], ARTICLES["ja"]])
    assert [tuple(guess) for guess in guesses] == [("und", 0.0, False)] * 4
    assert learnt.identifier.identify([]) == []


def test_the_order_of_rows_and_repeats_do_not_matter() -> None:
    first = train(rows(), max_texts=40).identifier
    shuffled = rows() * 2
    random.Random(2).shuffle(shuffled)
    second = train(shuffled, max_texts=40).identifier
    assert second.texts == (40, 40)
    assert np.array_equal(first.weights, second.weights)
    assert (first.floors, first.texts, first.right) == (second.floors, second.texts, second.right)


def test_a_large_language_is_not_favoured() -> None:
    uneven = [(text, "quc") for text in invented("quc", 400)] + [(text, "luo") for text in invented("luo", 25)]
    identifier = train(uneven).identifier
    assert [guess.tag for guess in identifier.identify(invented("luo", 30)[-5:])] == ["luo"] * 5


def test_a_language_of_ten_times_the_rows_has_the_same_weights() -> None:
    counts = np.arange(BUCKETS)
    weights = _weights([counts, 10 * counts])
    assert np.array_equal(weights[:, 0], weights[:, 1])


def test_rows_without_a_single_language_teach_nothing() -> None:
    with pytest.raises(NothingLeftError, match="20 rows of at least 24 letters"):
        train([(text, tag) for tag in ("", "und", "mul") for text in invented("quc", 40)])
    with pytest.raises(NothingLeftError):
        train([(text, "quc") for text in invented("quc", 19)])


def test_one_answer_does_not_depend_on_the_others(learnt: Learnt) -> None:
    texts = [*invented("quc", 100), "", *invented("luo", 100)]
    alone = [learnt.identifier.identify([text])[0] for text in texts]
    assert learnt.identifier.identify(texts) == alone


def test_a_file_gives_back_the_identifier(learnt: Learnt, tmp_path: Path) -> None:
    path = tmp_path / "languages.json"
    digest = trained_file.save(learnt.identifier, path)
    again = trained_file.load(path)
    assert again.languages == learnt.identifier.languages
    assert again.identify(invented("quc", 5)) == learnt.identifier.identify(invented("quc", 5))
    assert trained_file.save(again, tmp_path / "again.json") == digest
    assert path.read_bytes() == (tmp_path / "again.json").read_bytes()


@pytest.mark.parametrize("key", ["floors", "languages", "weights", "digest"])
def test_a_file_that_was_changed_is_refused(learnt: Learnt, tmp_path: Path, key: str) -> None:
    path = tmp_path / "languages.json"
    trained_file.save(learnt.identifier, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    other = np.zeros((BUCKETS, 3), dtype="<i2").tobytes()
    weights = base64.b64encode(zlib.compress(other)).decode()
    changed = {"floors": [0, 0, 0], "languages": ["a", "b", "c"], "weights": weights, "digest": "0"}
    content[key] = changed[key]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DigestError, match=r"languages\.json"):
        trained_file.load(path)


def test_a_file_of_another_format_is_refused_though_its_digest_is_right(learnt: Learnt, tmp_path: Path) -> None:
    path = tmp_path / "languages.json"
    trained_file.save(learnt.identifier, path)
    content = {**json.loads(path.read_text(encoding="utf-8")), "format": "commonhold language identifier 2"}
    proven = {key: value for key, value in content.items() if key not in ("digest", "weights")}
    path.write_text(json.dumps({**content, "digest": digest_of(proven)}), encoding="utf-8")
    with pytest.raises(DigestError):
        trained_file.load(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"languages": 3, "weights": "x"}', "\ufeff"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DigestError, match=r"other\.json: not a language identifier"):
        trained_file.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"none\.json"):
        trained_file.load(tmp_path / "none.json")


def test_weights_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="2 languages need weights"):
        TrainedIdentifier(("a", "b"), np.zeros((BUCKETS, 1), dtype=np.int16), (0, 0))


def test_an_identifier_and_a_check_travel_to_other_processes(learnt: Learnt) -> None:
    check = LanguageCheck(own=learnt.identifier)
    text = invented("quc", 1)
    assert pickle.loads(pickle.dumps(check)).check(text, ["en"]) == check.check(text, ["en"])


def test_a_row_in_a_language_only_the_community_knows_is_flagged_when_declared_otherwise(learnt: Learnt) -> None:
    check = LanguageCheck(own=learnt.identifier)
    quc, luo = invented("quc", 1)[0], invented("luo", 1)[0]
    heard = check.check([quc, quc, luo, quc], ["quc", "luo", "en", ""])
    assert [found.tag for found in heard] == ["quc", "luo", "en", "quc"]
    assert [found.finding and found.finding.reason for found in heard] == [
        None,
        "language_mismatch",
        "language_mismatch",
        None,
    ]


def test_what_the_general_identifier_knows_is_flagged_only_with_its_word(learnt: Learnt) -> None:
    check = LanguageCheck(own=learnt.identifier)
    (heard,) = check.check([ARTICLES["en"]], ["quc"])
    assert heard.finding is None or heard.guess.tag == "en"
    assert check.check([ARTICLES["es"]], ["es"])[0].finding is None
