"""consent/2: nothing is learnt from a row whose giver did not say yes to that."""

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, PerRecordStep, Place, Reason, Step, sift


def consent() -> Step:
    """Drops rows that may not be learnt from, by what `rights.consent` read in their own cells."""
    return lambda records: sift(records, _refusal)


def _refusal(record: Record) -> tuple[str, str] | None:
    return (record.refusal, record.refusal_detail) if record.refusal else None


_GUARDIAN = "a parent or guardian has not agreed"
STEPS.register("consent/2")(
    PerRecordStep(
        make=lambda _inputs: consent(),
        place=Place("permission", 10, "first of all, before anything reads a text"),
        question="Is there consent?",
        reasons={
            "no_consent": Reason(
                "No consent",
                "there is no consent for it",
                "there is no consent for them",
                "a yes on the form from the person who gave the row",
            ),
            "consent_expired": Reason(
                "Consent has run out",
                "its consent has run out",
                "their consent has run out",
                "a new yes from the person who gave the row",
                remedy="Ask the contributors again, or set data.as_of to the day for which the model is made",
            ),
            "consent_withdrawn": Reason(
                "Consent was withdrawn", "its consent was withdrawn", "their consent was withdrawn"
            ),
            "purpose_not_covered": Reason(
                "Consent is for other uses",
                "its consent does not cover teaching a model",
                "their consent does not cover teaching a model",
                "a yes to teaching a model",
            ),
            "guardian_missing": Reason(
                "No yes from a parent or guardian", _GUARDIAN, _GUARDIAN, "a yes from a parent or guardian"
            ),
        },
    )
)
