"""What the public may know about the model that answers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ServedModel:
    """The identity of one published bundle."""

    name: str
    """What requests call it."""
    version: str
    bundle_digest: str
    base_id: str
    """The open model that was adapted, by its name in the catalog."""
    licence: str
    """SPDX identifier."""
    created: str
    """When the bundle was made: ISO 8601 with an offset, such as 2026-05-01T12:00:00+00:00."""
    system_prompt: str
    """Put before every conversation that brings no system message; empty for none."""
    purpose: str
    contact: str
    """Where a person objects or corrects."""
    card_markdown: str | None = None
    """The model card, when the bundle has one."""

    @property
    def created_seconds(self) -> int:
        """`created` in Unix time."""
        return int(datetime.fromisoformat(self.created).timestamp())
