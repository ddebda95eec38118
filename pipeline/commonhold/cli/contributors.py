"""Commands that answer a contributor: curate receipt, consent, about."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commonhold.cli.answer import CommandAnswer, json_text
from commonhold.cli.command import command
from commonhold.cli.inspect_data import curation_folder, of_option, require_name
from commonhold.cli.options import json_option, recipe_argument, set_option, workspace_option
from commonhold.errors import RequestError

if TYPE_CHECKING:
    from commonhold.curate.rights.purposes import Purpose


@command("receipt")
@click.argument("record", help="its file and row, its entry or its id; with --absent also a receipt")
@click.option("--absent", is_flag=True, help="prove that it is not")
@of_option
@workspace_option
@json_option
def receipt(record: str, absent: bool, curation: str, workspace: Path, answer: CommandAnswer) -> int:
    """Prove to a contributor that a record is in the data.

    Or, with --absent, that it is not: refused while its entry, or what it says, is there under any id. The receipt is
    JSON, with --json or without.
    """
    from commonhold.curate.inspect import records as following
    from commonhold.curate.inspect.absence import absence_receipt
    from commonhold.records.curation_summary import read_curation_summary
    from commonhold.stages.find_curation import finished_curations
    from commonhold.stages.workspace import Workspace

    require_name(record)
    folder = curation_folder(workspace, curation, refused_too=False)
    tree = following.record_tree(folder, Workspace(workspace).secret())
    if tree.root != read_curation_summary(folder).root:
        raise RequestError(f"{folder} was made in another workspace, whose key this takes. Name it: --workspace FOLDER")
    if absent:
        earlier = [
            each for each in reversed(finished_curations(Workspace(workspace))) if each.resolve() != folder.resolve()
        ]
        made = absence_receipt(record, folder, tree, earlier)
    else:
        whole = re.fullmatch(r"[0-9a-f]{32}", record)
        record_id = record if whole else following.decisions_of(folder, record)[0].record_id
        if not record_id:
            raise RequestError(
                f"{record} cannot be read, so it is not in the data. Why: commonhold curate show {record}"
            )
        made = tree.inclusion_receipt(record_id)
    answer(made, json_text(made))
    return 0


@command("consent")
@recipe_argument
@click.argument("record", help="the row's file and first line, such as messages.csv:12")
@click.option(
    "--purpose", default="train", metavar="PURPOSE",
    type=click.Choice(["train", "evaluate", "publish_text", "rephrase", "commercial"]),
    help="train (the default), evaluate, publish_text, rephrase or commercial",
)  # fmt: skip
@set_option
@workspace_option
@json_option
def consent(
    recipe: Path, record: str, purpose: "Purpose", overrides: tuple[str, ...], workspace: Path, answer: CommandAnswer
) -> int:
    """Give a contributor a receipt of their consent.

    What a row says about consent, with the fields of ISO/IEC TS 27560. It is JSON, with --json or without.
    """
    from commonhold.cli.recipe_context import context_of
    from commonhold.stages.consent_receipts import receipt_for

    made = receipt_for(context_of(recipe, overrides, workspace), record, purpose)
    answer(made, json_text(made))
    return 0


@command("about")
@click.argument("name", help="as written in the column of contributors")
@of_option
@workspace_option
@json_option
def about(name: str, curation: str, workspace: Path, answer: CommandAnswer) -> int:
    """Tell a contributor what became of their rows."""
    from commonhold.curate.inspect.records import paragraph_about
    from commonhold.curate.rows.record_maker import contributor_id
    from commonhold.stages.workspace import Workspace

    contributor = contributor_id(Workspace(workspace).secret(), name)
    paragraph = paragraph_about(curation_folder(workspace, curation), contributor, name)
    answer({"contributor": name, "paragraph": paragraph}, paragraph)
    return 0
