"""normalise/2: characters as the writer meant them."""

from collections.abc import Sequence

from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Decision, PerRecordStep, Place, Reason, Step, StepResult
from commonhold.curate.text.characters import cleaned


def normalise() -> Step:
    """Undoes wrong decoding, puts Unicode in one form (NFC), keeps invisible characters only where a script needs them.

    What was changed is named.
    """
    return _normalise


def _normalise(records: Sequence[Record]) -> StepResult:
    kept = list(records)
    decisions: list[Decision] = []
    sides = TextColumn.of(records)
    for item, tidied in sides.by_record(cleaned(sides.texts)):
        kept[item] = records[item].with_texts({name: each.text for name, each in tidied.items()})
        changes = dict.fromkeys(change for each in tidied.values() for change in each.changes)
        reason = "encoding_repaired" if "encoding_repaired" in changes else "characters_tidied"
        decisions.append(Decision(item, "change", reason, ", ".join(changes)))
    return StepResult(kept, decisions)


STEPS.register("normalise/2")(
    PerRecordStep(
        make=lambda _inputs: normalise(),
        place=Place("cleaning", 10, "first of all that read texts: the others know characters as they are meant"),
        tidies=True,
        reasons={
            "encoding_repaired": Reason(note="we repaired letters that had come out wrong"),
            "characters_tidied": Reason(note="we tidied white space or invisible characters"),
        },
    )
)
