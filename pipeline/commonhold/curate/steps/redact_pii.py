"""redact_pii/1: personal data that has a form is masked before anything else sees the text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from commonhold.curate.personal_data import mask
from commonhold.curate.record import Record
from commonhold.curate.settings import PersonalData
from commonhold.curate.step import STEPS, Outcome, Step, Verdict


@STEPS.register("redact_pii/1")
def redact_pii(kinds: Sequence[PersonalData], region: str) -> Step:
    """Masks personal data of the given kinds in prompts and completions; `region` (ISO 3166) is for phone numbers."""

    def step(records: Sequence[Record]) -> Outcome:
        kept: list[Record] = []
        verdicts: list[Verdict] = []
        counts: Counter[str] = Counter()
        for record in records:
            prompt, completion = mask(record.prompt, kinds, region), mask(record.completion, kinds, region)
            found = Counter(prompt.counts) + Counter(completion.counts)
            after = replace(record, prompt=prompt.text, completion=completion.text) if found else record
            kept.append(after)
            if found:
                detail = ", ".join(f"{kind} {number}" for kind, number in sorted(found.items()))
                verdicts.append(Verdict(after, "change", "personal_data_masked", detail))
                counts.update(found)
        return Outcome(kept, verdicts, counts=counts)

    return step
