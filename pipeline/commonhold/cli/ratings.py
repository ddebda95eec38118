"""Commands about what people say: eval pack, eval ratings."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.anywhere import Repeated
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.options import json_option, workspace_option
from commonhold.cli.value_types import FILE, FOLDER, NUMBER, SHARE
from commonhold.errors import RequestError
from commonhold.number_format import count

if TYPE_CHECKING:
    from commonhold.evaluate.people.judge import Admission
    from commonhold.evaluate.people.pack import Pack, PackKey
    from commonhold.evaluate.people.unblind import UnblindedRating
    from commonhold.stages.workspace import Workspace


class PackOptions(TypedDict):
    """What an organiser asks for, as `DrawRequest` has it."""

    tasks: tuple[str, ...]
    languages: tuple[str, ...]
    items: int
    repeat_share: float
    asks_right: bool
    title: str
    page_language: str
    seed: int


@command("pack")
@click.argument("evaluation", metavar="RUN_OR_FOLDER", help="a run, or a folder with scores.jsonl")
@click.option(
    "--out", type=FOLDER, required=True, metavar="FOLDER", help="folder for the page and the table that people get"
)
@click.option(
    "--key", type=FILE, metavar="FILE", help="file for the key, which stays with you (default: FOLDER-key.json)"
)
@click.option(
    "--tasks", cls=Repeated, multiple=True, metavar="TASK...", help="only items of these tasks (default: all)"
)
@click.option(
    "--language", "languages", cls=Repeated, multiple=True, metavar="TAG...", help="only items in these languages"
)
@click.option("--items", type=NUMBER, default=40, metavar="N", help="ask about at most so many items (default: 40)")
@click.option(
    "--repeats",
    "repeat_share",
    type=SHARE,
    default=0.1,
    metavar="SHARE",
    help="share of the items asked twice, with the sides swapped (default: 0.1)",
)
@click.option("--ask-right", "asks_right", is_flag=True, help="ask of each reply if it is right, to check the scorers")
@click.option("--title", default="", metavar="TEXT", help="title of the page")
@click.option("--page-language", default="en", metavar="TAG", help="language that the page opens in (default: en)")
@click.option("--seed", type=click.INT, default=0, metavar="N", help="seed that the items are drawn by (default: 0)")
@workspace_option
@json_option
def pack(
    evaluation: str, out: Path, key: Path | None, workspace: Path, answer: CommandAnswer, **options: Unpack[PackOptions]
) -> int:
    """Make a blind comparison for people to rate.

    Base and tuned model, side by side, as one offline page and as a table. The key, which says whose reply is whose,
    stays with you.
    """
    from commonhold.digests import sha256_file
    from commonhold.evaluate.people.draw import DrawRequest, draw_pack
    from commonhold.evaluate.people.pack import SECRET_BYTES
    from commonhold.evaluate.people.pack_files import PAGE, SHEET, write_pack
    from commonhold.evaluate.people.page import page_words
    from commonhold.evaluate.result_files import SCORES, read_results
    from commonhold.stages.find_evaluation import find_evaluation
    from commonhold.stages.workspace import Workspace

    folder = find_evaluation(Workspace(workspace), evaluation)
    if options["page_language"] not in page_words():
        languages = ", ".join(page_words())
        raise RequestError(f"the page speaks no {options['page_language']!r}. Take one of: {languages}")
    results, scores = read_results(folder)
    secret = secrets.token_bytes(SECRET_BYTES)
    drawn = draw_pack(results, scores, sha256_file(folder / SCORES), DrawRequest(**options), secret)
    key_file = key or _beside(out)
    write_pack(drawn, out, key_file)
    repeats = sum(bool(question.repeats) for question in drawn.key.questions)
    items = len(drawn.pack.questions) - repeats
    lines = [f"pack {drawn.pack.id}: {count(items, 'item')} of {drawn.eligible}, {repeats} of them asked twice"]
    if drawn.alike:
        lines.append(f"  left out: {count(drawn.alike, 'item')} to which both models gave the same reply")
    lines.append(f"  for people     {out / PAGE}, or {out / SHEET} for a spreadsheet")
    lines.append(f"  for you alone  {key_file}: it says whose reply is whose. Keep it, and give it to nobody")
    numbers = {"items": items, "eligible": drawn.eligible, "repeats": repeats, "same_reply": drawn.alike}
    answer({"pack": drawn.pack.id, **numbers, "page": out / PAGE, "table": out / SHEET, "key": key_file}, lines)
    return 0


def _beside(pack_folder: Path) -> Path:
    """Where a pack's key goes by default: next to the folder, so that it is not given away with it."""
    folder = pack_folder.parent if pack_folder.is_file() else pack_folder
    named = folder if folder.name not in ("", "..") else folder.resolve()
    return named.with_name(f"{named.name}-key.json")


@command("ratings")
@click.argument("pack", type=FOLDER, help="the pack's folder")
@click.argument("files", type=FILE, nargs=-1, required=True, help="what people saved: JSON or CSV")
@click.option("--key", type=FILE, metavar="FILE", help="the pack's key (default: PACK-key.json)")
@click.option("--judge", default="", metavar="MODEL", help="try a base model of the catalog as a judge, too")
@click.option("--out", type=FOLDER, metavar="FOLDER", help="folder for the report (default: ratings/ in the workspace)")
@workspace_option
@json_option
def ratings(
    pack: Path,
    files: tuple[Path, ...],
    key: Path | None,
    judge: str,
    out: Path | None,
    workspace: Path,
    answer: CommandAnswer,
) -> int:
    """Report what people's ratings show.

    How often people prefer the tuned model, how far they agree, and what each scorer is worth.
    """
    from commonhold.evaluate.people.answers_file import REPORT, findings_data, write_answers
    from commonhold.evaluate.people.findings import find
    from commonhold.evaluate.people.pack_files import read_key, read_pack
    from commonhold.evaluate.people.ratings import read_ratings
    from commonhold.evaluate.people.sentences import headline, judge_sentence
    from commonhold.evaluate.people.unblind import unblind
    from commonhold.stages.snapshot import read_once
    from commonhold.stages.workspace import Workspace

    opened_workspace = Workspace(workspace)
    shown = read_pack(pack)
    opened = read_key(key or _beside(pack), shown)
    with read_once() as snapshot:
        copies = [snapshot.copy_file(file) for file in files]
        people_ratings = read_ratings(copies, shown, lambda note: console(f"look at  {note}"))
    judgements = unblind(people_ratings, opened)
    if not judgements:
        raise RequestError("the files hold no answer. Ask people to answer at least one question and to save again")
    findings = find(shown, opened, judgements)
    admission = _tried(judge, opened_workspace, shown, opened, judgements) if judge else None
    folder = out or opened_workspace.root / "ratings" / shown.id
    write_answers(folder, findings, admission, shown, judgements, opened_workspace.secret())
    lines = [*headline(findings), *([judge_sentence(admission)] if admission else [])]
    data = {**findings_data(findings, admission), "report": folder / REPORT}
    answer(data, [*lines, f"\nThe whole report: {folder / REPORT}"])
    return 0


def _tried(
    model_id: str, workspace: "Workspace", pack: "Pack", key: "PackKey", judgements: "tuple[UnblindedRating, ...]"
) -> "Admission":
    from commonhold.evaluate.people.judge import JudgedPair, admit
    from commonhold.stages.llm_judge import local_judge

    shown = {question.id: question for question in pack.questions}
    comparisons = []
    for sealed in key.questions:
        question, on_a = shown[sealed.id], sealed.tuned == "A"
        if not sealed.repeats:
            base, tuned = (question.b, question.a) if on_a else (question.a, question.b)
            comparisons.append(JudgedPair(sealed.item, question.prompt, base, tuned))
    verdicts = local_judge(model_id, workspace, console).prefer(comparisons)
    verdict_of = {each.item: verdict for each, verdict in zip(comparisons, verdicts, strict=True)}
    return admit(model_id, verdict_of, judgements)
