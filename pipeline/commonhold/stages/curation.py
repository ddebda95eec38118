"""The curate stage: the recipe's data section and a folder of data to examples."""

from collections.abc import Mapping
from pathlib import Path

from commonhold.curate.datasheet import read_datasheet
from commonhold.curate.settings import Settings
from commonhold.digests import sha256_bytes, sha256_file
from commonhold.files import read_jsonl
from commonhold.records.artifact import Artifact
from commonhold.records.example import Example
from commonhold.seeds import named_seed
from commonhold.stages.stage import Context, Figures, StageName

VERSION = "curate/1"


class Curation:
    """Runs `curate` over the recipe's data folder."""

    name: StageName = "curate"
    resumable = False
    logs: frozenset[str] = frozenset()

    def inputs(self, context: Context) -> Mapping[str, object]:
        """Data section, seed, datasheet and data files, and the workspace's key, from which record ids are made."""
        folder = context.path(context.recipe.data.folder)
        datasheet = read_datasheet(folder).form
        files = ["datasheet.yaml", *(file.path for file in datasheet.files)]
        return {
            "version": VERSION,
            "data": context.recipe.data.model_dump(mode="json", exclude={"folder", "system_prompt"}),
            "seed": context.recipe.seed,
            "key": sha256_bytes(context.workspace.secret()),
            "files": {name: sha256_file(folder / name) for name in files if (folder / name).is_file()},
        }

    def make(self, context: Context, out: Path, work: Path) -> Figures:  # noqa: ARG002 - a stage without checkpoints
        """Examples, decisions, summary and report."""
        from commonhold.curate.run import curate

        data = context.recipe.data
        settings = Settings(
            redact=data.redact,
            min_words=data.min_words,
            max_words=data.max_words,
            near_duplicate=data.near_duplicate,
            validation_share=data.validation_share,
            test_share=data.test_share,
            max_records=data.max_records,
        )
        seed = named_seed(context.recipe.seed, "curate")
        summary = curate(context.path(data.folder), settings, context.workspace.secret(), seed, out, context.say)
        for warning in summary.warnings:
            context.say(f"note: {warning}")
        return {
            "records_in": summary.records_in,
            "kept": summary.kept,
            **{f"split_{name}": count for name, count in summary.splits.items()},
        }


def read_examples(curated: Artifact) -> list[Example]:
    """The examples that curation kept."""
    return [Example(**row) for row in read_jsonl(curated.path / "examples.jsonl")]
