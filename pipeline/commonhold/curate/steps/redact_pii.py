"""redact_pii/2: personal data is masked before anything else sees the text."""

import functools
import json
from collections import Counter
from collections.abc import Callable, Sequence

from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.privacy.own_data import OwnTerm, OwnValue, own_terms
from commonhold.curate.privacy.redactor import RedactionSettings, Redactor
from commonhold.curate.privacy.sealed_map import MapEntry
from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Outcome, Step, Verdict

OwnOf = Callable[[str], str]
"""From a contributor's id to what all their rows say about them, as `Record.own` has it; empty for nothing more."""


@STEPS.register("redact_pii/2")
def redact_pii(
    settings: RedactionSettings,
    own_of: OwnOf = lambda _contributor: "",
    common: frozenset[str] = frozenset(),
    *,
    keep_map: bool = False,
) -> Step:
    """Masks personal data in all texts of a record, and what a row's own columns say about its contributor.

    Finds that are likely and not certain are masked too, and their records are listed for a person to look through.
    With `keep_map`, which needs numbered placeholders, it tells what each placeholder stands for.
    """
    redactor = redactor_of(settings)

    @functools.lru_cache(maxsize=4096)
    def terms(own: str) -> tuple[OwnTerm, ...]:
        return own_terms([OwnValue(*pair) for pair in json.loads(own)], common) if own else ()

    def step(records: Sequence[Record]) -> Outcome:
        kept = list(records)
        verdicts: list[Verdict] = []
        counts: Counter[str] = Counter()
        masked: list[MapEntry] = []
        sides = TextColumn.of(records)
        owned = [terms((record.contributor and own_of(record.contributor)) or record.own) for record in records]
        suspects = {*redactor.suspects(sides.texts), *(n for n, place in enumerate(sides.places) if owned[place])}
        redacted = ((n, redactor.redact(sides.texts[n], owned[sides.places[n]])) for n in suspects)
        for place, found in sides.by_record({n: each for n, each in redacted if each.finds}):
            record, finds = records[place], [find for each in found.values() for find in each.finds]
            kept[place] = record.with_texts({name: each.text for name, each in found.items()})
            kinds = Counter(find.kind for find in finds)
            detail = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
            likely = any(find.tier == "likely" for find in finds)
            reason = "likely_personal_data_masked" if likely else "personal_data_masked"
            verdicts.append(Verdict(kept[place], "change", reason, detail))
            counts.update(kinds)
            if keep_map:
                for name, each in found.items():
                    masked += redactor.map_entries(record.record_id, getattr(record, name), each)
        return Outcome(kept, verdicts, counts, masked)

    return step


@functools.lru_cache(maxsize=4)
def redactor_of(settings: RedactionSettings) -> Redactor:
    """The redactor of some settings, built once in a process."""
    return Redactor(settings)
