"""The recipe's model that finds names in running text, to the byte."""

from typing import NamedTuple

from commonhold.curate.privacy.labelled_names import LabelledText, read_labelled_names
from commonhold.curate.privacy.names import NamesModel
from commonhold.digests import digest_of, digests_below
from commonhold.errors import MissingModelError
from commonhold.recipe.load import LoadedRecipe, resolve_path


class NamesInputs(NamedTuple):
    """What finds names in running text, and what it is measured by."""

    model: NamesModel | None
    labelled: tuple[LabelledText, ...]


def read_names(loaded: LoadedRecipe) -> NamesInputs:
    """Both, as the recipe names them.

    Raises:
        MissingModelError: the folder holds no token classifier that can be read safely.
        MissingInputError: there is no such table.
        RequestError: the model has no label that means a person, or the table is wrong.
    """
    return NamesInputs(_names_model(loaded), _labelled_names(loaded))


def _names_model(loaded: LoadedRecipe) -> NamesModel | None:
    """What `data.masking.names` names; its files are read for their digests, and not loaded."""
    from commonhold.models.name_tagger import person_labels

    asked = loaded.recipe.data.masking.names
    if asked is None:
        return None
    folder = resolve_path(loaded.folder, asked.model)
    if not folder.is_dir():
        raise MissingModelError(
            f"{folder}: there is no such folder. Put the files of a token classifier there, correct "
            "data.masking.names.model, or leave data.masking.names out of the recipe"
        )
    person_labels(folder, asked.labels)
    digest = digest_of(digests_below(folder))
    return NamesModel(folder.resolve(), asked.model, digest, asked.languages, asked.labels, asked.threshold)


def _labelled_names(loaded: LoadedRecipe) -> tuple[LabelledText, ...]:
    """The texts by which the model is measured; none where the recipe names no table of them."""
    asked = loaded.recipe.data.masking.names
    if asked is None or asked.labelled is None:
        return ()
    path = resolve_path(loaded.folder, asked.labelled)
    return read_labelled_names(path, str(path))
