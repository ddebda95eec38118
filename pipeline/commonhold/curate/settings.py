"""What a recipe may ask of curation."""

from dataclasses import dataclass
from typing import Literal

PersonalData = Literal["email", "phone", "id_number", "payment_card"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How records are cleaned, left out and split."""

    redact: tuple[PersonalData, ...]
    """Kinds of personal data that are masked."""
    min_words: int
    max_words: int
    near_duplicate: float
    """Word overlap of two prompts (Jaccard, 3-word shingles), in (0, 1], from which the later one is left out."""
    validation_share: float
    """Share of the kept records, in [0, 0.5]; 0 for no validation split."""
    test_share: float
    """Share of the kept records, in [0, 0.5]; 0 for no test split."""
    max_records: int | None = None
    """Most records to use; absent for all."""
