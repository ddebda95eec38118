"""README.md, the model card: the record in plain language, in the form that the Hugging Face hub shows.

Made from the record alone, so that it cannot say what the record does not.
"""

import json
from collections.abc import Iterator

from commonhold.digests import short
from commonhold.number_format import count, listed, percent, points
from commonhold.publish.front_matter import front_matter
from commonhold.publish.record_form import ModelRecord, TaskPart
from commonhold.publish.views.openness import openness_class
from commonhold.publish.wording import group_label, percent_figure, plain, points_figure, ranked

FILE_NAME = "README.md"
VERDICTS = {"pass": "passed", "fail": "failed", "inconclusive": "not decided"}
OPENNESS = {
    "A": "its weights, code and training data can be had",
    "B": "its weights can be had, its training data in part",
    "C": "its weights can be had, its training data not",
}
SPLITS = {"train": "to learn from", "validation": "to choose the best version", "test": "kept aside"}
FORMS = {"merged": "the merged model", "q8_0": "the GGUF in 8 bits", "f16": "the GGUF in 16 bits"}
LEFT_BY_FAULT = " This is a fault of the program, and none of the model that was evaluated."
REASONS = {"not_applicable": "not applicable", "not_yet_built": "not yet built"}


def model_card(record: ModelRecord) -> str:
    """The whole card; equal records have equal cards."""
    parts = (_purpose, _quality, _ingredients, _usage, _limits, _contact, _checking)
    body = "\n".join(line for part in parts for line in part(record))
    return f"{front_matter(record)}\n{body}\n"


def _purpose(record: ModelRecord) -> Iterator[str]:
    oversight = record.oversight
    yield from (f"# {plain(record.identity.name)}", "", plain(oversight.purpose), "")
    unmet = [gate for gate in record.evaluation.gates if gate.verdict != "pass"]
    if unmet:
        yield f"> **Not every condition for publication holds:** {count(len(unmet), 'condition')} of "
        yield from (f"> {len(record.evaluation.gates)} failed or could not be decided. See below.", "")
    yield from ("## Who it is for", "", plain(oversight.intended_use), "")
    yield from ("## What it is not for", "", *(f"- {plain(use)}" for use in oversight.out_of_scope), "")
    yield from ("## Who answers for it", "")
    yield f"Publication is decided by: {listed([plain(steward) for steward in oversight.stewards])}."
    yield from (f"Contact: {plain(oversight.contact)}", "")


def _quality(record: ModelRecord) -> Iterator[str]:
    tasks = record.evaluation.tasks
    yield from ("## How good it is", "")
    yield "The model before (base) and after training (tuned) on the same questions, which the community wrote. The"
    yield from ("ranges are 95 % intervals: another set of such questions could give any score inside.", "")
    yield from ("| task | items | base | tuned | tuned − base |", "|---|--:|---|---|---|")
    for task in tasks:
        figures = f"{percent_figure(task.base)} | {percent_figure(task.tuned)} | {points_figure(task.difference)}"
        yield f"| {plain(task.title)} | {task.items:,} | {figures} |"
    yield ""
    yield from (f"- {sentence}" for sentence in (*_worst_served(tasks), *_seen_before(tasks)))
    if record.evaluation.gates:
        yield from ("", "Conditions for publication:", "")
        for gate in record.evaluation.gates:
            yield f"- **{VERDICTS[gate.verdict]}**: {plain(gate.name)}. {plain(gate.reason)}"
    yield from ("", "The whole report: `evaluation/report.html`.", "")
    yield from _served(record)


def _served(record: ModelRecord) -> Iterator[str]:
    """The file that is served beside what was evaluated, on the same questions."""
    recheck = record.outputs.recheck
    if not recheck:
        return
    titles = {task.task: task.title for task in record.evaluation.tasks}
    yield from ("### The file that is served", "")
    most = 100 * max(task.margin for task in recheck)
    yield "What was evaluated is base and adapter side by side. `commonhold serve` answers with the merged model, so a"
    yield "part of the questions was asked again of that file. It is left out where it is surely worse by more than"
    yield from (f"{most:g} points.", "")
    yield from ("| task | asked again | tuned | served | served − tuned | same words |", "|---|--:|---|---|---|--:|")
    for task in recheck:
        figures = f"{percent_figure(task.tuned)} | {percent_figure(task.served)} | {points_figure(task.difference)}"
        yield f"| {plain(titles.get(task.task, task.task))} | {task.items:,} | {figures} | {task.same_answers:,} |"
    yield ""


def _worst_served(tasks: tuple[TaskPart, ...]) -> Iterator[str]:
    behind = [(task.worst.tuned.value - task.tuned.value, task, task.worst) for task in tasks if task.worst]
    if not behind:
        yield "Nobody can say who is served worst: no language or group has the 20 items that it takes."
        return
    # Tasks differ in difficulty, so a group is set against its own task.
    lead, task, worst = min(behind, key=lambda each: each[0])
    served = "Served worst" if lead < 0 else "No language or group of 20 items or more falls behind; lowest"
    yield (
        f"{served}: {plain(group_label(worst.name))} in “{plain(task.title)}”, where the tuned model scores "
        f"{percent_figure(worst.tuned)} on {count(worst.items, 'item')}, against {percent(task.tuned.value)} on the "
        f"whole task. The base scores {percent(worst.base.value)} there, a change of {points(worst.difference.value)}."
    )


def _seen_before(tasks: tuple[TaskPart, ...]) -> Iterator[str]:
    for task in tasks:
        if task.contaminated:
            yield (
                f"{task.contaminated} of {count(task.items, 'item')} in “{plain(task.title)}” stand in the training "
                "rows; those answers may show memory rather than skill."
            )


def _ingredients(record: ModelRecord) -> Iterator[str]:
    base, data, training = record.base, record.data, record.training
    openness = f" ({OPENNESS[base.openness]})" if base.openness else ""
    splits = listed([f"{data.splits[name]:,} {words}" for name, words in SPLITS.items() if data.splits.get(name)])
    declared, cost, time = data.declared, record.resources, training_time(record)
    yield from ("## What it was made of", "")
    yield f"- **Base model:** {plain(base.title)}, licence {plain(base.licence)}{openness}. {plain(base.origin)}"
    yield f"- **Records:** {plain(declared.title)}, licence {plain(declared.licence)}. {plain(declared.description)}"
    yield f"- **Collected:** {plain(declared.collected_from)} to {plain(declared.collected_to)}. " + plain(
        declared.collected_by
    )
    yield f"- **Consent:** {plain(declared.consent_basis)}"
    people = f" by {count(data.contributors, 'contributor')}" if data.contributors else ""
    yield f"- **Rows:** of {data.records_in:,}, {data.kept:,} are used{people}: {splits}."
    if data.dropped_by_reason:
        yield f"- **Left out:** {ranked(data.dropped_by_reason)}."
    if data.redactions:
        yield f"- **Masked personal data:** in {count(data.redacted_records, 'row')} ({ranked(data.redactions)})."
    yield f"- **Training:** {count(training.examples, 'example')}, {count(training.steps, 'step')}, {time} on " + (
        f"{plain(record.hardware.device)}, {cost.energy_kwh:.3g} kWh ({plain(cost.energy_method.replace('_', ' '))})."
    )
    yield from _other_forms(record)
    yield f"- **Licence of this adapter:** {plain(record.identity.licence)}."
    yield from ("- **Recipe:** `recipe/source.yaml`, and with every default filled in `recipe/resolved.json`.", "")


def _other_forms(record: ModelRecord) -> Iterator[str]:
    outputs, template = record.outputs, record.outputs.chat_template
    for name, form in (("Merged model", outputs.merged), ("GGUF", outputs.gguf)):
        if form and (equal := form.equivalence):
            yield (
                f"- **{name}:** holds every layer of base and adapter up to rounding; writes the same next token as "
                + (f"they do at {percent(equal.top1)} of {equal.positions:,} places in replies.")
            )
    for left in outputs.left_out:
        yield f"- **Left out:** {FORMS[left.form]}. {plain(left.why)}{LEFT_BY_FAULT if left.fault else ''}"
    if template:
        differs = "differs from the base's, see record.json" if template.difference else "that of the base"
        yield f"- **Chat template:** {differs}, {short(template.sha256)}."
    reached, missing = openness_class(record)
    words = f"class {reached}" if reached != "none" else "none of the classes"
    why = f" (not more open: {plain(missing[0])})" if missing else ""
    yield f"- **Openness:** {words} of the Model Openness Framework{why}"


def training_time(record: ModelRecord) -> str:
    """`40 seconds`, `12 minutes`, `3.5 hours`; of the last part where training was resumed."""
    seconds = record.resources.seconds
    if seconds < 120:
        text = f"{seconds:.0f} seconds"
    elif seconds < 7200:
        text = f"{seconds / 60:.0f} minutes"
    else:
        text = f"{seconds / 3600:.1f} hours"
    return text if record.resources.whole_run else f"{text} after it was resumed"


def _usage(record: ModelRecord) -> Iterator[str]:
    base = record.base.repository or f"FOLDER_OF_{record.base.id}"
    revision = f", revision={json.dumps(record.base.revision)}" if record.base.repository else ""
    yield from ("## How to use it", "")
    yield "With commonhold, in the workspace where it was made: `commonhold serve RECIPE`."
    yield from ("With other tools, in the folder of this card:", "")
    yield from ("```python", "from peft import PeftModel")
    yield from ("from transformers import AutoModelForCausalLM, AutoTokenizer", "")
    yield f"base = AutoModelForCausalLM.from_pretrained({json.dumps(base)}{revision})"
    yield 'model = PeftModel.from_pretrained(base, "adapter")'
    yield f"tokenizer = AutoTokenizer.from_pretrained({json.dumps(base)}{revision})"
    system = f'{{"role": "system", "content": {json.dumps(record.recipe.system_prompt)}}}, '
    messages = f'[{system if record.recipe.system_prompt else ""}{{"role": "user", "content": "…"}}]'
    yield from (f"messages = {messages}", "inputs = tokenizer.apply_chat_template(")
    yield from ('    messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"', ")")
    yield from ("output = model.generate(**inputs, max_new_tokens=128, do_sample=False)", "```", "")
    if record.outputs.merged:
        yield 'The whole model, without peft: `AutoModelForCausalLM.from_pretrained("merged")`, tokenizer likewise.'
        yield ""
    if record.outputs.gguf:
        yield f"With llama.cpp and its like: `{record.outputs.gguf.files[0].path}`. With Ollama, in the folder `gguf`:"
        yield from (f"`ollama create {record.identity.name} -f Modelfile`.", "")
    if record.base.quantisation != "none":
        yield f"The adapter was trained beside a base stored as {plain(record.base.quantisation)}; the same base stored"
        yield from ("otherwise gives slightly different answers.", "")


def _limits(record: ModelRecord) -> Iterator[str]:
    yield from ("## Limits", "")
    yield "- It is a language model: it can be wrong, and can be wrong with confidence. A person reads along."
    yield "- The scores hold for questions like those asked, on the machine and with the settings of the record."
    if record.training.too_long:
        yield f"- {count(record.training.too_long, 'example')} were too long to learn from."
    yield from (f"- {plain(warning)}" for warning in record.data.warnings)
    yield from ("", "What the record does not tell, and why:", "")
    for gap in record.gaps:
        yield f"- {plain(gap.what)} ({REASONS.get(gap.reason, gap.reason)}): {plain(gap.why)}"
    yield ""


def _contact(record: ModelRecord) -> Iterator[str]:
    yield from ("## To object, correct or withdraw", "")
    yield f"- About the model: {plain(record.oversight.contact)}"
    yield f"- About the records: {plain(record.data.declared.contact)}"
    yield from (f"- To take a row back: {plain(record.data.declared.withdrawal)}", "")


def _checking(record: ModelRecord) -> Iterator[str]:
    yield from ("## To check it", "")
    yield "`commonhold verify FOLDER` compares every file with `manifest.json`. `record.json` has everything above with"
    yield f"its digests; the adapter's tensors are {short(record.outputs.adapter.tensors_sha256)}. The same on one"
    yield from ("page: `label.html`; for programs: `views/`.", "")
    yield "`commonhold reproduce` makes the model again; the weights count as the same when their change differs by no"
    yield f"more than {record.tolerances.weights:g} of its size. Whoever did so, independently of the publisher, came"
    yield "after this card was signed and is counted beside it: in `attestations/reproductions.md`, and by"
    yield "`commonhold verify FOLDER`."
