"""The evaluate stage: base against tuned on the community's tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from commonhold.errors import GateError
from commonhold.evaluate.gates import judge
from commonhold.evaluate.memory_probe import probe_memory
from commonhold.evaluate.result_files import write_results
from commonhold.evaluate.run import evaluate
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.tasks import Task
from commonhold.number_format import count
from commonhold.records.artifact import Artifact
from commonhold.records.example import Example
from commonhold.records.score import read_evaluation
from commonhold.seeds import named_seed
from commonhold.stages.base_identity import base_identity
from commonhold.stages.curation import read_examples
from commonhold.stages.device import trained_device
from commonhold.stages.inputs import gate_rules
from commonhold.stages.memory_probe import memory_probe_of
from commonhold.stages.stage import Context, Figures, StageName

VERSION = "evaluate/3"


class EvaluationStage:
    """Runs the recipe's tasks on the base and on the tuned model."""

    name: StageName = "evaluate"
    resumable = False
    logs: frozenset[str] = frozenset()

    def inputs(self, context: Context) -> Mapping[str, object]:
        """Evaluate section, every task's files, the adapter, the base and the rows it was trained on.

        Where a scorer is of another package, its version too.
        """
        recipe = context.recipe
        tasks = context.inputs.judged_by()
        return {
            "version": VERSION,
            "evaluate": recipe.evaluate.model_dump(mode="json", exclude={"tasks", "undecided"}),
            "tasks": {task.name: [task.digest, task.scorer] for task in tasks},
            "system_prompt": recipe.data.system_prompt,
            "quantisation": recipe.base.quantisation,
            "precision": recipe.base.precision,
            "base": base_identity(recipe),
            "seed": recipe.seed,
            "curate": context.artifacts["curate"].digest,
            "train": context.artifacts["train"].digest,
            **({"packages": outside} if (outside := scorer_packages(tasks)) else {}),
        }

    def make(self, context: Context, out: Path, work: Path) -> Figures:  # noqa: ARG002 - a stage without checkpoints
        """Scores, results with gates, report."""
        from commonhold.models.generation import BatchGenerator
        from commonhold.models.load import load_tokenizer
        from commonhold.models.merge import load_tuned

        recipe = context.recipe
        tasks, rules = context.inputs.judged_by(), gate_rules(recipe)
        context.inputs.tell_left_out(context.say)
        base, device = context.base(), trained_device(context)
        model = load_tuned(base, context.artifacts["train"].path / "adapter", recipe.base.quantisation, device)
        tokenizer = load_tokenizer(base.path)
        alone, tuned = (BatchGenerator(model, tokenizer, adapter=on, device=device) for on in (False, True))
        examples = read_examples(context.artifacts["curate"])
        texts = [text for each in examples if each.split == "train" for text in _texts(each)]
        evaluation, scores = evaluate(
            tasks,
            alone,
            tuned,
            recipe.data.system_prompt,
            texts,
            named_seed(recipe.seed, "evaluate"),
            recipe.evaluate.max_items,
            context.say,
        )
        if recipe.evaluate.memorisation_rows:
            context.say("examining the tuned model's memory of the training rows")
            probes = probe_memory(alone, tuned, memory_probe_of(context, examples), scores, texts)
            evaluation = replace(evaluation, probes=probes)
        evaluation = replace(evaluation, gates=judge(rules, evaluation.results))
        write_results(evaluation, scores, out)
        return {
            f"{result.task}_{side}": getattr(result.overall, side)
            for result in evaluation.results
            for side in ("base", "tuned")
        } | {f"memory_{probe.name}": probe.figure for probe in evaluation.probes}


def scorer_packages(tasks: Sequence[Task]) -> Mapping[str, str]:
    """Name and version of the package that a task's scorer comes from, by scorer; none for those of commonhold."""
    packages = {task.scorer: SCORERS.package_of(task.scorer) for task in tasks}
    return {scorer: str(package) for scorer, package in sorted(packages.items()) if package}


def _texts(example: Example) -> list[str]:
    return [text for text in (example.prompt, example.completion, example.rejected) if text]


def refuse_failed_gates(evaluated: Artifact, undecided: Literal["publish", "stop"]) -> None:
    """Stops before publication.

    Raises:
        GateError: a gate says fail, or cannot be decided where the recipe wants that decided first; else such a gate
            is printed on the model card.
    """
    gates = read_evaluation(evaluated.path).gates
    stopping = ("fail", "inconclusive") if undecided == "stop" else ("fail",)
    against = [gate for gate in gates if gate.verdict in stopping]
    if against:
        unsure = sum(gate.verdict == "inconclusive" for gate in against)
        say = f"{len(against)} of {count(len(gates), 'gate')} {'says' if len(against) == 1 else 'say'} no"
        more = f" ({unsure} of them: not decided yet, and evaluate.undecided is stop)" if unsure else ""
        reasons = "\n".join(f"  {gate.name}: {gate.reason}" for gate in against)
        raise GateError(
            f"not published, because {say}{more}:\n{reasons}\nWhat every answer was: {evaluated.path / 'report.html'}"
        )
