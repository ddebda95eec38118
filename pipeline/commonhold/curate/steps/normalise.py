"""normalise/2: characters as the writer meant them."""

from collections.abc import Sequence

from commonhold.curate.record import Record
from commonhold.curate.step import STEPS, Outcome, Step, Verdict
from commonhold.curate.text.characters import clean


@STEPS.register("normalise/2")
def normalise() -> Step:
    """Undoes wrong decoding, puts Unicode in one form (NFC), keeps invisible characters only where a script needs them.

    What was changed is named.
    """
    return _normalise


def _normalise(records: Sequence[Record]) -> Outcome:
    kept: list[Record] = []
    verdicts: list[Verdict] = []
    for record in records:
        cleaned = {name: clean(text) for name, text in record.texts.items()}
        changes = dict.fromkeys(change for each in cleaned.values() for change in each.changes)
        after = record.with_texts({name: each.text for name, each in cleaned.items()}) if changes else record
        kept.append(after)
        if changes:
            reason = "encoding_repaired" if "encoding_repaired" in changes else "characters_tidied"
            verdicts.append(Verdict(after, "change", reason, ", ".join(changes)))
    return Outcome(kept, verdicts)
