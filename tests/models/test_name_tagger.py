"""Names found by a token classifier: any length, any script, the same beside any other text."""

import json
import shutil
from pathlib import Path

import pytest
from tests.name_models import make_name_model

from commonhold.curate.privacy.names import whole_names
from commonhold.errors import MissingModelError, RequestError
from commonhold.models.name_tagger import NameTagger, person_labels


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_name_model(tmp_path_factory.mktemp("names"))


@pytest.fixture(scope="module")
def tagger(folder: Path) -> NameTagger:
    return NameTagger(folder)


def names(tagger: NameTagger, text: str) -> list[str]:
    return [text[name.start : name.end] for name in whole_names(text, tagger.spans([text])[0])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("please ask Imara Odell about the well", ["Imara Odell"]),
        ("me llamo Søren Quist", ["Søren Quist"]),
        ("llame a Amina mañana", ["Amina"]),
        ("我叫李小龙", ["李小龙"]),
        ("the desk is closed , said Tomas Belgrave .", ["Tomas Belgrave"]),
        ("the well is closed", []),
        ("", []),
        (" \n", []),
    ],
)
def test_names_are_found_whole_in_any_script_and_nothing_else_is(
    tagger: NameTagger, text: str, found: list[str]
) -> None:
    assert names(tagger, text) == found


@pytest.mark.parametrize("before", [0, 20, 50, 200])
def test_a_name_is_found_wherever_it_stands_in_a_text_longer_than_the_model_reads(
    tagger: NameTagger, before: int
) -> None:
    text = "the well is closed . " * before + "please ask Tomas Belgrave about the well" + " . the well is closed" * 60
    assert names(tagger, text) == ["Tomas Belgrave"]


def test_a_text_is_judged_alike_alone_and_among_others(tagger: NameTagger) -> None:
    texts = [f"please ask Amina about the well {'. the desk is closed ' * number}" for number in range(30)]
    assert tagger.spans(texts) == [tagger.spans([text])[0] for text in texts]


def test_half_characters_and_signs_that_no_piece_has_do_not_stop_it(tagger: NameTagger) -> None:
    text = "\ud83d please ask Imara Odell about the well \U0001f600"
    assert names(tagger, text) == ["Imara Odell"]


def test_no_token_counts_where_more_is_asked_than_the_model_is_sure_of(folder: Path) -> None:
    text = "please ask Imara Odell about the well"
    assert NameTagger(folder, threshold=1.0).spans([text * 3]) != NameTagger(folder, threshold=0.01).spans([text * 3])


def relabelled(folder: Path, copy: Path, labels: dict[str, str]) -> Path:
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text())
    config["id2label"] = labels
    config["label2id"] = {label: int(number) for number, label in labels.items()}
    (copy / "config.json").write_text(json.dumps(config))
    return copy


def test_labels_are_known_by_their_usual_names_or_as_the_recipe_says(folder: Path, tmp_path: Path) -> None:
    other = relabelled(folder, tmp_path / "other", {"0": "O", "1": "B-MENSCH", "2": "I-MENSCH"})
    assert person_labels(folder) == [1, 2]
    assert person_labels(other, ["mensch"]) == [1, 2]
    with pytest.raises(RequestError, match=r"no label that surely means a person; it has: MENSCH, O\. Name those"):
        person_labels(other)
    with pytest.raises(RequestError, match="has no label 'WHO'; it has: O, PER"):
        person_labels(folder, ["WHO"])


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_without_one_of_the_files_is_no_model(folder: Path, tmp_path: Path, missing: str) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / missing).unlink()
    with pytest.raises(MissingModelError, match="no token classifier is here"):
        NameTagger(tmp_path / "copy")


def test_pickled_weights_are_not_read(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "model.safetensors").rename(tmp_path / "copy" / "pytorch_model.bin")
    with pytest.raises(MissingModelError, match="such files can run code"):
        NameTagger(tmp_path / "copy")


@pytest.mark.parametrize("damage", [b"", b"no safetensors"])
def test_damaged_weights_are_named(folder: Path, tmp_path: Path, damage: bytes) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "model.safetensors").write_bytes(damage)
    with pytest.raises(MissingModelError, match=r"copy: the model cannot be read .* Copy its files there again"):
        NameTagger(tmp_path / "copy")


def test_a_model_without_a_trained_classifier_is_refused(folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    shutil.copytree(folder, tmp_path / "copy")
    weights = load_file(tmp_path / "copy" / "model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if not name.startswith("classifier")}
    save_file(kept, tmp_path / "copy" / "model.safetensors", {"format": "pt"})
    with pytest.raises(MissingModelError, match=r"no weights for classifier\.bias, so it would guess"):
        NameTagger(tmp_path / "copy")
