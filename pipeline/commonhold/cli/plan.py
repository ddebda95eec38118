"""The command plan."""

from dataclasses import asdict
from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.options import json_option, recipe_argument, set_option, workspace_option
from commonhold.cli.value_types import CARD, PRICE


@command("plan")
@recipe_argument
@set_option
@click.option("--gpu", type=CARD, default=0.0, metavar="SIZE", help="plan for a graphics card, such as 12GB")
@click.option("--price-per-kwh", type=PRICE, default=0.0, metavar="PRICE", help="price of electricity, such as 0.30")
@click.option("--price-per-hour", type=PRICE, default=0.0, metavar="PRICE", help="price of a rented machine")
@workspace_option
@json_option
def plan(
    recipe: Path,
    overrides: tuple[str, ...],
    gpu: float,
    price_per_kwh: float,
    price_per_hour: float,
    workspace: Path,
    answer: CommandAnswer,
) -> int:
    """Show a run's stages, time and memory before it starts.

    Also how much energy it takes, what that costs, and which examples are too long. Nothing is trained. Ends with 2 if
    the memory is too small, and names the nearest change that fits.
    """
    from commonhold.cli.plan_text import plan_text
    from commonhold.cli.recipe_context import context_of
    from commonhold.errors import NoMemoryError
    from commonhold.stages.estimate import GIB
    from commonhold.stages.plan import PlanOptions, make_plan

    asked = PlanOptions(round(gpu * GIB), price_per_kwh, price_per_hour)
    made = make_plan(context_of(recipe, overrides, workspace), asked)
    answer(asdict(made), plan_text(made))
    return 0 if made.fits else NoMemoryError.exit_code
