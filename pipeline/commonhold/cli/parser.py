"""What can be typed. Nothing heavy is imported here, so that help answers at once."""

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import commonhold
from commonhold.cli.reproducing_parser import add_reproducing

DEFAULT_WORKSPACE = Path(".commonhold")
MOST_WORKERS = 1024
MOST_CARD_GB = 1000
EXIT_CODES = (
    "exit codes: 0 done, 1 our fault, 2 the request is wrong, 3 a gate said no, 4 a digest differs, 130 stopped"
)


def build_parser() -> argparse.ArgumentParser:
    """All the commands; each names its handler as `module.function` below `commonhold.cli`."""
    parser = argparse.ArgumentParser(
        prog="commonhold",
        description="Turn a community's data into a small language model that anyone can audit, repeat and contest.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"commonhold {commonhold.__version__}")
    parser.add_argument("--workspace", type=Path, default=DEFAULT_WORKSPACE, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, handler: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text[:1].upper() + text[1:] + ".", epilog=EXIT_CODES)
        sub.set_defaults(handler=handler)
        return sub

    _making(command)
    _following(command)
    _rating(command)
    _using(command)
    add_reproducing(command, _workspace)
    _signing(command)
    _showing(command)
    _evaluating(command)
    _group(commands, "eval")
    return parser


Add = Callable[[str, str, str], argparse.ArgumentParser]


def _making(command: Add) -> None:
    check = command("check", "making.check", "find what is wrong with a recipe, its data folder and its tasks")
    _recipe(check)
    _workspace(check)
    plan = command("plan", "making.plan", "say what a run would do, how long it takes and how much memory it needs")
    _recipe(plan)
    _workspace(plan)
    plan.add_argument("--json", action="store_true", help="print the plan as JSON")
    plan.add_argument("--gpu", type=_card, default=0, metavar="SIZE", help="plan for a graphics card, such as 12GB")
    plan.add_argument("--price-per-kwh", type=_price, default=0.0, metavar="PRICE", help="of electricity, such as 0.30")
    plan.add_argument("--price-per-hour", type=_price, default=0.0, metavar="PRICE", help="of a rented machine")
    curate = command("curate", "making.curate", "clean the data and report on it, without training")
    train = command("train", "making.train", "curate, train, evaluate and publish")
    for sub in (curate, train):
        _recipe(sub)
        _workspace(sub)
        sub.add_argument(
            "--force", action="append", default=[], metavar="STAGE", choices=["curate", "train", "evaluate", "publish"],
            help="make a stage again although nothing changed; may be given several times",
        )  # fmt: skip
        sub.add_argument(
            "--executor", choices=["inline", "processes", "ray"], default=None,
            help="where the data is cleaned: here (the default), in processes of this machine, or on a Ray cluster; "
            "the result is the same",
        )  # fmt: skip
        sub.add_argument("--workers", type=_workers, default=0, metavar="N", help="processes or Ray workers for it")
        sub.add_argument(
            "--ray-address", metavar="ADDRESS", help="a running cluster; one on this machine when left out"
        )
    sweep = command("sweep", "sweeping.sweep", "train with several settings and compare their validation losses")
    _recipe(sweep)
    _workspace(sweep)
    sweep.add_argument("--trials", type=_workers, default=8, metavar="N", help="settings to train with (default: 8)")
    sweep.add_argument(
        "--over", action="append", default=[], metavar="KEY=VALUES",
        help="another key to vary: train.lora.rank=8,16,32 or train.epochs=1..4; may be given several times",
    )  # fmt: skip
    sweep.add_argument(
        "--seeds", type=_workers, default=1, metavar="N", help="train the best ones and the recipe's with so many seeds"
    )
    sweep.add_argument("--json", action="store_true", help="print the trials as JSON")
    fetch = command("fetch", "making.fetch", "download a base model of the catalog into the workspace")
    fetch.add_argument("model", help="its id; see: commonhold catalog")
    _workspace(fetch)


def _following(command: Add) -> None:
    show = command("curate show", "following.show", "show all that curation decided about one record")
    show.add_argument("record", help="its file and row, such as messages.csv:12, or its id")
    why = command("curate why-dropped", "following.why_dropped", "show why records are not used")
    why.add_argument("--reason", default="", help="only this reason, such as near_duplicate")
    why.add_argument("--most", type=int, default=5, metavar="N", help="places named for each reason (default: 5)")
    diff = command("curate diff", "following.diff", "compare two curations record by record")
    diff.add_argument("old", help="a run, the first digits of a curation's digest, or its folder")
    diff.add_argument("new", help="the later one")
    receipt = command("curate receipt", "following.receipt", "prove to a contributor that a record is in the data")
    receipt.add_argument("record", help="its file and row, or its id")
    receipt.add_argument("--absent", action="store_true", help="prove that it is not")
    identifier = command(
        "curate identifier", "following.identifier", "learn to tell the languages of a community's rows"
    )
    identifier.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="file to write, such as languages.json"
    )
    unseal = command("curate unseal", "following.unseal", "tell a steward what the placeholders stand for")
    unseal.add_argument("--key", type=Path, required=True, metavar="FILE", help="the steward's X25519 key, as PEM")
    unseal.add_argument("--record", default=None, help="only this record: its file and row, or its id")
    consent = command("curate consent", "following.consent", "give a contributor a receipt of their consent")
    _recipe(consent)
    consent.add_argument("record", help="the row's file and first line, such as messages.csv:12")
    consent.add_argument(
        "--purpose", default="train", choices=["train", "evaluate", "publish_text", "rephrase", "commercial"],
        help="what for (default: train)",
    )  # fmt: skip
    about = command("curate about", "following.about", "tell a contributor what became of their rows")
    about.add_argument("name", help="as it stands in the column of contributors")
    for sub in (show, why, receipt, identifier, unseal, about):
        sub.add_argument(
            "--of",
            default="",
            metavar="CURATION",
            help="a run, the first digits of a digest, or a folder; else the newest",
        )
    for sub in (show, why, diff, receipt, identifier, unseal, about, consent):
        _workspace(sub)


def _rating(command: Add) -> None:
    pack = command("eval pack", "rating.pack", "make a blind comparison of base and tuned model for people to rate")
    pack.add_argument("evaluation", metavar="RUN_OR_FOLDER", help="a run, or a folder with scores.jsonl")
    pack.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="what people get")
    pack.add_argument("--key", type=Path, metavar="FILE", help="what stays with you (default: FOLDER-key.json)")
    pack.add_argument("--tasks", nargs="+", default=[], metavar="TASK", help="whose items (default: all)")
    pack.add_argument("--language", nargs="+", default=[], metavar="TAG", help="only items in these languages")
    pack.add_argument("--items", type=_workers, default=40, metavar="N", help="at most so many (default: 40)")
    pack.add_argument(
        "--repeats", type=_share, default=0.1, metavar="SHARE", help="asked twice, sides exchanged (default: 0.1)"
    )
    pack.add_argument("--ask-right", action="store_true", help="ask of each reply if it is right, to check the scorers")
    pack.add_argument("--title", default="", help="above the page")
    pack.add_argument("--page-language", default="en", metavar="TAG", help="in which the page begins (default: en)")
    pack.add_argument("--seed", type=int, default=0, metavar="N", help="draws the items (default: 0)")
    ratings = command("eval ratings", "rating.ratings", "say what people's answers to a pack show")
    ratings.add_argument("pack", type=Path, help="the pack's folder")
    ratings.add_argument("files", type=Path, nargs="+", help="what people saved: JSON or CSV")
    ratings.add_argument("--key", type=Path, metavar="FILE", help="the pack's key (default: PACK-key.json)")
    ratings.add_argument("--judge", default="", metavar="MODEL", help="try a base model of the catalog as a judge, too")
    ratings.add_argument("--out", type=Path, metavar="FOLDER", help="default: ratings/ in the workspace")
    ratings.add_argument("--json", action="store_true", help="print the findings as JSON")
    for sub in (pack, ratings):
        _workspace(sub)


FOLLOWING = ("show", "why-dropped", "diff", "receipt", "identifier", "unseal", "about", "consent")
EVALUATING = ("new", "check", "preview", "import", "export", "pack", "ratings")
JOINED = {"curate": FOLLOWING, "eval": EVALUATING}
"""Second words of commands that are two words."""


def joined(argv: Sequence[str]) -> list[str]:
    """The command line with `curate show` and its like as one word, for they have arguments of their own."""
    words = list(argv)
    for place in range(min(len(words) - 1, 3)):  # `--workspace FOLDER` may stand before it
        if words[place + 1] in JOINED.get(words[place], ()):
            return [*words[:place], " ".join(words[place : place + 2]), *words[place + 2 :]]
    return words


def _group(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """What is said to the first word alone, or with a second that there is not."""
    words = sorted(JOINED[name])
    sub = commands.add_parser(
        name, description=f"With --help behind any of them: {', '.join(words)}.", epilog=EXIT_CODES
    )
    sub.add_argument("what", choices=words, metavar="|".join(words))


def _evaluating(command: Add) -> None:
    new = command("eval new", "evaluating.new", "write a first task to fill in: task.yaml and items.csv")
    new.add_argument("folder", type=Path, help="a new folder, such as eval/tasks/my-group/my-task")
    new.add_argument(
        "--kind", default="include", metavar="KIND",
        help="how replies are judged: include (the default), multiple_choice, refusal, cites and others",
    )  # fmt: skip
    check = command("eval check", "evaluating.check", "find the mistakes in tasks, and what is likely to mislead")
    check.add_argument("folders", nargs="+", type=Path, metavar="folder", help="a task, or a folder of tasks")
    preview = command("eval preview", "evaluating.show", "show how an item is asked and judged")
    preview.add_argument("folder", type=Path, help="a task")
    preview.add_argument("--item", default="", metavar="ID", help="another item than the first")
    preview.add_argument(
        "--answer", action="append", default=[], metavar="TEXT", help="score this reply; may be given several times"
    )
    preview.add_argument(
        "--recipe", type=Path, metavar="RECIPE", help="with its instruction, in its base model's chat template"
    )
    _workspace(preview)
    bring = command("eval import", "evaluating.bring_in", "make a task of a promptfoo CSV or a Weval blueprint")
    bring.add_argument("file", type=Path, help="a .csv, else a blueprint in YAML or JSON")
    bring.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="a new folder for the task")
    bring.add_argument(
        "--prompt", default="", metavar="TEXT", help="how the message is made of a CSV's columns: 'Translate {{text}}'"
    )
    hand = command("eval export", "evaluating.hand_out", "write tasks for lm-evaluation-harness")
    hand.add_argument("folders", nargs="+", type=Path, metavar="folder", help="a task, or a folder of tasks")
    hand.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="a new folder for the files")


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 0.5:
        raise argparse.ArgumentTypeError(f"a share from 0 to 0.5, not {text!r}")
    return share


def _workers(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST_WORKERS}, not {text!r}")
    return number


def _card(text: str) -> float:
    """Gigabytes of `12GB` or `12`."""
    number = text.strip().upper().removesuffix("B").removesuffix("G").strip()
    try:
        size = float(number)
    except ValueError:
        size = 0.0
    if not 1 <= size <= MOST_CARD_GB:
        raise argparse.ArgumentTypeError(f"a size such as 12GB, not {text!r}")
    return size


def _price(text: str) -> float:
    try:
        price = float(text)
    except ValueError:
        price = 0.0
    if not 0 < price < math.inf:
        raise argparse.ArgumentTypeError(f"a price such as 0.30, not {text!r}")
    return price


def _using(command: Add) -> None:
    serve = command(
        "serve", "using.serve", "serve the promoted model, or the candidate, on 127.0.0.1, with a chat page"
    )
    _recipe(serve)
    _workspace(serve)
    serve.add_argument("--port", type=int, help="another port than the recipe's")
    serve.add_argument("--candidate", action="store_true", help="the newest version, although another was promoted")
    ui = command("ui", "using.ui", "open the runs in the MLflow UI on 127.0.0.1")
    _workspace(ui)
    ui.add_argument("--port", type=int, default=5000, help="port (default: 5000)")
    verify = command("verify", "using.verify", "check every file of a published bundle, and who signed it")
    verify.add_argument("target", type=Path, nargs="?", help="a recipe, the folder of a bundle, or an archive of it")
    _workspace(verify)
    verify.add_argument("--digest", default="", metavar="SHA256", help="the bundle's digest, from another place")
    verify.add_argument("--key", default="", metavar="KEY", help="the publisher's public key: a file, or p256:… itself")
    verify.add_argument(
        "--stewards", type=Path, metavar="FILE", help="stewards, keys and quorum: GOVERNANCE.yaml or JSON"
    )
    verify.add_argument(
        "--reproducer", action="append", default=[], metavar="KEY",
        help="public key of somebody who made the model again, as you know; may be given several times",
    )  # fmt: skip
    verify.add_argument("--log-head", default="", metavar="SHA256", help="a line of the log that must still be in it")
    verify.add_argument("--promoted", action="store_true", help="refuse what the stewards have not let out")
    verify.add_argument("--json", action="store_true", help="print the verdict as JSON")
    verify.add_argument("--standalone-to", type=Path, metavar="FILE", help="write the verifier that needs Python only")
    push = command("push", "using.push", "send a published bundle to a repository of a model hub")
    push.add_argument("target", type=Path, help="a recipe, or the folder of a bundle")
    push.add_argument(
        "--to", required=True, metavar="HUB/REPO", help="OWNER/NAME on huggingface.co, or https://HUB/OWNER/NAME"
    )
    push.add_argument(
        "--approve-licence", action="append", default=[], metavar="LICENCE",
        help="a licence that needs a person's decision, and has it; may be given several times",
    )  # fmt: skip
    _workspace(push)
    track = command("track", "using.track", "bring runs on disk into MLflow")
    _workspace(track)
    track.add_argument("--all", action="store_true", help="every run again, for instance into a new database")
    clean = command("clean", "using.clean", "list what the workspace holds, or remove it")
    _workspace(clean)
    clean.add_argument("--remove", action="store_true", help="remove artifacts, runs and the tracker's database")


def _signing(command: Add) -> None:
    keygen = command("keygen", "signing.keygen", "make a key to sign with")
    keygen.add_argument("file", type=Path, help="where the private key goes, such as ~/.config/commonhold/ana.pem")
    keygen.add_argument(
        "--for", required=True, dest="role", choices=["steward", "publisher"],
        help="a steward's key is Ed25519, a publisher's P-256, as the OpenSSF's model-signing reads it",
    )  # fmt: skip
    keygen.add_argument("--locked", action="store_true", help="ask for a passphrase and lock the key with it")
    sign = command("sign", "signing.sign", "sign every file of a published bundle as its publisher")
    approve = command("approve", "signing.approve", "sign a bundle and its gates as a steward")
    approve.add_argument("--add", type=Path, metavar="FILE", help="take an approval that a steward sent")
    approve.add_argument("--out", type=Path, metavar="FILE", help="for a copy: where the approval goes")
    promote = command(
        "promote", "signing.promote", "make a bundle that enough stewards approved the one that is served"
    )
    promote.add_argument(
        "--despite-undecided", default="", metavar="REASON", help="why gates that are undecided do not stand in the way"
    )
    withdraw = command("withdraw", "signing.withdraw", "take a bundle back for ever, and say why")
    withdraw.add_argument("--reason", required=True, help="for people who use the model")
    export = command("export", "signing.export", "copy a bundle with its signatures and log into a folder to hand out")
    for sub in (sign, approve, promote, withdraw, export):
        sub.add_argument(
            "model", help="name of the model" + (", or a copy that was handed out" if sub is approve else "")
        )
        sub.add_argument("--version", type=int, default=0, metavar="N", help="another version than the newest")
        _workspace(sub)
    export.add_argument("folder", type=Path, help="a new folder")
    for sub in (keygen, sign, approve, promote, withdraw):
        if sub is not keygen:
            sub.add_argument("--key", type=Path, metavar="FILE", required=sub is sign, help="the private key, as PEM")
        sub.add_argument(
            "--passphrase-file", type=Path, metavar="FILE", help="its passphrase, where nobody can type it"
        )


def _showing(command: Add) -> None:
    explain = command("explain", "showing.explain", "explain the recipe's keys, or what a recipe resolves to")
    explain.add_argument("key", nargs="?", default="", help="such as train.lora.rank, or a recipe file")
    _overrides(explain)
    command("schema", "showing.schema", "print the recipe's JSON Schema, for editors")
    catalog = command("catalog", "showing.catalog", "list the base models a recipe can name")
    catalog.add_argument("--json", action="store_true", help="print them as JSON")
    doctor = command("doctor", "showing.doctor", "show the processor, its settings and what is installed")
    doctor.add_argument("--json", action="store_true", help="print it as JSON")
    compare = command("compare", "comparing.compare", "set two versions beside each other: recipe, data and scores")
    compare.add_argument("old", help="a run's id or a part of it, a release such as my-model@1, or a bundle's folder")
    compare.add_argument("new", help="the later one")
    compare.add_argument("--json", action="store_true", help="print the whole comparison as JSON")
    compare.add_argument("--html", type=Path, metavar="FILE", help="write it as a page too")
    _workspace(compare)
    runs = command("runs", "showing.runs", "list the runs of the workspace")
    _workspace(runs)


def _recipe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", type=Path, help="the recipe's YAML file")
    _overrides(parser)


def _overrides(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides",
        help="override a key of the recipe, such as train.epochs=1; may be given several times",
    )  # fmt: skip


def _workspace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workspace", type=Path, default=argparse.SUPPRESS, metavar="FOLDER",  # stands before the command as well
        help=f"where everything that is made is kept (default: {DEFAULT_WORKSPACE})",
    )  # fmt: skip
