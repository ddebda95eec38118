"""normalise/1 and normalise/2: characters as the writer meant them."""

from collections.abc import Sequence
from dataclasses import replace

from commonhold.curate.record import Record
from commonhold.curate.step import STEPS, Outcome, Step, Verdict
from commonhold.curate.text.characters import clean
from commonhold.curate.tidy import repair_encoding, tidy


@STEPS.register("normalise/1")
def normalise() -> Step:
    """Undoes wrong decoding of a whole text, puts Unicode in one form (NFC), removes invisible characters."""
    return _normalise


@STEPS.register("normalise/2")
def normalise_by_script() -> Step:
    """As /1, but mends damaged parts too, keeps invisible characters only where a script needs them, names changes."""
    return _normalise_by_script


def _normalise(records: Sequence[Record]) -> Outcome:
    kept: list[Record] = []
    verdicts: list[Verdict] = []
    for record in records:
        prompt, completion = repair_encoding(record.prompt), repair_encoding(record.completion)
        repaired = (prompt, completion) != (record.prompt, record.completion)
        after = replace(record, prompt=tidy(prompt), completion=tidy(completion))
        kept.append(after)
        if after != record:
            reason = "encoding_repaired" if repaired else "characters_tidied"
            verdicts.append(Verdict(after, "change", reason))
    return Outcome(kept, verdicts)


def _normalise_by_script(records: Sequence[Record]) -> Outcome:
    kept: list[Record] = []
    verdicts: list[Verdict] = []
    for record in records:
        prompt, completion = clean(record.prompt), clean(record.completion)
        changes = dict.fromkeys((*prompt.changes, *completion.changes))
        after = replace(record, prompt=prompt.text, completion=completion.text) if changes else record
        kept.append(after)
        if changes:
            reason = "encoding_repaired" if "encoding_repaired" in changes else "characters_tidied"
            verdicts.append(Verdict(after, "change", reason, ", ".join(changes)))
    return Outcome(kept, verdicts)
