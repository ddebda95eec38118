"""How answers are judged: one file a scorer, known by name and version; found when the registry is first asked."""

from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer

__all__ = ["SCORERS", "Complaint", "Scorer"]
