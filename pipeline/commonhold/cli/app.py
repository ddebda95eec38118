"""The whole command line: every command, by what a person wants to do."""

import click

import commonhold
from commonhold.cli.catalog import catalog
from commonhold.cli.check import check
from commonhold.cli.clean import clean
from commonhold.cli.command import EXIT_CODES, CommandGroup, CommandSection
from commonhold.cli.compare import compare
from commonhold.cli.completion import completion
from commonhold.cli.curate import curate
from commonhold.cli.doctor import doctor
from commonhold.cli.evaluate import evaluate
from commonhold.cli.explain import explain, schema
from commonhold.cli.fetch import fetch
from commonhold.cli.glossary import glossary
from commonhold.cli.keys import keygen
from commonhold.cli.plan import plan
from commonhold.cli.push import push
from commonhold.cli.release import export, promote, withdraw
from commonhold.cli.reproduce import attest, reproduce
from commonhold.cli.runs import runs
from commonhold.cli.serve import serve
from commonhold.cli.sign import approve, sign
from commonhold.cli.sweep import sweep
from commonhold.cli.tracking import track, ui
from commonhold.cli.train import train
from commonhold.cli.verify import verify

PROGRAM = "commonhold"
SECTIONS = (
    CommandSection("Make a model", (check, plan, train, sweep, fetch)),
    CommandSection("Look at data", (curate,)),
    CommandSection("Evaluate and ask people", (evaluate, compare)),
    CommandSection("Serve and talk to it", (serve,)),
    CommandSection("Sign, approve and release", (keygen, sign, approve, promote, withdraw, export, push)),
    CommandSection("Verify and reproduce", (verify, reproduce, attest)),
    CommandSection("Look around", (runs, ui, track, catalog, explain, glossary, schema, doctor, clean, completion)),
)

app = CommandGroup(
    PROGRAM,
    SECTIONS,
    help="Turn a community's data into a small language model that anyone can audit, repeat and contest.",
    epilog=f"""\
    More about a command: commonhold COMMAND --help

    Options may stand anywhere. Nearly every command takes --workspace FOLDER (default: .commonhold) and --json.

    {EXIT_CODES}""",
)
click.version_option(
    commonhold.__version__, prog_name=PROGRAM, message="%(prog)s %(version)s", help="show the version"
)(app)
