"""The recipe's section on masking; like `sections`, with what `commonhold explain` prints under every field."""

from typing import Annotated

from pydantic import Field, StringConstraints

from commonhold.forms import Form, written_as

ENTITY, LANGUAGE, PLACEHOLDER = r"^[A-Z][A-Z0-9_]{1,40}$", r"^[a-z]{2,3}$", r"^[A-Z][A-Z0-9_]{1,30}$"
TAG = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Entity = Annotated[
    str, written_as(ENTITY, "an entity in capitals, such as PERSON"), Field(json_schema_extra={"pattern": ENTITY})
]
LanguageCode = Annotated[
    str, written_as(LANGUAGE, "a language in small letters, such as en"), Field(json_schema_extra={"pattern": LANGUAGE})
]
LanguageTag = Annotated[
    str, written_as(TAG, "the tag of a language, such as en or es-MX"), Field(json_schema_extra={"pattern": TAG})
]
Placeholder = Annotated[
    str, written_as(PLACEHOLDER, "a word in capitals, such as NAME"), Field(json_schema_extra={"pattern": PLACEHOLDER})
]


class Tagger(Form):
    """One of Presidio's entities, found by a spaCy model on this machine."""

    entity: Entity
    """As Presidio calls it: `PERSON`, `LOCATION`."""
    model: Text
    """An installed spaCy package, or the folder of one."""
    language: LanguageCode = "en"
    """Language of the model."""
    placeholder: Placeholder = "NAME"
    """What stands in place of what is found, without the brackets."""


class NameModel(Form):
    """A token classifier, in a folder on this machine, that finds names of people in running text."""

    model: Text
    """Its folder, relative to the recipe: config.json, *.safetensors and tokenizer.json; nothing is fetched."""
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1)]
    """Languages that it was made for, such as [en, es]; the report says which of yours are not among them."""
    labels: tuple[Text, ...] = ()
    """Its labels that mean a person; absent for PER, PERSON and the like."""
    labelled: Text | None = None
    """Table, relative to the recipe, to measure what it finds: columns text, names (semicolons between), language."""
    threshold: float = Field(default=0.5, ge=0.01, le=1.0)
    """Least chance, by the model, that a word is a name; lower masks more words that are none."""


class Masking(Form):
    """How personal data is masked."""

    placeholder_numbers: int | None = Field(default=None, ge=1, le=999_999_999)
    """Number placeholders up to this, such as 20, so that two people in a message stay apart: `[PHONE-7]`."""
    presidio: tuple[Tagger, ...] = ()
    """Entities that Microsoft Presidio looks for with a language model of yours; slow, and needs the extra."""
    names: NameModel | None = None
    """Names of people in running text, masked as a model of yours finds them; absent: no such name is looked for."""
