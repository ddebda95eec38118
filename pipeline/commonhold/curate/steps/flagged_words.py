"""flagged_words/1: words that a community wants to hear of, or does not want to train on."""

from collections.abc import Sequence

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Decision, PerRecordStep, Place, Reason, Step, StepResult, keep_all
from commonhold.curate.text.flagged_words import WordList


def flagged_words(lists: Sequence[WordList]) -> Step:
    """Flags or drops rows with words of the lists, as each list says."""
    if not lists:
        return keep_all

    def step(records: Sequence[Record]) -> StepResult:
        kept, decisions = [], []
        for item, record in enumerate(records):
            texts = record.texts.values()
            matches = [one for each in lists for text in texts if (one := each.judge(text, record.language))]
            dropped = [one for one in matches if one.reason == "dropped_words"]
            if matches:
                first = (dropped or matches)[0]
                decisions.append(Decision(item, "drop" if dropped else "flag", first.reason, first.detail))
            if not dropped:
                kept.append(record)
        return StepResult(kept, decisions)

    return step


STEPS.register("flagged_words/1")(
    PerRecordStep(
        make=lambda inputs: flagged_words([WordList(form) for form in inputs.plan.word_lists]),
        place=Place("quality", 40, "last of its stage: a person who looks at what is flagged looks at real text"),
        question="Are there words that the community watches?",
        idle=lambda plan: not plan.word_lists,
        reasons={
            "flagged_words": Reason(note="there are words that the community wants to look at"),
            "dropped_words": Reason(
                "Words that the community leaves out",
                "it has words that the community leaves out",
                "they have words that the community leaves out",
                "the same, said in other words",
            ),
        },
    )
)
