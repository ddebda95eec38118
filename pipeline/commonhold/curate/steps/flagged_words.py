"""flagged_words/1: words that a community wants to be told about, or does not want to train on."""

from collections.abc import Sequence

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Outcome, Step, Verdict, keep_all
from commonhold.curate.text.flagged_words import WordList


@STEPS.register("flagged_words/1")
def flagged_words(lists: Sequence[WordList]) -> Step:
    """Flags or drops rows with words of the lists, as each list says."""
    if not lists:
        return keep_all

    def step(records: Sequence[Record]) -> Outcome:
        kept, verdicts = [], []
        for record in records:
            texts = record.texts.values()
            found = [one for each in lists for text in texts if (one := each.judge(text, record.language))]
            dropped = [one for one in found if one.reason == "dropped_words"]
            if found:
                told = (dropped or found)[0]
                verdicts.append(Verdict(record, "drop" if dropped else "flag", told.reason, told.detail))
            if not dropped:
                kept.append(record)
        return Outcome(kept, verdicts)

    return step
