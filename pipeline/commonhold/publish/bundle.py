"""The bundle: one folder with everything that a stranger needs to use, judge and repeat a model."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from commonhold.errors import MissingInputError, RequestError
from commonhold.files import space_needed, write_bytes, write_json, write_text
from commonhold.publish import manifest, record
from commonhold.publish.allowed_files import look_through
from commonhold.publish.inputs import BundleInputs
from commonhold.publish.verify import verify
from commonhold.publish.views.catalogue import views_of

ADAPTER_FILES = ("adapter_model.safetensors", "adapter_config.json", "second_moments.safetensors")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A finished bundle."""

    path: Path
    digest: str
    """Over every file but the manifest, which holds it."""
    files: int
    bytes: int


def assemble(inputs: BundleInputs, out: Path) -> Bundle:
    """Writes a bundle into the empty or absent folder `out`, its manifest last; equal inputs give equal bytes.

    The texts of the community's records are not in it, nor a line for each of them.

    Raises:
        MissingInputError: a file that a bundle needs is not there.
        RequestError: `out` holds something already.
        FormError: a value is not of the form the record asks for.
        DigestError: what was written is not a sound bundle, such as a merged model with a file of a foreign kind.
        NoSpaceError: the disk is full.
    """
    if out.exists() and any(out.iterdir()):
        raise RequestError(f"{out}: a bundle is written into an empty folder. Remove what is in it, or name another")
    copies = dict(_copies(inputs))
    missing = [str(source) for source in copies.values() if not source.is_file()]
    if missing:
        raise MissingInputError(f"a bundle needs: {', '.join(missing)}. Run the stages before publication again")
    with space_needed(out):
        for path, source in copies.items():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, out / path)
    write_text(out / "recipe/source.yaml", inputs.recipe.source)
    write_json(out / "recipe/resolved.json", inputs.recipe.resolved.sections)
    ran = inputs.run_environment
    write_json(out / record.INSTALLED, {name: asdict(package) for name, package in ran.installed.items()})
    if ran.patch:
        write_text(out / record.PATCH, ran.patch)
    made = record.build_record(inputs, look_through(out).files)
    write_bytes(out / record.FILE_NAME, record.record_bytes(made))
    for path, data in views_of(made).items():
        write_bytes(out / path, data)
    write_bytes(out / manifest.FILE_NAME, manifest.manifest_bytes(look_through(out).files))
    verified = verify(out)
    return Bundle(out, verified.digest, verified.files, verified.bytes)


def _copies(inputs: BundleInputs) -> Iterator[tuple[str, Path]]:
    """Path in the bundle and file to copy."""
    yield from ((f"adapter/{name}", inputs.training / "adapter" / name) for name in ADAPTER_FILES)
    if inputs.merged:
        names = sorted(path for path in inputs.merged.folder.rglob("*") if not path.is_dir())
        yield from ((f"merged/{path.relative_to(inputs.merged.folder).as_posix()}", path) for path in names)
    if inputs.gguf:
        yield f"gguf/{inputs.gguf.file.name}", inputs.gguf.file
    yield "data/datasheet.yaml", inputs.datasheet
    yield from ((f"data/{name}", inputs.curation / name) for name in ("summary.json", "report.html"))
    yield from ((f"training/{name}", inputs.training / name) for name in ("summary.json", "log.jsonl"))
    yield from (
        (f"evaluation/{name}", inputs.evaluation / name) for name in ("results.json", "report.html", "report.md")
    )
