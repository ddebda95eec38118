"""Commands about what people say: eval pack, eval ratings."""

import argparse
import json
import secrets
from pathlib import Path

from commonhold.cli.dispatch import talk
from commonhold.digests import sha256_file
from commonhold.errors import RequestError
from commonhold.evaluate.people.answers_file import REPORT, findings_data, write_answers
from commonhold.evaluate.people.draw import Wanted, draw_pack
from commonhold.evaluate.people.findings import find
from commonhold.evaluate.people.judge import Admission, Comparison, admit
from commonhold.evaluate.people.pack import SECRET_BYTES, Key, Pack
from commonhold.evaluate.people.pack_files import PAGE, SHEET, read_key, read_pack, write_pack
from commonhold.evaluate.people.page import page_words
from commonhold.evaluate.people.ratings import read_ratings
from commonhold.evaluate.people.sentences import headline, judge_sentence
from commonhold.evaluate.people.unblind import Judgement, unblind
from commonhold.evaluate.result_files import SCORES, read_results
from commonhold.figures import count
from commonhold.stages.evaluated import find_evaluation
from commonhold.stages.workspace import Workspace


def pack(arguments: argparse.Namespace) -> int:
    """A blind pack for people, and its key for the organiser."""
    folder = find_evaluation(Workspace(arguments.workspace), arguments.evaluation)
    if arguments.page_language not in page_words():
        known = ", ".join(page_words())
        raise RequestError(f"the page speaks no {arguments.page_language!r}. Take one of: {known}")
    evaluation, scores = read_results(folder)
    wanted = Wanted(
        tasks=tuple(arguments.tasks),
        languages=tuple(arguments.language),
        items=arguments.items,
        repeat_share=arguments.repeats,
        asks_right=arguments.ask_right,
        title=arguments.title,
        page_language=arguments.page_language,
        seed=arguments.seed,
    )
    drawn = draw_pack(evaluation, scores, sha256_file(folder / SCORES), wanted, secrets.token_bytes(SECRET_BYTES))
    key_file = arguments.key or _beside(arguments.out)
    write_pack(drawn, arguments.out, key_file)
    repeats = sum(bool(question.repeats) for question in drawn.key.questions)
    items = len(drawn.pack.questions) - repeats
    print(f"pack {drawn.pack.id}: {count(items, 'item')} of {drawn.eligible}, {repeats} of them asked twice")
    if drawn.alike:
        print(f"  left out: {count(drawn.alike, 'item')} to which both models gave the same reply")
    print(f"  for people     {arguments.out / PAGE}, or {arguments.out / SHEET} for a spreadsheet")
    print(f"  for you alone  {key_file}: it says whose reply is whose. Keep it, and give it to nobody")
    return 0


def _beside(pack_folder: Path) -> Path:
    """Where a pack's key lies unless said otherwise: next to the folder, so that it is not given away with it."""
    folder = pack_folder.parent if pack_folder.is_file() else pack_folder
    named = folder if folder.name not in ("", "..") else folder.resolve()
    return named.with_name(f"{named.name}-key.json")


def ratings(arguments: argparse.Namespace) -> int:
    """What people's answers say, printed and kept in the workspace."""
    workspace = Workspace(arguments.workspace)
    shown = read_pack(arguments.pack)
    key = read_key(arguments.key or _beside(arguments.pack), shown)
    told = read_ratings(arguments.files, shown, lambda note: talk(f"look at  {note}"))
    judgements = unblind(told, key)
    if not judgements:
        raise RequestError("the files hold no answer. Ask people to answer at least one question and to save again")
    findings = find(shown, key, judgements)
    admission = _tried(arguments.judge, workspace, shown, key, judgements) if arguments.judge else None
    folder = arguments.out or workspace.root / "ratings" / shown.id
    write_answers(folder, findings, admission, shown, judgements, workspace.secret())
    if arguments.json:
        print(json.dumps(findings_data(findings, admission), indent=2, ensure_ascii=False))
        return 0
    print(*headline(findings), sep="\n")
    if admission:
        print(judge_sentence(admission))
    print(f"\nThe whole report: {folder / REPORT}")
    return 0


def _tried(model_id: str, workspace: Workspace, pack: Pack, key: Key, judgements: tuple[Judgement, ...]) -> Admission:
    from commonhold.stages.local_judge import local_judge

    shown = {question.id: question for question in pack.questions}
    comparisons = []
    for sealed in key.questions:
        question, on_a = shown[sealed.id], sealed.tuned == "A"
        if not sealed.repeats:
            base, tuned = (question.b, question.a) if on_a else (question.a, question.b)
            comparisons.append(Comparison(sealed.item, question.prompt, base, tuned))
    verdicts = local_judge(model_id, workspace, talk).prefer(comparisons)
    said = {each.item: verdict for each, verdict in zip(comparisons, verdicts, strict=True)}
    return admit(model_id, said, judgements)
