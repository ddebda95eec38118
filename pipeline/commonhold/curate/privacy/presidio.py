"""Names and places found by a trained tagger: Microsoft Presidio, for communities that have a model of their language.

An optional extra, and slow: some hundred texts a second. What a tagger finds is likely, never certain. Nothing is
fetched: the spaCy model must be installed on the machine, and the network stays closed.
"""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from commonhold.curate.privacy.find import Detector, Span
from commonhold.errors import MissingModelError, MissingPackageError

ANYTHING = r"\pL"
"""A tagger has no pattern to wait for."""


@dataclass(frozen=True, slots=True)
class PresidioEntity:
    """One of Presidio's entities as a kind of ours."""

    entity: str
    """As Presidio calls it: `PERSON`, `LOCATION`."""
    kind: str
    label: str
    """The placeholder's word: `NAME`."""
    language: str = "en"
    model: str = "en_core_web_sm"
    """An installed spaCy package, or the folder of one."""


def presidio_detector(entity: PresidioEntity) -> Detector:
    """A detector that asks Presidio.

    Raises:
        MissingPackageError: Presidio is not installed.
        MissingModelError: the spaCy model is not on this machine.
    """
    analyse = _analyser(entity)
    return Detector(entity.kind, entity.label, ANYTHING, partial(_find, analyse=analyse, entity=entity))


def _analyser(entity: PresidioEntity) -> Callable[..., Any]:
    try:
        presidio = importlib.import_module("presidio_analyzer")
        provider = importlib.import_module("presidio_analyzer.nlp_engine").NlpEngineProvider
        spacy = importlib.import_module("spacy")
    except ImportError as error:
        raise MissingPackageError(
            "Presidio is not installed. Run: pip install 'commonhold[presidio]', or leave presidio out of the recipe"
        ) from error
    try:
        spacy.load(entity.model)  # Presidio itself would fetch a missing model from the network
    except OSError as error:
        raise MissingModelError(
            f"the spaCy model {entity.model!r} is not on this machine. Install it, or name the folder of one"
        ) from error
    models = [{"lang_code": entity.language, "model_name": entity.model}]
    engine = provider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    analyse: Callable[..., Any] = presidio.AnalyzerEngine(
        nlp_engine=engine, supported_languages=[entity.language]
    ).analyze
    return analyse


def _find(text: str, analyse: Callable[..., Any], entity: PresidioEntity) -> Iterator[Span]:
    for result in analyse(text=text, language=entity.language, entities=[entity.entity]):
        yield Span(result.start, result.end, "likely")
