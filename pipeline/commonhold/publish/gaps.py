"""What a reader of a record would expect and does not find, each with its reason."""

from collections.abc import Iterator

from commonhold.publish.inputs import BundleInputs
from commonhold.publish.record_form import EvaluationPart, Gap, GapReason, RecordParts
from commonhold.publish.record_outputs import Outputs

Missing = tuple[str, GapReason, str]
"""Dotted place in the record, or the name of what is missing; why, in a word and in a sentence."""
ALWAYS: tuple[Missing, ...] = (
    (
        "signature",
        "not_applicable",
        "A signature is over this record and all files, so it is beside them and not in here.",
    ),
    (
        "approvals.signatures.files",
        "not_applicable",
        "Stewards approve a finished bundle by its digest, so what they sign is beside it and not in here.",
    ),
    (
        "environment.hashes",
        "unknown",
        "What is installed is known by name, version and list of files, not by the archives it was installed from.",
    ),
    ("data.records", "withheld", "The texts belong to the people who gave them; their files are named by digest."),
    (
        "data.decisions.file",
        "withheld",
        "One line for every row, with its file and line, leads back to people; a digest is given.",
    ),
    ("training.schedule", "withheld", "Which row was learnt from at which step leads back to people."),
    (
        "evaluation.scores.file",
        "withheld",
        "Every answer to every item stays with the publisher; the report shows a part, and a digest is given.",
    ),
    ("resources.co2_grams", "unknown", "The emissions of the electricity where it was made are not known."),
)


def find_gaps(record: RecordParts, inputs: BundleInputs) -> tuple[Gap, ...]:
    """The gaps of a record that has none yet: what is missing in every bundle, and what is missing in this one."""
    gaps = (*ALWAYS, *_of_this(record), *_of_making(record, inputs))
    return tuple(Gap(what=what, reason=reason, why=why) for what, reason, why in gaps)


def _of_making(record: RecordParts, inputs: BundleInputs) -> Iterator[Missing]:
    """What only those who made it know the reason of."""
    code, template = record.code, record.outputs.chat_template
    if code.patch is None and inputs.run_environment.patch_withheld:
        yield "code.patch", "withheld", inputs.run_environment.patch_withheld
    elif code.patch is None:
        why = "The code is the commit's." if code.dirty is False else "There is no commit to compare the code with."
        yield "code.patch", "not_applicable", why
    if record.outputs.gguf is None:
        left_out = any(form.form != "merged" for form in inputs.left_out)
        yield "outputs.gguf", "withheld" if left_out else "not_applicable", inputs.gguf_withheld
    if template is None:
        yield "base.chat_template_sha256", "unknown", "The base's chat template was not looked at."
        yield "outputs.chat_template", "unknown", "The published chat template was not looked at."
    elif template.turns is None:
        why = "The template writes a message differently from place to place, so no Modelfile is made of it."
        yield "outputs.chat_template.turns", "not_applicable", why
    elif template.turns.default_system is None:
        why = "The template puts no instruction where a conversation has none."
        yield "outputs.chat_template.turns.default_system", "not_applicable", why
    if not record.outputs.recheck:
        yield "outputs.recheck", "not_applicable", _why_no_recheck(inputs)


def _why_no_recheck(inputs: BundleInputs) -> str:
    if inputs.merged is None:
        return "What is served, base and adapter side by side, is what was evaluated."
    return "The recipe asks for no second evaluation (publish.recheck_items)."


def _of_this(record: RecordParts) -> Iterator[Missing]:
    if record.code.commit is None:
        yield "code.commit", "unknown", "The code was not in a git work tree; its digest is given."
    if record.code.dirty is None:
        yield "code.dirty", "not_applicable", "There is no commit to compare the code with."
    if record.hardware.instructions is None:
        yield "hardware.instructions", "unknown", "The instruction set that the arithmetic used was not asked for."
    if record.hardware.gpu_driver is None:
        yield "hardware.gpu_driver", "not_applicable", "The machine has no graphics card with a driver that tells."
    if record.base.repository is None:
        yield "base.repository", "not_applicable", "The base model was not taken from the Hugging Face hub."
    if record.base.openness is None:
        yield "base.openness", "unknown", "The catalog does not say how open the base model is."
    for number, source in enumerate(record.data.sources):
        if source.sha256 is None:
            yield f"data.sources.{number}.sha256", "unknown", "No digest of this file was kept."
    yield from _of_outputs(record.outputs)
    yield from _of_evaluation(record.evaluation)
    if not record.training.adapter_digests:
        yield "training.adapter_digests", "unknown", "Training wrote down no digest of the adapter on the way."
    if record.training.eval_loss is None:
        why = "No rows were held out to choose a checkpoint by, so the last one was kept."
        yield "training.eval_loss", "not_applicable", why
    if record.approvals is None:
        why = "The community names no stewards with keys, so nobody has to sign before the model is used."
        yield "approvals", "not_applicable", why
    if not record.resources.whole_run:
        yield "resources.first_part", "unknown", "Training was resumed; the cost of its first part is not counted."


def _of_outputs(outputs: Outputs) -> Iterator[Missing]:
    merged = outputs.merged
    if merged is None and (why := [form.why for form in outputs.left_out if form.form == "merged"]):
        yield "outputs.merged", "withheld", why[0]
    elif merged is None:
        yield "outputs.merged", "not_applicable", "Only the adapter is published."
    elif merged.equivalence is None:
        yield "outputs.merged.merged_from", "unknown", "Which weights the adapter was merged into was not kept."
        yield "outputs.merged.equivalence", "unknown", "The merged model was not compared with base and adapter."


def _of_evaluation(evaluation: EvaluationPart) -> Iterator[Missing]:
    if not evaluation.gates:
        yield "evaluation.gates", "not_applicable", "The recipe sets no condition for publication."
    for number, task in enumerate(evaluation.tasks):
        if task.worst is None:
            why = "The items name no two languages or groups, or none of them has the 20 items it takes to judge."
            yield f"evaluation.tasks.{number}.worst", "unknown", why
