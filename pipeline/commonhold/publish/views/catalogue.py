"""Every view of a record with its path in the bundle; equal records have equal views, and none is edited by hand."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from commonhold.publish import card
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.views import croissant, label, mlbom, modelfile, openness, statements, training_content

STATEMENTS = {
    "views/provenance.intoto.json": statements.provenance,
    "views/gates.intoto.json": statements.gates,
}
JSON_VIEWS: Mapping[str, Callable[[ModelRecord], Mapping[str, Any]]] = {
    "views/croissant.json": croissant.dataset,
    "views/mlbom.cdx.json": mlbom.bill,
    "views/openness.json": openness.model_openness,
    **STATEMENTS,
}
TEXT_VIEWS: Mapping[str, Callable[[ModelRecord], str]] = {
    card.FILE_NAME: card.model_card,
    "label.html": label.label_page,
    "views/training-content.md": training_content.summary,
    "gguf/Modelfile": modelfile.modelfile,
}
PATHS = frozenset({*JSON_VIEWS, *TEXT_VIEWS})
"""Where views are; a record names none of them, because each is made from it."""


def views_of(record: ModelRecord) -> dict[str, bytes]:
    """The bytes of each view by its path, but for those that would be empty, such as a Modelfile without a GGUF."""
    texts = {path: make(record) for path, make in TEXT_VIEWS.items()}
    texts |= {path: as_text(make(record)) for path, make in JSON_VIEWS.items()}
    return {path: text.encode() for path, text in sorted(texts.items()) if text}


def as_text(value: Mapping[str, Any]) -> str:
    """A view in JSON, keys in the order in which its standard tells them."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
