"""shout/1: messages in capital letters."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Decision, PerRecordStep, Place, Reason, Step, StepInputs, StepResult
from commonhold.forms import Form

FEWEST_LETTERS = 8
"""In a shorter message, capitals are a name or an abbreviation."""


class ShoutSettings(Form):
    """What a recipe may say for this step."""

    most_capitals: float = Field(default=0.7, gt=0.0, le=1.0)
    """Share of capitals among the letters of a message from which it counts as shouted."""
    action: Literal["flag", "drop"] = "drop"


def shout(most_capitals: float, action: Literal["flag", "drop"]) -> Step:
    """Flags or drops records whose message is shouted; replies and scripts without capitals are left alone."""

    def step(records: Sequence[Record]) -> StepResult:
        shares = [capitals(record.prompt) for record in records]
        decisions = [
            Decision(item, action, "shouted", f"{share:.0%} capitals")
            for item, share in enumerate(shares)
            if share >= most_capitals
        ]
        if action == "flag" or not decisions:
            return StepResult(records, decisions)
        out = {decision.item for decision in decisions}
        return StepResult([record for item, record in enumerate(records) if item not in out], decisions)

    return step


def capitals(text: str) -> float:
    """The share of capitals among the letters that have two cases; 0 where they are few."""
    letters = [letter for letter in text if letter.isupper() or letter.islower()]
    return sum(map(str.isupper, letters)) / len(letters) if len(letters) >= FEWEST_LETTERS else 0.0


def _made(inputs: StepInputs) -> Step:
    settings = inputs.own(ShoutSettings)
    return shout(settings.most_capitals, settings.action)


STEPS.register("shout/1")(
    PerRecordStep(
        make=_made,
        place=Place("quality", 15, "behind length, which is quicker; masking put its words in capitals before"),
        question="Is it said in a calm voice?",
        reasons={
            "shouted": Reason(
                label="Written in capitals",
                one="it is written in capitals",
                many="they are written in capitals",
                help="the same in small letters",
                note="the message is written in capitals",
                remedy="Raise most_capitals for shout/1 in the recipe",
            ),
        },
        idle=lambda plan: plan.extra_steps["shout/1"].get("action") == "flag",
        settings=ShoutSettings,
    )
)
