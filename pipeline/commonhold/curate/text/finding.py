"""What a filter says about a text."""

from typing import NamedTuple


class Finding(NamedTuple):
    """Why a text should be looked at or left out; filters return none when they have nothing to say."""

    reason: str
    """A stable snake_case word; counted in the report."""
    detail: str
    """For people: what was counted and the bound. Never the text itself."""
