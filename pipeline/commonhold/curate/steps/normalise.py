"""normalise/1: characters as the writer meant them."""

from collections.abc import Sequence
from dataclasses import replace

from commonhold.curate.record import Record
from commonhold.curate.step import STEPS, Outcome, Step, Verdict
from commonhold.curate.tidy import repair_encoding, tidy


@STEPS.register("normalise/1")
def normalise() -> Step:
    """Undoes wrong decoding, puts Unicode in one form (NFC), makes white space plain, removes invisible characters."""
    return _normalise


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
