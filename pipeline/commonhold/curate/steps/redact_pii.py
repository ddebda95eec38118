"""redact_pii/3: personal data is masked before anything else sees the text."""

import functools
import json
from collections import Counter
from collections.abc import Callable, Sequence

from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.privacy.own_data import OwnTerm, OwnValue, own_terms
from commonhold.curate.privacy.redactor import RedactionSettings, Redactor
from commonhold.curate.privacy.sealed_map import MapEntry
from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Decision, PerRecordStep, Place, Reason, Step, StepInputs, StepResult

OwnOf = Callable[[str], str]
"""From a contributor's id to what all their rows say about them, as `Record.own` has it; empty for nothing more."""


def redact_pii(
    settings: RedactionSettings,
    own_of: OwnOf = lambda _contributor: "",
    common: frozenset[str] = frozenset(),
    *,
    keep_map: bool = False,
) -> Step:
    """Masks personal data in all texts of a record, and what a row's own columns say about its contributor.

    Finds that are likely and not certain are masked too, and their records are listed for a person to look through.
    With `keep_map`, which needs numbered placeholders, it keeps what each placeholder stands for.
    """
    redactor = redactor_of(settings)

    @functools.lru_cache(maxsize=4096)
    def terms(own: str) -> tuple[OwnTerm, ...]:
        return own_terms([OwnValue(*pair) for pair in json.loads(own)], common) if own else ()

    def step(records: Sequence[Record]) -> StepResult:
        kept = list(records)
        decisions: list[Decision] = []
        counts: Counter[str] = Counter()
        masked: list[MapEntry] = []
        sides = TextColumn.of(records)
        owned = [terms((record.contributor and own_of(record.contributor)) or record.own) for record in records]
        suspects = {*redactor.suspects(sides.texts), *(n for n, index in enumerate(sides.items) if owned[index])}
        redacted = ((n, redactor.redact(sides.texts[n], owned[sides.items[n]])) for n in suspects)
        for item, redactions in sides.by_record({n: each for n, each in redacted if each.finds}):
            record, finds = records[item], [find for each in redactions.values() for find in each.finds]
            kept[item] = record.with_texts({name: each.text for name, each in redactions.items()})
            kinds = Counter(find.kind for find in finds)
            detail = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
            likely = any(find.tier == "likely" for find in finds)
            reason = "likely_personal_data_masked" if likely else "personal_data_masked"
            decisions.append(Decision(item, "change", reason, detail))
            counts.update(kinds)
            if keep_map:
                for name, each in redactions.items():
                    masked += redactor.map_entries(record.record_id, getattr(record, name), each)
        return StepResult(kept, decisions, counts, masked)

    return step


@functools.lru_cache(maxsize=4)
def redactor_of(settings: RedactionSettings) -> Redactor:
    """The redactor of some settings, built once in a process."""
    return Redactor(settings)


def _made(inputs: StepInputs) -> Step:
    plan, survey = inputs.plan, inputs.survey
    return redact_pii(plan.redaction, lambda who: survey.own.get(who, ""), survey.common, keep_map=plan.keeps_map)


STEPS.register("redact_pii/3")(
    PerRecordStep(
        make=_made,
        place=Place(
            "cleaning",
            50,
            "before anything that judges or compares texts: two rows that differ in a phone number only are duplicates",
        ),
        reasons={
            "personal_data_masked": Reason(note="we masked personal data", masks=True),
            "likely_personal_data_masked": Reason(
                note="we masked what is likely personal data, and a person should look at it", review=True, masks=True
            ),
        },
    )
)
