"""The `consent` section of a datasheet: which columns say who agreed to what, when and for how long.

The names of facts are those of ISO/IEC TS 27560:2023 (as published in W3C's Data Privacy Vocabulary guide to it) and of
the Kantara Consent Receipt 1.1, so that a receipt says what the form said.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from commonhold.curate.rights.purposes import ASKED_TOGETHER, Purpose
from commonhold.curate.rows.form_fields import Column, LanguageTag, Text, WrittenOrder
from commonhold.forms import Form, written_as

JURISDICTION = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
Jurisdiction = Annotated[str, written_as(JURISDICTION, "the code of a country or a part of it, such as KE or US-NM")]
"""ISO 3166-1 code of a country, or ISO 3166-2 of a part of it: KE, US-NM."""
Separator = Annotated[str, StringConstraints(min_length=1, max_length=4)]


class ConsentAnswer(Form):
    """A question and the answers that mean yes."""

    column: Column
    """The column with each person's answer."""
    accepted: tuple[Text, ...]
    """Answers that mean yes; capitals do not matter. Everything else means no, a blank cell too."""

    @model_validator(mode="after")
    def _some(self) -> "ConsentAnswer":
        if not self.accepted:
            raise ValueError("'accepted' lists the answers that mean yes; list at least one")
        return self


class Purposes(Form):
    """Purposes that have a question of their own, or a choice of their own in a select-many question."""

    train: ConsentAnswer | None = None
    """A model learns from the text."""
    evaluate: ConsentAnswer | None = None
    """A model is tested on the text."""
    publish_text: ConsentAnswer | None = None
    """Strangers may read the text."""
    rephrase: ConsentAnswer | None = None
    """A model may write the text anew."""
    commercial: ConsentAnswer | None = None
    """What is made of the text may be sold or used for profit."""

    @model_validator(mode="after")
    def _some(self) -> "Purposes":
        if not self.asked():
            raise ValueError("name at least one purpose, with its column")
        return self

    def asked(self) -> dict[Purpose, ConsentAnswer]:
        """The purposes that are named."""
        answers: dict[Purpose, ConsentAnswer | None] = {
            "train": self.train,
            "evaluate": self.evaluate,
            "publish_text": self.publish_text,
            "rephrase": self.rephrase,
            "commercial": self.commercial,
        }
        return {purpose: answer for purpose, answer in answers.items() if answer is not None}


class SelectMany(Form):
    """A question with several choices, all those that were ticked in one cell."""

    column: Column
    separator: Separator
    """Between the choices: " " in exports of KoboToolbox and ODK, "," in those of Google Forms."""
    other_choices: tuple[Text, ...] = ()
    """Choices that grant nothing here. A cell with a choice that is listed nowhere counts as no: people write
    conditions into "other"."""


class ConsentColumns(Form):
    """The columns with what is known about each consent, by the names of ISO/IEC TS 27560."""

    event_time: Column | None = None
    """When consent was given."""
    withdrawn: Column | None = None
    """Says that consent was withdrawn: a date, a yes. Only a blank cell and the answers in `still_given` do not."""
    still_given: tuple[Text, ...] = ("no", "false", "0")
    """Answers in the column `withdrawn` that mean that it was not."""
    expiry: Column | None = None
    """The last day on which consent holds."""
    jurisdiction: Column | None = None
    """Whose law applies: ISO 3166 code."""
    language: Column | None = None
    """BCP 47 tag of the language in which the person was asked."""
    collection_method: Column | None = None
    """How the person was asked."""
    known_methods: tuple[Text, ...] = ()
    """Answers in the column `collection_method` that receipts repeat; others may name people and become "other"."""
    date_order: WrittenOrder | None = None
    """How dates in figures are written: ymd (2026-03-14), mdy (3/14/2026) or dmy (14/3/2026); found out from the whole
    columns when left out. A date that does not fit is not guessed."""


class EveryConsent(Form):
    """What holds for the consent of every row whose own cell does not say otherwise."""

    validity_days: int | None = Field(default=None, ge=1, le=36_500)
    """For how many days consent holds, counted from `event_time`; no end when left out."""
    jurisdiction: Jurisdiction | None = None
    """Whose law applies: ISO 3166 code."""
    language: LanguageTag | None = None
    """Language in which people were asked."""
    collection_method: Text | None = None
    """How people were asked: on paper, aloud, by web form."""
    privacy_notice: Text | None = None
    """Where the text stands that people agreed to: an address, or a file beside the datasheet."""


class Guardian(Form):
    """How the form tells minors from adults, and where it has the guardian's answer.

    Whoever is not clearly an adult needs a guardian's yes.
    """

    consent: ConsentAnswer
    """The guardian's answer."""
    adult: ConsentAnswer | None = None
    """The question that tells adults; instead of `age`."""
    age: Column | None = None
    """The column with the age in years."""
    adult_age: int = Field(default=18, ge=1, le=100)
    """Age from which a person answers alone."""

    @model_validator(mode="after")
    def _one_way(self) -> "Guardian":
        if (self.adult is None) == (self.age is None):
            raise ValueError("give exactly one of 'adult' and 'age'")
        return self


class Consent(Form):
    """Why the records may be learnt from."""

    basis: Text
    """What people agreed to, in a sentence, or the licence under which the records were published."""
    column: Column | None = None
    """The column with each person's answer to the whole. A no there is a no to every purpose."""
    accepted: tuple[Text, ...] = ()
    """Answers that mean yes; capitals do not matter. Everything else means no, a blank cell too."""
    all_rows: Literal[True] | None = None
    """The basis covers every row; instead of a column."""
    covers: tuple[Purpose, ...] | None = None
    """Purposes that this yes, or the basis, covers; train and evaluate when left out."""
    purposes: Purposes | None = None
    """Purposes with a question of their own."""
    select_many: tuple[SelectMany, ...] = ()
    """Questions whose cells hold several choices."""
    columns: ConsentColumns = ConsentColumns()
    """What else the rows say about each consent."""
    every_row: EveryConsent = EveryConsent()
    """What holds for the consent of every row."""
    guardian: Guardian | None = None
    """For records of minors."""

    @model_validator(mode="after")
    def _one_way(self) -> "Consent":
        plain = (self.column is not None) + (self.all_rows is not None)
        if plain > 1 or (not plain and (self.purposes is None or self.accepted)):
            raise ValueError("give exactly one of 'column' (with 'accepted') and 'all_rows: true'")
        if (self.column is None) != (not self.accepted):
            raise ValueError("'accepted' lists the answers in 'column' that mean yes; give both or neither")
        if self.covers is not None and not plain:
            raise ValueError("'covers' says what one answer covers; add 'column' or 'all_rows', or remove it")
        if not self.covered() and not self.asked():
            raise ValueError("consent covers no purpose; list some under 'covers', or remove it for train and evaluate")
        return self

    @model_validator(mode="after")
    def _asked_once(self) -> "Consent":
        twice = sorted(set(self.covers or ()) & set(self.asked()))
        if twice:
            raise ValueError(f"'covers' and 'purposes' both name {', '.join(twice)}; keep one of the two")
        if self.every_row.validity_days is not None and self.columns.event_time is None:
            raise ValueError("'validity_days' counts from the day of consent; name its column: columns.event_time")
        return self

    @model_validator(mode="after")
    def _choices(self) -> "Consent":
        names = [many.column for many in self.select_many]
        if len(names) != len(set(names)):
            raise ValueError("'select_many' names a column twice")
        for many in self.select_many:
            accepted = [
                choice for answer in self.answers() if answer.column == many.column for choice in answer.accepted
            ]
            if not accepted:
                raise ValueError(f"no purpose asks for a choice in {many.column!r}; remove it from 'select_many'")
            split = [choice for choice in (*accepted, *many.other_choices) if many.separator in choice]
            if split:
                raise ValueError(
                    f"the choice {split[0]!r} holds the separator {many.separator!r}, so cells are ambiguous; "
                    "export the form with the names of choices instead of their labels"
                )
        return self

    def asked(self) -> dict[Purpose, ConsentAnswer]:
        """The purposes that have a question of their own."""
        return self.purposes.asked() if self.purposes else {}

    def covered(self) -> tuple[Purpose, ...]:
        """The purposes that the plain answer, or the basis, covers."""
        if self.column is None and self.all_rows is None:
            return ()
        if self.covers is not None:
            return self.covers
        return tuple(purpose for purpose in ASKED_TOGETHER if purpose not in self.asked())

    def mapped(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Every column that the section names, after the key (below `consent`) that names it."""
        if self.column is not None:
            yield ("column",), self.column
        for purpose, answer in self.asked().items():
            yield ("purposes", purpose, "column"), answer.column
        for key in ("event_time", "withdrawn", "expiry", "jurisdiction", "language", "collection_method"):
            if (column := getattr(self.columns, key)) is not None:
                yield ("columns", key), column
        if self.guardian is not None:
            yield ("guardian", "consent", "column"), self.guardian.consent.column
            if self.guardian.adult is not None:
                yield ("guardian", "adult", "column"), self.guardian.adult.column
            if self.guardian.age is not None:
                yield ("guardian", "age"), self.guardian.age

    def answers(self) -> Iterator[ConsentAnswer]:
        """Every question that has accepted answers."""
        yield from self.asked().values()
        if self.guardian is not None:
            yield self.guardian.consent
            yield from [self.guardian.adult] if self.guardian.adult is not None else []
        if self.column is not None:
            yield ConsentAnswer(column=self.column, accepted=self.accepted)
