"""The labels of Local Contexts, by which a community says how its knowledge may travel."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from commonhold.curate.rows.form_fields import Text
from commonhold.forms import Form, parse_yaml, validate


class Label(Form):
    """One label as Local Contexts publishes it."""

    code: Text
    name: Text
    asks: Literal["nothing", "non_commercial", "decision"]
    """What it asks of a published model until the stewards have decided."""


class LabelTable(Form):
    """The file of labels."""

    labels: tuple[Label, ...]


@cache
def labels() -> Mapping[str, Label]:
    """The labels that ship with the package, by code."""
    text = resources.files("commonhold.curate.rights").joinpath("labels.yaml").read_text(encoding="utf-8")
    table = validate(LabelTable, parse_yaml(text, "labels.yaml"), "labels.yaml")
    return {label.code: label for label in table.labels}
