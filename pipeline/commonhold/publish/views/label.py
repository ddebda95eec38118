"""label.html: one page in plain language for whoever meets the model, on paper, on a screen and on a telephone."""

from collections.abc import Iterator
from typing import NamedTuple

from commonhold.digests import sha256_bytes
from commonhold.number_format import count, listed, percent
from commonhold.page_templates import page_templates
from commonhold.publish.record import record_bytes
from commonhold.publish.record_form import ModelRecord, TaskPart
from commonhold.publish.wording import group_label


class LabelRow(NamedTuple):
    """One task as the label shows it."""

    title: str
    before: int
    """Right answers of a hundred, before training."""
    after: int
    items: int
    certain: str
    """What the interval of the difference says, in words."""


def label_page(record: ModelRecord) -> str:
    """The page; equal records have equal bytes. Whatever people wrote is escaped."""
    environment = page_templates("commonhold.publish")
    return environment.get_template("label.html.jinja").render(
        record=record,
        stewards=listed(record.oversight.stewards),
        unmet=[gate for gate in record.evaluation.gates if gate.verdict != "pass"],
        rows=[_row(task) for task in record.evaluation.tasks],
        worst=worst_served(record.evaluation.tasks),
        seen=sum(task.contaminated for task in record.evaluation.tasks),
        made_of=list(_made_of(record)),
        digest=sha256_bytes(record_bytes(record)),
    )


def worst_served(tasks: tuple[TaskPart, ...]) -> str:
    """Whom the model serves worst against its own task, in a sentence."""
    groups = [(task.worst.tuned.value - task.tuned.value, task, task.worst) for task in tasks if task.worst]
    if not groups:
        return "Nobody can say. No language or group has the 20 questions that it takes."
    lead, task, worst = min(groups, key=lambda group: group[0])
    who = group_label(worst.name)
    if lead >= 0:
        return f"No language or group that was tested falls behind; lowest: {who}, {percent(worst.tuned.value)} right."
    return (
        f"People in the {who}: {percent(worst.tuned.value)} right of {count(worst.items, 'question')} in "
        f"“{task.title}”, against {percent(task.tuned.value)} for everybody."
    )


def _row(task: TaskPart) -> LabelRow:
    low, high = task.difference.low, task.difference.high
    certain = "surely better" if low > 0 else "surely worse" if high < 0 else "too few questions to be sure"
    return LabelRow(task.title, round(100 * task.base.value), round(100 * task.tuned.value), task.items, certain)


def _made_of(record: ModelRecord) -> Iterator[tuple[str, str]]:
    base, data, cost = record.base, record.data, record.resources
    declared = data.declared
    yield "Base model", f"{base.title}, licence {base.licence}"
    people = f" by {count(data.contributors, 'person', 'people')}" if data.contributors else ""
    yield "Words of people", f"{data.splits.get('train', 0):,} messages{people}: {declared.title}, {declared.licence}"
    yield "Agreement", declared.consent_basis
    left_out = data.records_in - data.kept
    yield (
        "Left out",
        f"{left_out:,} of {data.records_in:,} rows, {data.dropped_by_reason.get('no_consent', 0):,} without agreement",
    )
    if data.redacted_records:
        kinds = listed([kind.replace("_", " ") for kind in sorted(data.redactions)])
        yield "Blacked out", f"{kinds} in {count(data.redacted_records, 'row')}"
    if made := sum(data.synthetic.values()):
        yield "Written by a machine", f"{count(made, 'row')}, marked as such"
    yield "Electricity", f"{energy(cost.energy_kwh)} for training ({cost.energy_method.replace('_', ' ')})"


def energy(kwh: float) -> str:
    """`0.15 Wh`, `12.3 Wh`, `1.5 kWh`."""
    return f"{1000 * kwh:.3g} Wh" if kwh < 0.1 else f"{kwh:.2g} kWh"
