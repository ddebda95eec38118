"""Commands of those who make a published model again, and sign that they did: reproduce, attest."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.keys import private_key_of
from commonhold.cli.options import json_option, passphrase_option, version_option, workspace_option
from commonhold.cli.trust import public_key_of
from commonhold.cli.value_types import FILE, FOLDER, STEPS
from commonhold.digests import short
from commonhold.errors import DigestError, RequestError

if TYPE_CHECKING:
    from commonhold.signatures.private_key import PrivateKey


class HowOptions(TypedDict):
    """Where data and tasks are, and how much is computed in which precision."""

    data: Path | None
    tasks: tuple[Path, ...]
    recipes: Path
    steps: int
    precision: Literal["bfloat16", "float32"] | None


signing_key_option = click.option(
    "--key", type=FILE, metavar="FILE", help="the private key that signs the statement, as PEM"
)


@command("reproduce")
@click.argument("bundle", type=FOLDER, help="the folder of a bundle")
@click.option("--data", type=FOLDER, metavar="FOLDER", help="the community's rows, with their datasheet")
@click.option(
    "--tasks",
    type=FOLDER,
    multiple=True,
    metavar="FOLDER",
    help="a task, or a folder of them; may be given several times",
)
@click.option(
    "--recipes",
    type=FOLDER,
    default=Path("recipes"),
    metavar="FOLDER",
    help="where the recipe was, if data and tasks are where it says (default: recipes)",
)
@click.option("--steps", type=STEPS, default=0, metavar="N", help="only the first steps of the training")
@click.option(
    "--precision", type=click.Choice(["bfloat16", "float32"]), help="compute in this (default: as the publisher)"
)
@click.option("--statement", type=FILE, metavar="FILE", help="write the result into a statement to send")
@signing_key_option
@passphrase_option
@workspace_option
@json_option
def reproduce(
    bundle: Path,
    statement: Path | None,
    key: Path | None,
    passphrase_file: Path | None,
    workspace: Path,
    answer: CommandAnswer,
    **how: Unpack[HowOptions],
) -> int:
    """Make a published model again and grade the match.

    Every stage is compared with the bundle. The grade goes from R1, the same bytes, to R4, not reproduced, with which
    the command ends with 4.
    """
    from commonhold.cli.reproduce_text import reproduction_text
    from commonhold.stages.reproduction import InputFolders
    from commonhold.stages.reproduction import reproduce as reproduce_bundle
    from commonhold.stages.workspace import Workspace

    if key and not statement:
        raise RequestError("a key signs a statement. Say where it goes with --statement FILE")
    signer = private_key_of(key, passphrase_file) if key else None  # before the hours of training, not after
    folders = InputFolders(how["recipes"], how["data"], how["tasks"])
    reproduction = reproduce_bundle(bundle, folders, Workspace(workspace), console, how["steps"], how["precision"])
    console.end()
    answer(asdict(reproduction), reproduction_text(reproduction))
    if statement:
        from commonhold.releases.attest import write_statement

        write_statement(reproduction, signer, statement)
        console(_about_statement(statement, signer))
    return DigestError.exit_code if reproduction.grade == "R4" else 0


def _about_statement(path: Path, key: "PrivateKey | None") -> str:
    if key is None:
        return f"{path} says so and is not signed. Next: commonhold attest {path} --key FILE"
    return (
        f"{path} says so, signed with the key {short(key.public.fingerprint)}…. Send it to whoever published the "
        "model, and tell them your public key in another way"
    )


@command("attest")
@click.argument("target", help="a statement to sign, or the name of the model that one is about")
@signing_key_option
@click.option("--add", type=FILE, metavar="FILE", help="add a statement that somebody sent")
@click.option("--by", default="", metavar="KEY", help="its sender's public key, which you have from elsewhere")
@version_option
@passphrase_option
@workspace_option
@json_option
def attest(
    target: str,
    key: Path | None,
    add: Path | None,
    by: str,
    version: int,
    passphrase_file: Path | None,
    workspace: Path,
    answer: CommandAnswer,
) -> int:
    """Sign that you reproduced a model, or add a statement.

    With --key, sign the statement that reproduce wrote. With --add and --by, add somebody else's to the model's
    attestations.
    """
    from commonhold.releases.attest import add_statement, sign_statement
    from commonhold.stages.workspace import Workspace

    if key is not None and add is None:
        signer, path = private_key_of(key, passphrase_file), Path(target)
        signed = sign_statement(path, signer)
        fingerprint = signer.public.fingerprint
        answer(
            {"statement": path, "model": signed.model, "grade": signed.grade, "fingerprint": fingerprint},
            f"{path}: {signed.model}, {signed.grade}, is signed with the key {short(fingerprint)}…",
        )
        return 0
    if key is not None or add is None:
        raise RequestError("sign a statement with your key (--key FILE), or add one that was sent (--add FILE)")
    if not by:
        raise RequestError("whose is it? Give the sender's public key, which you have from elsewhere, with --by KEY")
    taken = add_statement(Workspace(workspace), target, add, public_key_of(by, "the sender's"), version)
    bundle = taken.bundle
    answer(
        {"model": bundle.model, "version": bundle.version, "grade": taken.said.grade, "reproduced": taken.line},
        f"{bundle.model}, version {bundle.version}: {taken.said.grade} counts. {taken.line}",
    )
    return 0
