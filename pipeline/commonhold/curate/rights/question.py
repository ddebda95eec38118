"""One question of a consent form, ready to be asked of many rows."""

from collections.abc import Mapping
from typing import NamedTuple

from commonhold.curate.rights.consent_form import Consent, ConsentAnswer
from commonhold.curate.text.tidy import tidy, without_decimals

BLANK = "the cell is blank"
NOT_YES = "the answer is not one that means yes"
UNKNOWN_CHOICE = "the cell holds a choice that the datasheet does not list"


class ConsentQuestion(NamedTuple):
    """A column, and what counts as yes in it."""

    column: str
    yes: frozenset[str]
    """Accepted answers, in small letters."""
    separator: str = ""
    """Between the choices of a cell; empty when a cell is one answer."""
    choices: frozenset[str] = frozenset()
    """Every choice that may be in the cell."""

    def no(self, cells: Mapping[str, str]) -> str:
        """Why the row's cell is not a yes; empty when it is."""
        text = plain(cells[self.column])
        if not text:
            return BLANK
        if not self.separator:
            return "" if text in self.yes else NOT_YES
        ticked = {choice.strip() for choice in text.split(self.separator)} - {""}
        if not ticked <= self.choices:
            return UNKNOWN_CHOICE
        return "" if ticked & self.yes else NOT_YES


def question(form: Consent, answer: ConsentAnswer) -> ConsentQuestion:
    """The question behind an answer of the form, with the choices that other answers name in the same column."""
    yes = frozenset(map(plain, answer.accepted))
    for many in form.select_many:
        if many.column == answer.column:
            same = [choice for other in form.answers() if other.column == many.column for choice in other.accepted]
            choices = frozenset(map(plain, (*same, *many.other_choices)))
            return ConsentQuestion(answer.column, yes, many.separator.casefold(), choices)
    return ConsentQuestion(answer.column, yes)


def clean(text: str) -> str:
    """A cell without invisible characters and doubled or outer spaces; most cells need no more than a look."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return tidy(text)


def plain(text: str) -> str:
    """A cell for comparison: capitals do not matter either, nor how many decimals a spreadsheet shows of 1."""
    return without_decimals(clean(text).casefold())
