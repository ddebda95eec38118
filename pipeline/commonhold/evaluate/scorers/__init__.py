"""How answers are judged: one file a scorer, known by name and version."""

from commonhold.evaluate.scorers import (
    answer_words,
    checks,
    cites,
    corpus,
    exact,
    include,
    json_reply,
    likelihood,
    multiple_choice,
    multiple_choice_generated,
    pattern,
    refusal,
)
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer

__all__ = [
    "SCORERS",
    "Complaint",
    "Scorer",
    "answer_words",
    "checks",
    "cites",
    "corpus",
    "exact",
    "include",
    "json_reply",
    "likelihood",
    "multiple_choice",
    "multiple_choice_generated",
    "pattern",
    "refusal",
]
