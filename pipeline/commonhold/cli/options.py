"""Arguments and options that several commands share."""

import sys
from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.value_types import FILE, FOLDER, NUMBER

DEFAULT_WORKSPACE = Path(".commonhold")

recipe_argument = click.argument("recipe", type=FILE, help="the recipe's YAML file")
set_option = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE",
    help="override a key of the recipe, such as train.epochs=1; may be given several times",
)  # fmt: skip
workspace_option = click.option(
    "--workspace", type=FOLDER, default=DEFAULT_WORKSPACE, metavar="FOLDER",
    help=f"where everything that is made is kept (default: {DEFAULT_WORKSPACE})",
)  # fmt: skip
json_option = click.option(
    "--json", "answer", is_flag=True, callback=lambda _context, _option, value: CommandAnswer(value, sys.stdout),
    help="print the answer as JSON; everything else goes to stderr",
)  # fmt: skip
version_option = click.option(
    "--version", type=click.INT, default=0, metavar="N", help="another version than the newest"
)
passphrase_option = click.option(
    "--passphrase-file", type=FILE, metavar="FILE", help="the key's passphrase, where nobody can type it"
)
force_option = click.option(
    "--force", multiple=True, metavar="STAGE", type=click.Choice(["curate", "train", "evaluate", "publish"]),
    help="make a stage again although nothing changed: curate, train, evaluate or publish; may be given several times",
)  # fmt: skip
executor_option = click.option(
    "--executor", metavar="WHERE", type=click.Choice(["inline", "processes", "ray"]),
    help="where the data is cleaned: inline (the default), processes of this machine, or a ray cluster; "
    "the result is the same",
)  # fmt: skip
workers_option = click.option("--workers", type=NUMBER, default=0, metavar="N", help="processes or Ray workers for it")
ray_address_option = click.option(
    "--ray-address", metavar="ADDRESS", help="a running Ray cluster (default: one on this machine)"
)
key_option = click.option("--key", type=FILE, metavar="FILE", help="the private key, as PEM")
