"""The curate stage: the recipe's data section and a folder of data to examples."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from commonhold.curate.privacy.presidio import PresidioEntity
from commonhold.curate.settings import CurationSettings, Rephrasing
from commonhold.curate.steps.step import Embed
from commonhold.digests import digest_of, sha256_bytes
from commonhold.errors import RequestError
from commonhold.files import read_jsonl
from commonhold.number_format import count
from commonhold.records.artifact import Artifact
from commonhold.records.curation_summary import CurationSummary, read_curation_summary
from commonhold.records.example import Example
from commonhold.seeds import named_seed
from commonhold.stages.base_identity import base_identity
from commonhold.stages.device import curating_device
from commonhold.stages.extra_steps import extra_steps, packages
from commonhold.stages.inputs import KEPT_FILES
from commonhold.stages.rephrasing import open_rephraser
from commonhold.stages.rights import as_of, refuse_without_right, rights_problems
from commonhold.stages.stage import Context, Figures, StageName

VERSION = "curate/5"
NOT_READ = {"folder": True, "system_prompt": True, "as_of": True}
NO_EXTRA_STEPS = {"cleaning": {"extra_steps"}}
"""Left out of the key where there are none."""


class CurationStage:
    """Runs `curate` over the recipe's data folder."""

    name: StageName = "curate"
    resumable = True
    logs = frozenset({"masked.sealed", *KEPT_FILES})
    """Sealed otherwise every time; and what was read, of which the examples say what counts for training."""

    def inputs(self, context: Context) -> Mapping[str, object]:
        """Data section, method, seed, every file read, the evaluation's questions; day and base where they matter.

        Where steps of other packages take part, so do the packages' versions.

        The workspace's key counts too: record ids are made from it. Which licence and rules hold is checked again on
        every run and changes no record, so it does not.
        """
        from commonhold.curate.run import depends_on_day

        data, inputs, outside = context.recipe.data, context.inputs, packages(context.loaded)
        by_day, names = depends_on_day(inputs.data.form), context.names
        return {
            "version": VERSION,
            "data": data.model_dump(mode="json", exclude={**NOT_READ, **({} if outside else NO_EXTRA_STEPS)}),
            "method": context.recipe.train.objective.method,
            "seed": context.recipe.seed,
            "key": sha256_bytes(context.workspace.secret()),
            "files": {name: digest.sha256 for name, digest in inputs.files.items()},
            "evaluation": digest_of(_evaluation_prompts(context)),
            **(
                {"base": base_identity(context.recipe)}
                if context.recipe.data.cleaning.meaning_duplicate is not None
                else {}
            ),
            **({"as_of": as_of(context).isoformat()} if by_day else {}),
            **({"unread_tasks": str(inputs.unread_tasks)} if inputs.unread_tasks else {}),
            **({"rephraser": _rephraser_identity(context)} if data.rephrase.styles else {}),
            **({"packages": outside} if outside else {}),
            **({"names": names.model.digest} if names.model else {}),
            **({"labelled_names": digest_of(names.labelled)} if names.labelled else {}),
        }

    def make(self, context: Context, out: Path, work: Path) -> Figures:
        """Examples, decisions, summary and reports; `work` keeps what is done, whenever the run is killed."""
        from commonhold.curate.engine.executor import open_executor
        from commonhold.curate.run import CurationJob, curate

        refuse_without_right(context)
        data, workers = context.recipe.data, context.workers
        job = CurationJob(
            data=context.inputs.data,
            settings=curation_settings(context),
            key=context.workspace.secret(),
            seed=named_seed(context.recipe.seed, "curate"),
            work=work.resolve(),
            rephraser=open_rephraser(context) if data.rephrase.styles else None,
            warnings=_unread_tasks(context),
            forbids=lambda licences: rights_problems(context, licences),
        )
        try:
            with open_executor(workers.executor, workers.number, workers.address) as executor:
                summary = curate(job, out, context.say, executor, _embed(context))
        except RequestError as error:  # what the person fixes makes another key, and texts should not lie about
            shutil.rmtree(work, ignore_errors=True)
            if error.attempt:
                _finish(context, read_curation_summary(error.attempt), out)
            raise
        _finish(context, summary, out)
        return {
            "records_in": summary.records_in,
            "kept": summary.kept,
            "for_review": summary.for_review,
            **{f"split_{name}": count for name, count in summary.splits.items()},
            **({"synthetic": sum(summary.synthetic.values())} if data.rephrase.styles else {}),
        }


def _finish(context: Context, summary: CurationSummary, out: Path) -> None:
    """Puts what was read beside the result, and says what a person should look at."""
    context.inputs.keep(out)
    for warning in summary.warnings:
        context.say(f"note: {warning}")
    if proposed := sum(summary.masking.proposed.values()):
        stands = "stands" if proposed == 1 else "stand"
        told = f"{count(proposed, 'value')} {stands} in many replies and may be public"
        context.say(f"note: {told}. Run: commonhold check {context.loaded.path}")


def _embed(context: Context) -> Embed | None:
    """The base model as a maker of vectors, loaded when the recipe asks for copies by meaning."""
    if context.recipe.data.cleaning.meaning_duplicate is None:
        return None
    from commonhold.models.embeddings import TextVectors
    from commonhold.models.load import load_model, load_tokenizer

    base, device = context.base(), curating_device(context)
    return TextVectors(load_model(base.path, "none", device), load_tokenizer(base.path), device)


def curation_settings(context: Context) -> CurationSettings:
    """The recipe's data section as the curate room wants it."""
    data = context.recipe.data
    grouped = {"masking", "cleaning", "balance", "rephrase"}
    same = data.model_dump(exclude={*NOT_READ, *grouped})
    taggers = tuple(
        PresidioEntity(each.entity, f"tagged_{each.entity.lower()}", each.placeholder, each.language, each.model)
        for each in data.masking.presidio
    )
    return CurationSettings(
        **same,
        **data.cleaning.model_dump(exclude={"extra_steps"}),
        extra_steps=extra_steps(context.loaded),
        **data.balance.model_dump(),
        method=context.recipe.train.objective.method,
        placeholder_numbers=data.masking.placeholder_numbers,
        taggers=taggers,
        names=context.names.model,
        labelled_names=context.names.labelled,
        as_of=as_of(context),
        evaluation_prompts=_evaluation_prompts(context),
        rephrase=Rephrasing(**data.rephrase.model_dump()),
    )


def _rephraser_identity(context: Context) -> Mapping[str, object]:
    return {"base": base_identity(context.recipe), **context.recipe.base.model_dump(exclude={"id"})}


def _evaluation_prompts(context: Context) -> tuple[str, ...]:
    return tuple(item.prompt for task in context.inputs.tasks for item in task.items)


def _unread_tasks(context: Context) -> tuple[str, ...]:
    """What a reader of the report has to know where curation went on without the evaluation's questions."""
    if not context.inputs.unread_tasks:
        return ()
    return (
        "no row was compared with the evaluation's questions, because the tasks cannot be read, so rows may give "
        f"answers away: {context.inputs.unread_tasks}",
    )


def read_examples(curated: Artifact) -> list[Example]:
    """The examples that curation kept."""
    return [Example(**row) for row in read_jsonl(curated.path / "examples.jsonl")]
