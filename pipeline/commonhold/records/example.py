"""Curation's product: what may be trained on, and what was decided about every record."""

from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "validation", "test"]
Action = Literal["keep", "change", "flag", "drop", "merge"]
"""`flag`: kept as it is, and listed for a person to look at. `merge`: left out because another record says the same."""


@dataclass(frozen=True, slots=True)
class Example:
    """One message and the reply to learn, or a text to read where `prompt` is empty; personal data masked."""

    record_id: str
    """Keyed id (HMAC) of the entry, or of giver and text; says nothing about them without the workspace's key."""
    prompt: str
    completion: str
    split: Split
    language: str
    """As declared by the contributor, a BCP 47 tag; empty when not declared."""
    contributor: str
    """Keyed id of the contributor; empty when the file does not name one."""
    cluster: str
    """Examples of one contributor or of near-duplicate prompts share it; a cluster never crosses splits."""
    file: str
    row: int
    """Line of `file` on which the record begins, 1-based."""
    parents: tuple[str, ...] = ()
    """Ids of the records that a model rephrased to make this one; empty for what people wrote."""
    made_by: str = ""
    """For a rephrased one: base model, revision, digest of its weights, style and version of the instruction."""
    rejected: str = ""
    """The reply that people liked less, to the same message; empty when nobody compared two."""
    desirable: bool | None = None
    """Thumbs up or down for the reply; None when nobody rated it."""
    entry: str = ""
    """The community's own number for the row, such as RB-0042; empty when it has none."""
    licence: str = ""
    """The row's own, or its file's or the datasheet's."""
    purposes: tuple[str, ...] = ()
    """What its giver said yes to: `train`, `rephrase`, and `publish_text`, without which nobody is shown the text."""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A line of decisions.jsonl: what a curation step decided about one record, whose it is, and what it said then.

    There are lines for every record, dropped ones included.
    """

    record_id: str
    step: str
    """Registered name with version, such as `redact_pii/1`."""
    action: Action
    reason: str
    """A stable snake_case word such as `too_short`; counted in the report. Empty for `keep`."""
    file: str
    row: int
    detail: str = ""
    """For people: which pattern, of which record it is a copy. Never the personal data itself."""
    before: str = ""
    """Keyed digest of message and reply as the step found them."""
    after: str = ""
    """The same as the step left them; empty when the record ends here."""
    entry: str = ""
    """The community's own number for the row, such as RB-0042; empty when it has none."""
    licence: str = ""
    """The row's own, or its file's or the datasheet's."""
    purposes: tuple[str, ...] = ()
    """What its giver said yes to: `train`, `rephrase`, and `publish_text`, without which nobody is shown the text."""
