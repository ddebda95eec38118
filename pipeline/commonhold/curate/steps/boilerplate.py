"""boilerplate/1: what the writer of a message did not write."""

from collections.abc import Mapping, Sequence

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Decision, PerRecordStep, Place, Reason, Step, StepResult
from commonhold.curate.text.boilerplate import strip_boilerplate
from commonhold.curate.text.repeated_lines import RepeatedLines

NOTHING = RepeatedLines(())


def boilerplate(repeated: Mapping[str, RepeatedLines]) -> Step:
    """Cuts quoted mail, signatures and footers off messages, and lines that many messages of one file have in common.

    `repeated`: the lines of each file, by its name. A message never loses its last word. Replies stay: the form that
    all of them share is often what shall be learnt; and plain texts, of which nobody knows what is quoted.
    """

    def step(records: Sequence[Record]) -> StepResult:
        kept = list(records)
        decisions: list[Decision] = []
        for item, record in enumerate(records):
            if "\n" not in record.prompt:
                continue
            own = strip_boilerplate(record.prompt)
            rest = repeated.get(record.file, NOTHING).strip(own.text)
            if kinds := dict.fromkeys((*own.kinds, *rest.kinds)):
                kept[item] = record._replace(prompt=rest.text)
                decisions.append(Decision(item, "change", "boilerplate_cut", ", ".join(kinds)))
        return StepResult(kept, decisions)

    return step


STEPS.register("boilerplate/1")(
    PerRecordStep(
        make=lambda inputs: boilerplate(inputs.survey.repeated),
        place=Place("cleaning", 40, "before masking: signatures are full of personal data that need not stay at all"),
        used=lambda plan: plan.settings.strip_boilerplate,
        reasons={
            "boilerplate_cut": Reason(note="we cut off signatures, quoted mail or notices that many rows share"),
        },
    )
)
