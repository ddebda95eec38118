"""What a recipe may ask of curation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from commonhold.curate.privacy.labelled_names import LabelledText
from commonhold.curate.privacy.names import NamesModel
from commonhold.curate.privacy.presidio import PresidioEntity

PersonalData = Literal[
    "payment_card", "iban", "email", "url_secret", "online_profile", "id_number", "ip_address", "coordinates",
    "date_of_birth", "street_address", "phone", "web_address",
]  # fmt: skip
Overlap = Literal["drop", "flag"]
Method = Literal["sft", "kto", "dpo", "continued_pretraining"]
Style = Literal["easy", "medium", "hard", "question_answer"]


@dataclass(frozen=True, slots=True)
class Rephrasing:
    """Messages that the base model writes anew."""

    styles: tuple[Style, ...] = ()
    """Empty for none."""
    share: float = 0.5
    """Most rephrased records for each real training record, in (0, 1]."""


@dataclass(frozen=True, slots=True)
class NamedStep:
    """A step from another installed package."""

    step: str
    """Registered name with version."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """What the step's own form asks for."""


@dataclass(frozen=True, slots=True)
class CurationSettings:
    """How records are cleaned, left out and split."""

    redact: tuple[PersonalData, ...]
    """Kinds of personal data that are masked."""
    min_words: int
    max_words: int
    near_duplicate: float
    """Word overlap of two prompts (Jaccard, 3-word shingles), in (0, 1], from which the later one is left out if the
    replies agree."""
    validation_share: float
    """Share of the kept records, in [0, 0.5]; 0 for no validation split."""
    test_share: float
    """Share of the kept records, in [0, 0.5]; 0 for no test split."""
    method: Method = "sft"
    """How the records are learnt from."""
    keep_replies_together: bool | None = None
    """Whether records with overlapping replies stay in one split; absent for: unless replies are labels."""
    meaning_duplicate: float | None = None
    """Cosine of two messages' vectors, in (0, 1], from which the later one is flagged; absent for no such step."""
    max_records: int | None = None
    """Most records to use; absent for all."""
    placeholder_numbers: int | None = None
    """Placeholders are numbered up to this, the same value always alike; absent for no numbers."""
    taggers: tuple[PresidioEntity, ...] = ()
    """What Presidio looks for besides."""
    names: NamesModel | None = None
    """Finds names in running text; absent where none is looked for."""
    labelled_names: tuple[LabelledText, ...] = ()
    """By which it is measured how many names it finds."""
    as_of: date = date.min
    """The day for which consent is judged."""
    strip_boilerplate: bool = True
    """Whether quoted mail, signatures and lines that many rows share are cut off."""
    wrong_language: Literal["drop", "flag"] = "flag"
    """What is done with texts that are surely not in the language that their row declares."""
    evaluation_overlap: Overlap = "drop"
    """What is done with records that hold a question of the evaluation."""
    evaluation_prompts: tuple[str, ...] = field(default=(), repr=False)
    """The questions of the evaluation."""
    contributor_max: int | None = None
    """Most records of one contributor; absent for no cap."""
    contributor_share: float | None = None
    """Largest share of one contributor, in (0, 1]; absent for no cap."""
    source_weights: Mapping[str, float] = field(default_factory=dict)
    """Part of a source's records that is used, in [0, 1]; 1 unless named."""
    language_weights: Mapping[str, float] = field(default_factory=dict)
    rephrase: Rephrasing = Rephrasing()
    extra_steps: tuple[NamedStep, ...] = ()
    """Steps from other packages that take part."""
