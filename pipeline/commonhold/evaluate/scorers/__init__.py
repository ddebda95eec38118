"""How answers are judged: one file a scorer, known by name and version."""

from commonhold.evaluate.scorers import exact, include, multiple_choice, refusal
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer

__all__ = ["SCORERS", "Complaint", "Scorer", "exact", "include", "multiple_choice", "refusal"]
