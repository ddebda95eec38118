"""`GOVERNANCE.yaml`: what a community itself allows to be done with its records, who decides, and how it is asked.

An optional file beside the datasheet. Its questions are those of the CARE principles (Carroll et al. 2020, Data Science
Journal 19:43) that a machine can hold: who has authority, for what, until when, and where one complains.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, field_validator, model_validator

from commonhold.curate.rights.labels import labels
from commonhold.curate.rights.licences import find_licence, near_licence
from commonhold.curate.rights.purposes import Purpose
from commonhold.curate.rows.form_fields import Day, Text
from commonhold.errors import Problem
from commonhold.forms import Form, Lines, read_yaml, validate
from commonhold.number_format import listed
from commonhold.signatures.public_key import public_key_bytes, sealing_key_bytes

FILE_NAME = "GOVERNANCE.yaml"


def _written_key(text: str) -> str:
    public_key_bytes(text)
    return text


def _written_sealing_key(text: str) -> str:
    sealing_key_bytes(text)
    return text


def _checked_licence(name: str) -> str:
    if find_licence(name) is None:
        near = near_licence(name)
        raise ValueError(f"not a licence of the table{f'; did you mean {near}?' if near else ''}")
    return name


def _checked_label(code: str) -> str:
    if code not in labels():
        raise ValueError("not a label of Local Contexts; codes are written like TK NC or BC P")
    return code


KnownLicence = Annotated[Text, AfterValidator(_checked_licence)]


class Steward(Form):
    """A person or body that decides for the community."""

    name: Text
    contact: Text
    public_key: Annotated[str, AfterValidator(_written_key)]
    """Ed25519, as `ed25519:` and the base64 of its 32 bytes."""
    sealing_key: Annotated[str, AfterValidator(_written_sealing_key)] | None = None
    """X25519, as `x25519:` and the base64 of its 32 bytes: for whom the map of masked personal data is sealed."""


class CommunityLabel(Form):
    """A label of Local Contexts on the records."""

    code: Annotated[str, AfterValidator(_checked_label)]
    """TK NC, BC P, …"""
    words: Text | None = None
    """The label in the community's own words; they go before the template's."""
    cleared: bool = False
    """The stewards decided that a published model is in keeping with the label."""


class GovernanceForm(Form):
    """What a community allows, and who decides."""

    governance: Literal[1]
    """Version of this form."""
    stewards: tuple[Steward, ...]
    quorum: int = Field(ge=1)
    """How many stewards have to sign before something is published."""
    purposes: tuple[Purpose, ...]
    """What the records may be used for, with each person's own consent."""
    publication_licences: tuple[KnownLicence, ...]
    """Licences under which what is made from the records may be published."""
    approved_licences: tuple[KnownLicence, ...] = ()
    """Licences of records whose terms need the stewards' approval, and have it."""
    retention_days: int | None = Field(default=None, ge=1, le=36_500)
    """For how many days after the last one was collected records may be used; no end when left out."""
    labels: tuple[CommunityLabel, ...] = ()
    """Labels of Local Contexts."""
    redress: Text
    """Where a person complains about the records or the model, and who answers."""
    reviewed: Day
    """The day on which the stewards last went through this file."""
    review_days: int = Field(ge=1, le=3650)
    """After how many days they do so again."""

    @field_validator("stewards", "publication_licences", "purposes")
    @classmethod
    def _some(cls, listed_: tuple[object, ...]) -> tuple[object, ...]:
        if not listed_:
            raise ValueError("list at least one")
        return listed_

    @model_validator(mode="after")
    def _one_voice_each(self) -> "GovernanceForm":
        names = [steward.name.casefold() for steward in self.stewards]
        if len(names) != len(set(names)):
            raise ValueError("two stewards have the same name")
        if len(names) != len({steward.public_key for steward in self.stewards}):
            raise ValueError("two stewards have the same public_key; everybody signs with a key of their own")
        if self.quorum > len(names):
            raise ValueError(f"a quorum of {self.quorum} can never be met by {len(names)} stewards")
        codes = [label.code for label in self.labels]
        if len(codes) != len(set(codes)):
            raise ValueError("a label is listed twice")
        return self


@dataclass(frozen=True, slots=True)
class IntendedUse:
    """What a recipe wants to do with the records."""

    purposes: tuple[Purpose, ...]
    publication_licence: str
    stewards: tuple[str, ...]
    """As the recipe names them."""
    as_of: date
    """The day for which the rules are read."""
    collected_until: date
    """The last day on which records were collected, from the datasheet."""


class GovernanceFile(NamedTuple):
    """A community's rules, and where each of them stands."""

    form: GovernanceForm
    path: Path
    lines: Lines

    def problems(self, plan: IntendedUse) -> list[Problem]:
        """What of the plan the community does not allow; all of it at once, each with the line of the rule."""
        return [*self._uses(plan), *self._stewards(plan.stewards), *self._days(plan), *self._labels(plan)]

    @property
    def sealing_keys(self) -> tuple[bytes, ...]:
        """Public keys of the stewards who may undo a masking."""
        keys = (steward.sealing_key for steward in self.form.stewards)
        return tuple(sealing_key_bytes(key) for key in keys if key is not None)

    @property
    def approved_licences(self) -> frozenset[str]:
        """Identifiers of the licences that the stewards approved, for `compatible`."""
        return frozenset(licence.id for licence in map(find_licence, self.form.approved_licences) if licence)

    def _uses(self, plan: IntendedUse) -> Iterator[Problem]:
        for purpose in plan.purposes:
            if purpose not in self.form.purposes:
                allowed = listed(self.form.purposes)
                yield self._problem(
                    ("purposes",),
                    f"the community does not allow {purpose}, only {allowed}",
                    "Take it out of the recipe, or ask the stewards to allow it here",
                )
        if find_licence(plan.publication_licence) not in map(find_licence, self.form.publication_licences):
            yield self._problem(
                ("publication_licences",),
                f"the recipe publishes under {plan.publication_licence}, which the community does not allow",
                f"Set publish.licence to {' or '.join(self.form.publication_licences)}, or ask the stewards",
            )

    def _stewards(self, named: Sequence[str]) -> Iterator[Problem]:
        members = {steward.name.casefold() for steward in self.form.stewards}
        for name in named:
            if name.strip().casefold() not in members:
                yield self._problem(
                    ("stewards",),
                    f"the recipe names {name!r} as a steward, and the community does not",
                    f"Name some of {listed([steward.name for steward in self.form.stewards])} in the recipe",
                )

    def _days(self, plan: IntendedUse) -> Iterator[Problem]:
        if self.form.retention_days is not None:
            held = plan.as_of - plan.collected_until
            if held > timedelta(self.form.retention_days):
                yield self._problem(
                    ("retention_days",),
                    f"the last records are {held.days} days old; they may be used for {self.form.retention_days}",
                    "Delete them, or ask the people who gave them again",
                )
        if plan.as_of - self.form.reviewed > timedelta(self.form.review_days):
            yield self._problem(
                ("reviewed",),
                f"the stewards last went through this file on {self.form.reviewed}, over {self.form.review_days} days "
                f"before {plan.as_of}",
                "Ask them to go through it and to set the day",
            )

    def _labels(self, plan: IntendedUse) -> Iterator[Problem]:
        licence = find_licence(plan.publication_licence)
        sells = "commercial" in plan.purposes or licence is None or licence.use == "all"
        for index, own in enumerate(self.form.labels):
            label = labels()[own.code]
            if own.cleared or label.asks == "nothing" or (label.asks == "non_commercial" and not sells):
                continue
            says = f": {own.words}" if own.words else ""
            wants = "no commercial use" if label.asks == "non_commercial" else "the stewards to decide on publication"
            yield self._problem(
                ("labels", index, "code"),
                f"{label.name} ({label.code}) asks for {wants}{says}",
                "Ask the stewards; when the model is in keeping with the label, they set 'cleared: true'"
                + (", or publish under a non-commercial licence" if label.asks == "non_commercial" else ""),
            )

    def _problem(self, key: tuple[str | int, ...], message: str, remedy: str) -> Problem:
        return Problem(str(self.path), self.lines.get(key, 0), ".".join(map(str, key)), message, remedy)


def read_governance_file(path: Path, shown: Path | None = None) -> GovernanceFile:
    """A community's rules from a file that is there.

    Raises:
        FormError: the file has problems; all of them at once.
    """
    named = shown or path
    document = read_yaml(path, str(named))
    return GovernanceFile(validate(GovernanceForm, document, str(named)), named, document.lines)
