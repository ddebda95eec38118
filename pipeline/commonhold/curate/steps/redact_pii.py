"""redact_pii/1: personal data that has a form is masked before anything else sees the text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from commonhold.curate.privacy.redactor import RedactionSettings, Redactor
from commonhold.curate.record import Record
from commonhold.curate.step import STEPS, Outcome, Step, Verdict


@STEPS.register("redact_pii/1")
def redact_pii(kinds: Sequence[str], region: str) -> Step:
    """Masks personal data of the given kinds in prompts and completions; `region` (ISO 3166) is for phone numbers."""
    redactor = Redactor(RedactionSettings(tuple(kinds), (region,)))

    def step(records: Sequence[Record]) -> Outcome:
        kept: list[Record] = []
        verdicts: list[Verdict] = []
        counts: Counter[str] = Counter()
        for record in records:
            prompt, completion = redactor.redact(record.prompt), redactor.redact(record.completion)
            found = Counter(find.kind for find in (*prompt.finds, *completion.finds))
            after = replace(record, prompt=prompt.text, completion=completion.text) if found else record
            kept.append(after)
            if found:
                detail = ", ".join(f"{kind} {number}" for kind, number in sorted(found.items()))
                verdicts.append(Verdict(after, "change", "personal_data_masked", detail))
                counts.update(found)
        return Outcome(kept, verdicts, counts=counts)

    return step
