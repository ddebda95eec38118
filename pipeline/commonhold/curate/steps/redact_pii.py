"""redact_pii/3: personal data is masked before anything else sees the text."""

import functools
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.privacy.find import Span
from commonhold.curate.privacy.masking_counts import DECLARED, FOUND, PUBLIC, SEEN, special
from commonhold.curate.privacy.own_data import OwnTerm, OwnValue, find_own, own_terms
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
        names = redactor.names(sides.texts)
        suspects = {*redactor.suspects(sides.texts), *(n for n, index in enumerate(sides.items) if owned[index])}
        suspects |= {n for n, found in enumerate(names) if found}
        redacted = ((n, redactor.redact(sides.texts[n], owned[sides.items[n]], names[n])) for n in suspects)
        for item, redactions in sides.by_record({n: each for n, each in redacted if each.finds or each.public}):
            record, finds = records[item], [find for each in redactions.values() for find in each.finds]
            public = [value for each in redactions.values() for value in each.public]
            counts.update(special(PUBLIC, value) for value in public)
            if not finds:  # both digests are alike, and no person has to look: a flag would ask for that
                decisions.append(Decision(item, "change", "public_value_left", f"public {len(public)}"))
                continue
            kept[item] = record.with_texts({name: each.text for name, each in redactions.items()})
            kinds = Counter(find.kind for find in finds)
            shown = sorted(kinds.items()) + [("public", len(public))] * bool(public)
            detail = ", ".join(f"{kind} {number}" for kind, number in shown)
            likely = any(find.tier == "likely" for find in finds)
            reason = "likely_personal_data_masked" if likely else "personal_data_masked"
            decisions.append(Decision(item, "change", reason, detail))
            counts.update(kinds)
            if keep_map:
                for name, each in redactions.items():
                    masked += redactor.map_entries(record.record_id, getattr(record, name), each)
        unseen = frozenset(n for n in range(len(settings.public)) if not counts[special(PUBLIC, n)])
        counts.update(special(SEEN, value) for value in redactor.public.occurring(sides.texts, unseen))
        counts.update(_recall(records, sides, owned, names) if settings.names else {})
        return StepResult(kept, decisions, counts, masked)

    return step


def _recall(
    records: Sequence[Record],
    sides: TextColumn,
    owned: Sequence[Sequence[OwnTerm]],
    names: Sequence[Sequence[Span]],
) -> Counter[str]:
    """By language: names of writers in their own texts, and those of them that the model for names found whole."""
    counts: Counter[str] = Counter()
    for text, item, found in zip(sides.texts, sides.items, names, strict=True):
        terms = [term for term in owned[item] if term.kind == "name"]
        for _, name in find_own(text, terms):
            language = records[item].language
            counts[special(DECLARED, language)] += 1
            counts[special(FOUND, language)] += any(each.start <= name.start and name.end <= each.end for each in found)
    return counts


@functools.lru_cache(maxsize=4)
def redactor_of(settings: RedactionSettings) -> Redactor:
    """The redactor of some settings, built once in a process."""
    return Redactor(settings)


def by_form(settings: RedactionSettings) -> RedactionSettings:
    """The same without what a model finds."""
    return replace(settings, taggers=(), names=None)


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
            "public_value_left": Reason(note="we left what the datasheet lists as public"),
            "personal_data_masked": Reason(note="we masked personal data", masks=True),
            "likely_personal_data_masked": Reason(
                note="we masked what is likely personal data, and a person should look at it", review=True, masks=True
            ),
        },
    )
)
