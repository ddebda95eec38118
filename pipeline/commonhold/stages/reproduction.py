"""Makes a published model again from its bundle, and grades how near the result comes to what was published."""

import math
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from commonhold.errors import FormError, MissingInputError
from commonhold.files import read_json, read_jsonl, write_json
from commonhold.models.device import AskedPrecision, choose_device
from commonhold.number_format import count, listed
from commonhold.provenance.capture import capture
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.verify import verify
from commonhold.recipe.load import LoadedRecipe, load_recipe, resolve_path
from commonhold.records.artifact import Artifact
from commonhold.records.curation_summary import CurationSummary, read_curation_summary
from commonhold.records.reproduction import Grade, Reproduction, ReproductionCheck
from commonhold.records.score import Evaluation, read_evaluation
from commonhold.records.training_log import LoggedStep, logged_steps
from commonhold.records.training_summary import read_training_summary
from commonhold.stages.curation import read_examples
from commonhold.stages.device import training_device
from commonhold.stages.pipeline import run_pipeline
from commonhold.stages.stage import Context, StageName, Workers
from commonhold.stages.train_settings import settings_of
from commonhold.stages.workspace import Workspace


@dataclass(frozen=True, slots=True)
class InputFolders:
    """Where the reproducer has what is not in a bundle; empty for where the recipe says, seen from `recipes`."""

    recipes: Path
    data: Path | None = None
    tasks: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Published:
    """What a bundle says."""

    bundle: Path
    digest: str
    record: ModelRecord
    log: Sequence[LoggedStep]


def reproduce(
    bundle: Path,
    folders: InputFolders,
    workspace: Workspace,
    say: Callable[[str], None],
    steps: int = 0,
    precision: AskedPrecision | None = None,
) -> Reproduction:
    """Checks the bundle, runs its resolved recipe in `workspace`, and compares stage by stage until one differs.

    The arithmetic is the publisher's: the same precision, unless `precision` says otherwise, and in bf16 the same
    number of threads. `steps` takes only so many first steps of the training and evaluates nothing.

    Raises:
        DigestError: the bundle is not whole.
        MissingInputError: data or tasks are not where they should be.
        RequestError: whatever a stage raises.
    """
    published = _read(bundle)
    loaded = _recipe(published, folders, workspace, precision or _precision(published, say))
    context = Context(loaded, workspace, say, workers=_workers(published, loaded, say))
    compared = list(_inputs(published, context))
    if all(one.equal for one in compared):
        compared += _again(published, context, steps)
    return Reproduction(
        model=published.record.identity.name,
        bundle_digest=published.digest,
        grade=_grade(compared),
        steps=steps,
        compared=tuple(compared),
        same_processor=_same_processor(published.record),
    )


def _read(bundle: Path) -> _Published:
    verified = verify(bundle)
    return _Published(bundle, verified.digest, verified.record, logged_steps(read_jsonl(bundle / "training/log.jsonl")))


def _precision(published: _Published, say: Callable[[str], None]) -> AskedPrecision:
    """What the publisher computed in, where a recipe that left it to the processor ran on a CPU."""
    asked: AskedPrecision = read_json(published.bundle / "recipe/resolved.json")["base"]["precision"]
    hardware = published.record.hardware
    used = next((each for each in get_args(AskedPrecision) if each == hardware.precision), asked)
    if asked != "auto" or hardware.device != hardware.processor:
        return asked  # a graphics card computes in what it has
    own = choose_device().precision
    if used == "bfloat16" != own:
        say(
            f"note: the publisher's processor computed in {used}, which this one does many times slower than {own}. "
            f"With --precision {own} it is quick, and other weights are expected"
        )
    return used


def _workers(published: _Published, loaded: LoadedRecipe, say: Callable[[str], None]) -> Workers:
    """With the publisher's number of threads, where it decides the bits."""
    threads = published.record.training.threads
    if not threads or not choose_device(loaded.recipe.base.precision).threads_matter:
        return Workers()
    say(f"computing with {count(threads, 'thread')}, as the publisher did: in bfloat16 their number decides the bits")
    return Workers(threads=threads)


def _recipe(
    published: _Published, folders: InputFolders, workspace: Workspace, precision: AskedPrecision
) -> LoadedRecipe:
    """The resolved recipe as a file in the workspace, its paths those of this machine, its day the publisher's."""
    resolved = read_json(published.bundle / "recipe/resolved.json")
    resolved["base"]["precision"] = precision
    data, evaluate = resolved["data"], resolved["evaluate"]
    data["folder"] = str((folders.data or resolve_path(folders.recipes, data["folder"])).resolve())
    tasks = folders.tasks or tuple(resolve_path(folders.recipes, task) for task in evaluate["tasks"])
    evaluate["tasks"] = [str(task.resolve()) for task in tasks]
    missing = [path for path in (data["folder"], *evaluate["tasks"]) if not Path(path).exists()]
    if missing:
        raise MissingInputError(
            f"{listed(missing)}: not there. The texts of the rows and the tasks are not in a bundle; ask its publisher "
            "for them, and name their folders with --data and --tasks"
        )
    data["as_of"] = published.record.data.as_of or None
    path = workspace.root / "reproduction" / "recipe.yaml"
    write_json(path, resolved)  # every JSON file is a YAML file
    return load_recipe(path)


def _inputs(published: _Published, context: Context) -> Iterator[ReproductionCheck]:
    expected = {source.file: source.sha256 for source in published.record.data.sources}
    expected["datasheet.yaml"] = published.record.data.datasheet.sha256
    try:
        actual = {name: digest.sha256 for name, digest in context.inputs.files.items()}
    except FormError as error:
        yield ReproductionCheck("inputs", False, f"the datasheet cannot be read as the publisher's was: {error}")
        return
    wrong = [
        name for name, sha256 in expected.items() if sha256 and sha256 != actual.get(name, actual.get(_file(name)))
    ]
    base = context.base().files
    wrong += [f"base/{name}" for name, sha256 in published.record.base.files.items() if base.get(name) != sha256]
    if wrong:
        yield ReproductionCheck("inputs", False, f"{listed(wrong)}: other bytes than the publisher had, or not there")
    else:
        yield ReproductionCheck(
            "inputs", True, f"{len(expected)} files of data and {len(base)} of the base are the publisher's"
        )


def _file(name: str) -> str:
    """The workbook that has the sheet of a source such as `rows.xlsx#May`."""
    return name.rpartition("#")[0]


def _again(published: _Published, context: Context, steps: int) -> Iterator[ReproductionCheck]:
    """Curation, training and evaluation; each is compared before the next starts, and the rest is left when one fails.

    Weights that differ are no reason to stop: they may do the same.
    """
    artifacts = _run(context, "curate")
    context.artifacts.update(artifacts)
    curation = _curation(published, read_curation_summary(artifacts["curate"].path))
    yield curation
    if not curation.equal:
        return
    if steps:
        yield _first_steps(published, _take_first_steps(context, steps))
        return
    artifacts = _run(context, "evaluate")
    training = artifacts["train"].path
    yield _first_steps(published, logged_steps(read_jsonl(training / "log.jsonl")))
    yield _weights(published, training)
    yield _gates(published, read_evaluation(artifacts["evaluate"].path))


def _run(context: Context, until: StageName) -> dict[str, Artifact]:
    return run_pipeline(
        context.loaded, context.workspace, context.say, until=until, workers=context.workers, inputs=context.inputs
    ).artifacts


def _take_first_steps(context: Context, steps: int) -> tuple[LoggedStep, ...]:
    from commonhold.train.run import train_first_steps

    recipe, work = context.recipe, context.workspace.root / "reproduction" / "first-steps"
    shutil.rmtree(work, ignore_errors=True)
    examples = read_examples(context.artifacts["curate"])
    device = training_device(context)
    try:
        return train_first_steps(
            examples, context.base(), settings_of(recipe), device, recipe.seed, work, steps, context.say
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _curation(published: _Published, summary: CurationSummary) -> ReproductionCheck:
    names = ("records_in", "kept", "splits", "dropped_by_reason", "redactions", "languages")
    wrong = [name for name in names if getattr(summary, name) != getattr(published.record.data, name)]
    if wrong:
        return ReproductionCheck("curate", False, f"the counts differ: {listed(wrong)}")
    return ReproductionCheck("curate", True, f"{summary.kept} of {summary.records_in} rows are used, as published")


def _first_steps(published: _Published, log: Sequence[LoggedStep]) -> ReproductionCheck:
    """The first step whose loss or fingerprint differs; lines of the shorter log count."""
    theirs = {line.step: line for line in published.log}
    ours = {line.step: line for line in log}
    for step in sorted(ours.keys() & theirs.keys()):
        one, other = ours[step], theirs[step]
        prints = (one.adapter_digest, other.adapter_digest)
        if one.loss != other.loss or (all(prints) and prints[0] != prints[1]):
            apart = _apart(ours, theirs)
            text = f"from step {step} on; the losses differ by at most {apart:.2%}"
            return ReproductionCheck("steps", False, text, near=apart <= published.record.tolerances.loss)
    fingerprints = sum(bool(theirs[step].adapter_digest) for step in ours.keys() & theirs.keys())
    return ReproductionCheck(
        "steps", True, f"{len(ours)} losses and {fingerprints} fingerprints of the adapter are equal"
    )


def _apart(ours: Mapping[int, LoggedStep], theirs: Mapping[int, LoggedStep]) -> float:
    """The largest relative difference of the losses at the steps that both have."""
    both = [(ours[step].loss, theirs[step].loss) for step in ours.keys() & theirs.keys()]
    return max((abs(our / their - 1) for our, their in both if our is not None and their), default=math.inf)


def _weights(published: _Published, training: Path) -> ReproductionCheck:
    from commonhold.models.adapter_difference import adapter_difference

    expected = published.record.outputs.adapter.tensors_sha256
    if read_training_summary(training).adapter_digest == expected:
        return ReproductionCheck("weights", True, f"the adapter is the same to the byte ({expected[:12]})")
    apart = adapter_difference(published.bundle / "adapter", training / "adapter")
    allowed = published.record.tolerances.weights
    return ReproductionCheck(
        "weights",
        False,
        f"the change of the weights differs by {apart.relative:.1e} of its size (cosine {apart.cosine:.5f}); "
        f"{allowed:g} is the published tolerance",
        near=apart.relative <= allowed,
    )


def _gates(published: _Published, results: Evaluation) -> ReproductionCheck:
    expected = {gate.name: gate.verdict for gate in published.record.evaluation.gates}
    actual = {gate.name: gate.verdict for gate in results.gates}
    wrong = [f"{name} ({actual.get(name, 'missing')}, was {verdict})" for name, verdict in expected.items()
             if actual.get(name) != verdict]  # fmt: skip
    if wrong:
        return ReproductionCheck("gates", False, listed(wrong))
    return ReproductionCheck(
        "gates", True, f"all {len(expected)} have the published verdict" if expected else "the recipe has none"
    )


def _grade(compared: Sequence[ReproductionCheck]) -> Grade:
    if all(one.equal for one in compared):
        return "R1"
    by_name = {one.what: one for one in compared}
    if not by_name["inputs"].equal or not by_name["curate"].equal:
        return "R4"
    if "weights" not in by_name:
        return "R2" if by_name["steps"].near else "R4"
    if not by_name["gates"].equal:
        return "R4"
    return "R2" if by_name["weights"].equal or by_name["weights"].near else "R3"


def _same_processor(record: ModelRecord) -> bool:
    machine, hardware = capture(choose_device().capability).machine, record.hardware
    same_set = hardware.instructions in (None, machine.instructions)
    return machine.processor == hardware.processor and same_set
