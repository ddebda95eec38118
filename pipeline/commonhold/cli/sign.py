"""Commands that sign a published bundle: sign, approve."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.keys import private_key_of, spaced
from commonhold.cli.options import json_option, key_option, passphrase_option, version_option, workspace_option
from commonhold.cli.value_types import FILE
from commonhold.digests import short
from commonhold.errors import RequestError

if TYPE_CHECKING:
    from commonhold.releases.approve import GateWords, Published
    from commonhold.signatures.private_key import PrivateKey

model_argument = click.argument("model", help="name of the model")


@command("sign")
@model_argument
@click.option("--key", type=FILE, metavar="FILE", required=True, help="the private key, as PEM")
@version_option
@passphrase_option
@workspace_option
@json_option
def sign(
    model: str, key: Path, version: int, passphrase_file: Path | None, workspace: Path, answer: CommandAnswer
) -> int:
    """Sign a published bundle as its publisher.

    The signature covers every file.
    """
    from commonhold.releases import promote as promotion
    from commonhold.stages.workspace import Workspace

    signer = private_key_of(key, passphrase_file)
    published = promotion.sign(Workspace(workspace), model, signer, version)
    files, fingerprint = published.verification.files, signer.public.fingerprint
    answer(
        {**named_data(published), "files": files, "fingerprint": fingerprint},
        [
            f"{named(published)}, is signed: {files} files, bundle digest {published.bundle.sha256}",
            f"with the key {spaced(fingerprint)}",
        ],
    )
    return 0


@command("approve")
@click.argument("model", help="name of the model, or the folder of an exported copy")
@key_option
@click.option("--add", type=FILE, metavar="FILE", help="add an approval that a steward sent")
@click.option("--out", type=FILE, metavar="FILE", help="for a copy: where the approval goes")
@version_option
@passphrase_option
@workspace_option
@json_option
def approve(
    model: str,
    key: Path | None,
    add: Path | None,
    out: Path | None,
    version: int,
    passphrase_file: Path | None,
    workspace: Path,
    answer: CommandAnswer,
) -> int:
    """Approve a bundle and its gates as a steward.

    In the publisher's workspace, or from a copy, which makes a file to send. With --add, the publisher adds such a
    file.
    """
    from commonhold.releases import approve as approving
    from commonhold.stages.workspace import Workspace

    opened_workspace = Workspace(workspace)
    if (key is None) == (add is None):
        raise RequestError("approve with your key (--key FILE), or add an approval that was sent (--add FILE)")
    is_published = (opened_workspace.releases / f"{model}.json").is_file()
    if key is not None and Path(model).is_dir() and not is_published:
        return _approve_copy(Path(model), private_key_of(key, passphrase_file), out, answer)
    if add is not None:
        published, made = approving.add_approval(opened_workspace, model, add, version)
    else:
        assert key is not None
        published, made = approving.approve_release(
            opened_workspace, model, private_key_of(key, passphrase_file), version
        )
    _show_gates(published.gates)
    quorum = published.quorum
    assert quorum is not None
    have = f"{len(quorum.approved_by)} of {quorum.needed}"
    answer(
        {
            **named_data(published),
            "steward": made.steward,
            "gates": published.gates,
            "approved_by": quorum.approved_by,
            "needed": quorum.needed,
        },
        [
            f"{made.steward} approves {named(published)}: {have} that have to sign",
            *([f"Next: commonhold promote {published.bundle.model}"] if quorum.met else []),
        ],
    )
    return 0


def _approve_copy(copy: Path, key: "PrivateKey", out: Path | None, answer: CommandAnswer) -> int:
    """An approval in a file of its own, for the publisher."""
    from commonhold.files import write_bytes
    from commonhold.releases import approve as approving
    from commonhold.signatures.approvals import approval_bytes

    made, gates = approving.approve_copy(copy, key)
    file = out or Path(f"approval-{short(key.public.fingerprint)}.json")
    write_bytes(file, approval_bytes(made))
    _show_gates(gates)
    answer(
        {"steward": made.steward, "gates": gates, "approval": file},
        f"{made.steward} approves. Send {file} to whoever publishes the model",
    )
    return 0


def named(published: "Published") -> str:
    """A published bundle, as people call it."""
    return f"{published.bundle.model}, version {published.bundle.version}"


def named_data(published: "Published") -> dict[str, object]:
    """The same for programs."""
    return {
        "model": published.bundle.model,
        "version": published.bundle.version,
        "bundle_sha256": published.bundle.sha256,
    }


def _show_gates(gates: "tuple[GateWords, ...]") -> None:
    for gate in gates:
        console(f"gate {gate['name']}: {gate['verdict']}, {gate['reason']}")
