"""normalise/2: characters as the writer meant them."""

from collections.abc import Sequence

from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Outcome, Step, Verdict
from commonhold.curate.text.characters import cleaned


@STEPS.register("normalise/2")
def normalise() -> Step:
    """Undoes wrong decoding, puts Unicode in one form (NFC), keeps invisible characters only where a script needs them.

    What was changed is named.
    """
    return _normalise


def _normalise(records: Sequence[Record]) -> Outcome:
    kept = list(records)
    verdicts: list[Verdict] = []
    sides = TextColumn.of(records)
    for place, found in sides.by_record(cleaned(sides.texts)):
        after = records[place].with_texts({name: each.text for name, each in found.items()})
        changes = dict.fromkeys(change for each in found.values() for change in each.changes)
        kept[place] = after
        reason = "encoding_repaired" if "encoding_repaired" in changes else "characters_tidied"
        verdicts.append(Verdict(after, "change", reason, ", ".join(changes)))
    return Outcome(kept, verdicts)
