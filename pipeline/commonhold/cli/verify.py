"""The command verify."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.options import json_option, workspace_option
from commonhold.cli.trust import TrustOptions, trust_of
from commonhold.cli.value_types import FILE
from commonhold.errors import DigestError, MissingInputError, RequestError

if TYPE_CHECKING:
    from commonhold.publish.verification.attestations import Attestations


@command("verify")
@click.argument("target", type=FILE, required=False, help="a recipe, the folder of a bundle, or an archive of it")
@click.option("--digest", default="", metavar="SHA256", help="the bundle's digest, from another place")
@click.option("--key", default="", metavar="KEY", help="the publisher's public key: a file, or p256:… itself")
@click.option("--stewards", type=FILE, metavar="FILE", help="stewards, keys and quorum: GOVERNANCE.yaml or JSON")
@click.option(
    "--reproducer",
    multiple=True,
    metavar="KEY",
    help="public key of somebody who made the model again, as you know; may be given several times",
)
@click.option("--log-head", default="", metavar="SHA256", help="a line of the log that must still be in it")
@click.option("--promoted", is_flag=True, help="refuse what the stewards have not promoted")
@click.option("--standalone-to", type=FILE, metavar="FILE", help="write the verifier that needs Python only")
@workspace_option
@json_option
def verify(
    target: Path | None,
    standalone_to: Path | None,
    workspace: Path,
    answer: CommandAnswer,
    **trust: Unpack[TrustOptions],
) -> int:
    """Check a bundle's files and signatures.

    Every file of a published bundle is compared with its digest, and every signature with its key. The options say what
    you know from elsewhere. Ends with 4 if anything does not fit; with --json, the problems are in the answer, too.
    """
    from commonhold.digests import sha256_file
    from commonhold.files import write_text
    from commonhold.publish.standalone import standalone_text
    from commonhold.publish.verification.verdict import verdict_data, verdict_lines
    from commonhold.publish.verify import inspect_fully, refusal

    if standalone_to:
        write_text(standalone_to, standalone_text())
        digest = sha256_file(standalone_to)
        answer({"file": standalone_to, "sha256": digest}, f"{standalone_to}: sha256 {digest}")
        return 0
    if not target:
        raise RequestError("verify what? Give a recipe, the folder of a bundle, or an archive")
    bundle, beside = bundle_of(target, workspace)
    inspection = inspect_fully(bundle, trust_of(**trust), beside)
    problems = inspection.findings.problems
    if answer.as_json or not problems:
        answer(verdict_data(inspection), verdict_lines(inspection))
    if problems:
        raise DigestError(refusal(bundle, problems))
    return 0


def bundle_of(target: Path, root: Path) -> "tuple[Path, Attestations | None]":
    """The bundle that a recipe or a path names, and its attestations where they are not beside it."""
    from commonhold.publish.manifest import stated_digest
    from commonhold.recipe.load import load_recipe
    from commonhold.releases.attestations import attestations_of
    from commonhold.releases.versions import candidate
    from commonhold.stages.workspace import Workspace

    if target.suffix not in {".yaml", ".yml"}:
        if not target.exists():
            raise MissingInputError(f"{target}: neither a recipe nor a folder. Give one of the two, or an archive")
        return target, None
    model, workspace = load_recipe(target).recipe.publish.model, Workspace(root)
    folder = candidate(workspace, model)[1]
    return folder, attestations_of(workspace, model, stated_digest(folder))
