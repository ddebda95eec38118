"""A bundle to a repository of a Hugging Face style hub, on command only, and only if it may be given to strangers."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from commonhold.digests import short
from commonhold.errors import GateError, RequestError
from commonhold.publish.record import FILE_NAME, read_record
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.verify import verify

DEFAULT_HUB = "https://huggingface.co"
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Target(NamedTuple):
    """Where a bundle is to go."""

    hub: str
    """Address without a path."""
    repository: str
    """`owner/name`."""


def read_target(text: str) -> Target:
    """`owner/name` on the usual hub, or `https://HUB/owner/name`.

    Raises:
        RequestError: it is neither, or the hub would be spoken to in the clear.
    """
    hub, name = os.environ.get("HF_ENDPOINT", DEFAULT_HUB).rstrip("/"), text
    if "://" in text:
        parts = urlsplit(text)
        hub, name = f"{parts.scheme}://{parts.netloc}", parts.path.strip("/")
    if not REPOSITORY.fullmatch(name):
        raise RequestError(f"{text!r} names no repository. Give OWNER/NAME, or https://HUB/OWNER/NAME")
    # The token goes with every request.
    if not hub.startswith("https://") and urlsplit(hub).hostname not in {each.strip("[]") for each in LOOPBACK}:
        raise RequestError(f"{hub}: a token is sent over https only. Start the address with https://")
    return Target(hub, name)


def push(folder: Path, target: Target, say: Callable[[str], None]) -> str:
    """Checks the bundle and uploads all its files in one commit; gives the commit's address.

    The token is where the hub's own tools look for it: HF_TOKEN, or the file that `hf auth login` writes. A repository
    that is not there is made, and is private until its owner opens it.

    Raises:
        DigestError: the bundle is not what its manifest and record say.
        GateError: a condition for publication failed.
        RequestError: a licence forbids it, there is no token, or the hub refuses or cannot be reached.
    """
    verified = verify(folder)
    record = read_record((folder / FILE_NAME).read_bytes())
    refuse_failed(record)
    os.environ["HF_HUB_DISABLE_XET"] = "1"  # one commit with everything or nothing, by the hub's plain protocol
    from huggingface_hub import HfApi, get_token

    token = get_token()
    if token is None:
        raise RequestError("no token for the hub was found. Set HF_TOKEN, or run: hf auth login")
    say(f"{verified.files} files match their digests; sending {verified.bytes / 1e6:.0f} MB to {target.repository}")
    api = HfApi(endpoint=target.hub, token=token, library_name="commonhold", library_version=record.code.version)
    try:
        api.create_repo(target.repository, private=True, exist_ok=True)
        done = api.upload_folder(
            repo_id=target.repository,
            folder_path=folder,
            commit_message=f"{record.identity.name}, bundle {short(verified.digest)}",
            commit_description=f"Bundle digest: {verified.digest}",
        )
    except (OSError, ValueError) as error:  # huggingface_hub's and httpx's errors are OSErrors or ValueErrors
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise RequestError(
            f"{target.hub}: {lines[0]} Nothing of the bundle is shown there before its commit is whole. "
            "Check the address, the token's rights and the network, and run the same command again"
        ) from error
    return str(done.commit_url)


def refuse_failed(record: ModelRecord) -> None:
    """Stops a model that did not reach what its community asks for.

    Raises:
        GateError: a gate failed; an undecided one is told on the card.
    """
    failed = [gate for gate in record.evaluation.gates if gate.verdict == "fail"]
    if failed:
        reasons = "\n".join(f"  {gate.name}: {gate.reason}" for gate in failed)
        raise GateError(f"not pushed, because {len(failed)} of {len(record.evaluation.gates)} gates say no:\n{reasons}")


def licences_used(record: ModelRecord) -> Iterator[tuple[str, str]]:
    """What the model is made of, each with its licence as it was written."""
    yield f"the base model {record.base.id}", record.base.licence
    for source in record.data.sources:
        yield source.file, source.licence
    for file, counts in record.data.row_licences.items():
        yield from ((f"{number:,} rows of {file}", licence) for licence, number in counts.items() if licence)
