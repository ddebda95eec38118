"""The command check."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.options import json_option, recipe_argument, set_option, workspace_option
from commonhold.number_format import count


@command("check")
@recipe_argument
@set_option
@workspace_option
@json_option
def check(recipe: Path, overrides: tuple[str, ...], workspace: Path, answer: CommandAnswer) -> int:
    """Find problems in a recipe, its data and its tasks.

    Nothing is made. Numbers, addresses and pages that many replies have are named, with the lines by which a datasheet
    lets them stay. All the problems of all the files come at once, each with its line and a remedy.
    """
    from commonhold.cli.recipe_context import context_of
    from commonhold.curate.privacy.public_proposals import datasheet_lines
    from commonhold.stages.check import check as check_recipe

    checked = check_recipe(context_of(recipe, overrides, workspace))
    lines = datasheet_lines(checked.proposed, checked.listed) if checked.proposed else []
    values = {**asdict(checked), "proposed": [each._asdict() for each in checked.proposed], "public_lines": lines}
    in_order = (
        f"{recipe} is in order: {count(checked.data_files, 'data file')}, {count(checked.tasks, 'task')} with "
        f"{count(checked.items, 'item')}, base {checked.base} ({checked.licence})"
    )
    answer({"recipe": recipe, **values}, [in_order, *_proposal(len(checked.proposed), lines, bool(checked.listed))])
    return 0


def _proposal(number: int, lines: Sequence[str], replaces: bool) -> Iterator[str]:
    if not number:
        return
    stands, it = ("stands", "it is") if number == 1 else ("stand", "they are")
    yield (
        f"\n{count(number, 'value')} {stands} in many replies. If {it} public, such as the number of your own desk, "
        f"put these lines into datasheet.yaml{', in place of its list' if replaces else ''}, and curation leaves "
        f"{'it' if number == 1 else 'them'} in the texts. A person must know of each line that everybody may have it; "
        "delete the others:\n"
    )
    yield from lines
