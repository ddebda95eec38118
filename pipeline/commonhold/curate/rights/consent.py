"""Whether a row may be used for a purpose on a day, by what its own cells say about consent.

The day is an input: the same files, datasheet and day give the same decisions on every machine and in ten years.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple

from commonhold.curate.rights.consent_form import JURISDICTION, Consent, ConsentAnswer
from commonhold.curate.rights.purposes import Purpose
from commonhold.curate.rights.question import BLANK, ConsentQuestion, clean, plain, question
from commonhold.curate.rights.written_dates import DateReader
from commonhold.curate.rows.form_fields import LANGUAGE
from commonhold.curate.text.tidy import without_decimals

Reason = Literal["no_consent", "consent_expired", "consent_withdrawn", "purpose_not_covered", "guardian_missing"]
GuardianState = Literal["not_needed", "given", "missing"]


class ConsentRefusal(NamedTuple):
    """Why a row may not be used."""

    reason: Reason
    detail: str
    """For people; never what the person wrote."""


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """What a row says about consent, by the names of ISO/IEC TS 27560; nothing in it tells who the person is."""

    purposes: frozenset[Purpose]
    """Purposes that were said yes to."""
    no: str = ""
    """Why `purposes` is empty, when it is."""
    event_time: date | None = None
    """The day on which consent was given."""
    withdrawn: bool = False
    expiry: date | None = None
    """The last day on which consent holds; absent for no end."""
    expiry_unclear: str = ""
    """Why the last day could not be told though there is one; counts as over."""
    guardian: GuardianState = "not_needed"
    jurisdiction: str = ""
    language: str = ""
    collection_method: str = ""


@dataclass(frozen=True, slots=True)
class ConsentPolicy:
    """A datasheet's consent section, applied to rows."""

    form: Consent
    dates: DateReader | None = None
    """How its dates are read; as the form says when absent."""
    _read: DateReader = field(init=False, repr=False, compare=False)
    _whole: ConsentQuestion | None = field(init=False, repr=False, compare=False)
    _asked: Mapping[Purpose, ConsentQuestion] = field(init=False, repr=False, compare=False)
    _still_given: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Worked out once: a form has few answers and a batch has many rows.
        form = self.form
        whole = (
            question(form, ConsentAnswer(column=form.column, accepted=form.accepted))
            if form.column is not None
            else None
        )
        object.__setattr__(self, "_read", self.dates or DateReader(form.columns.date_order))
        object.__setattr__(self, "_whole", whole)
        object.__setattr__(self, "_asked", {name: question(form, answer) for name, answer in form.asked().items()})
        object.__setattr__(self, "_still_given", frozenset(map(plain, form.columns.still_given)))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads, each once, in the order of the form."""
        return tuple(dict.fromkeys(column for _, column in self.form.mapped()))

    def facts(self, cells: Mapping[str, str]) -> ConsentFacts:
        """What a row says; `cells` by column name.

        Raises:
            KeyError: a column of `columns` is not there; guessed blank, it might hide a withdrawal.
        """
        columns, every = self.form.columns, self.form.every_row
        purposes, no = self._purposes(cells)
        event_time = self._read.read(_cell(cells, columns.event_time))
        expiry, unclear = self._expiry(cells, event_time)
        withdrawn = plain(_cell(cells, columns.withdrawn))
        return ConsentFacts(
            purposes=purposes,
            no=no,
            event_time=event_time,
            withdrawn=bool(withdrawn) and withdrawn not in self._still_given,
            expiry=expiry,
            expiry_unclear=unclear,
            guardian=self._guardian(cells),
            jurisdiction=_code(_cell(cells, columns.jurisdiction), JURISDICTION) or every.jurisdiction or "",
            language=_code(_cell(cells, columns.language), LANGUAGE) or every.language or "",
            collection_method=self._method(cells),
        )

    def refusal(self, facts: ConsentFacts, purpose: Purpose, today: date) -> ConsentRefusal | None:
        """None when the row may be used for the purpose on that day, otherwise the first reason in this order.

        Withdrawn, no consent at all, another purpose, no guardian's yes, given later than `today`, expired.
        """
        if facts.withdrawn:
            return ConsentRefusal("consent_withdrawn", "consent was withdrawn")
        if not facts.purposes:
            return ConsentRefusal("no_consent", facts.no)
        if purpose not in facts.purposes:
            asked = purpose in self._asked or purpose in self.form.covered()
            detail = f"the answer does not cover {purpose}" if asked else f"the datasheet asks nobody about {purpose}"
            return ConsentRefusal("purpose_not_covered", detail)
        if facts.guardian == "missing":
            return ConsentRefusal("guardian_missing", "not clearly an adult, and no guardian said yes")
        return _out_of_time(facts, today)

    def _purposes(self, cells: Mapping[str, str]) -> tuple[frozenset[Purpose], str]:
        if self._whole is not None and (no := self._whole.no(cells)):
            return frozenset(), no
        nos = {purpose: asked.no(cells) for purpose, asked in self._asked.items()}
        granted = frozenset([purpose for purpose, no in nos.items() if not no]).union(self.form.covered())
        return granted, next((no for no in nos.values() if no != BLANK), BLANK) if not granted else ""

    def _expiry(self, cells: Mapping[str, str], event_time: date | None) -> tuple[date | None, str]:
        columns, days = self.form.columns, self.form.every_row.validity_days
        if text := _cell(cells, columns.expiry):
            expiry = self._read.read(text)
            return expiry, "" if expiry else "the last day of consent is not a date that can be read"
        if days is None:
            return None, ""
        if event_time is None:
            return None, f"consent holds for {days} days, and the day it was given cannot be read"
        return event_time + min(timedelta(days), date.max - event_time), ""

    def _guardian(self, cells: Mapping[str, str]) -> GuardianState:
        guardian = self.form.guardian
        if guardian is None:
            return "not_needed"
        if guardian.adult is not None:
            adult = not question(self.form, guardian.adult).no(cells)
        else:
            adult = _is_age_from(_cell(cells, guardian.age), guardian.adult_age)
        if adult:
            return "not_needed"
        return "missing" if question(self.form, guardian.consent).no(cells) else "given"

    def _method(self, cells: Mapping[str, str]) -> str:
        text = plain(_cell(cells, self.form.columns.collection_method))
        if not text:
            return self.form.every_row.collection_method or ""
        return next((method for method in self.form.columns.known_methods if plain(method) == text), "other")


def _out_of_time(facts: ConsentFacts, today: date) -> ConsentRefusal | None:
    if facts.event_time is not None and facts.event_time > today:
        return ConsentRefusal("no_consent", f"consent is dated {facts.event_time}, after {today}")
    if facts.expiry_unclear:
        return ConsentRefusal("consent_expired", facts.expiry_unclear)
    if facts.expiry is not None and facts.expiry < today:
        return ConsentRefusal("consent_expired", f"consent held until {facts.expiry}")
    return None


def _cell(cells: Mapping[str, str], column: str | None) -> str:
    return clean(cells[column]) if column is not None else ""


def _code(text: str, pattern: str) -> str:
    """The text when it is a code of that kind; a person's own words stay out of the facts."""
    return text if text and re.fullmatch(pattern, text) else ""


def _is_age_from(text: str, adult_age: int) -> bool:
    """Whether a cell is a number of years from `adult_age` to 130; a year of birth is not an age."""
    number = without_decimals(text)
    return number.isascii() and number.isdigit() and len(number) <= 3 and adult_age <= int(number) <= 130
