"""Commands that look into a curation: curate show, why-dropped, diff, identifier, unseal."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.options import json_option, workspace_option
from commonhold.cli.value_types import FILE
from commonhold.errors import RequestError
from commonhold.number_format import count

if TYPE_CHECKING:
    from commonhold.records.example import DecisionLine, Example

of_option = click.option(
    "--of", "curation", default="", metavar="CURATION",
    help="a run, the first digits of a digest, or a folder (default: the newest curation)",
)  # fmt: skip


def curation_folder(workspace: Path, curation: str, *, refused_too: bool = True) -> Path:
    """The folder of the curation that `--of` names; where nothing is learnt from it, that is said, or refused."""
    from commonhold.stages.find_curation import find_curation, is_refused
    from commonhold.stages.workspace import Workspace

    folder = find_curation(Workspace(workspace), curation, refused_too=refused_too)
    if is_refused(folder):
        console(f"note: nothing is learnt from this curation; {folder / 'report.html'} says why")
    return folder


def require_name(record: str) -> None:
    """Refuses a record without a name."""
    if not record.strip():
        raise RequestError("name a record by its file and row, such as messages.csv:12, or by its id")


@command("show")
@click.argument("record", help="its file and row, such as messages.csv:12, or its id")
@of_option
@workspace_option
@json_option
def show(record: str, curation: str, workspace: Path, answer: CommandAnswer) -> int:
    """Show everything that curation decided about a record.

    And the text that the model learns from, if the record is used.
    """
    from commonhold.curate.inspect import records as following
    from commonhold.records.curation_summary import read_curation_summary

    require_name(record)
    folder = curation_folder(workspace, curation)
    decisions = following.decisions_of(folder, record)
    first = decisions[0]
    lines = [f"record {first.record_id or 'of a row that cannot be read'}, {first.file}:{first.row}"]
    for each in decisions:
        reason = f"  {each.reason}" if each.reason else ""
        detail = f"  ({each.detail})" if each.detail else ""
        change = f"  {each.before[:8]} -> {each.after[:8]}" if each.action == "change" else ""
        lines.append(f"  {each.step:<20} {each.action:<6}{reason}{detail}{change}")
    lines += [_goes_with_it(first)] if first.record_id else []
    example = following.example_of(folder, first.record_id) if first.record_id else None
    refused = bool(read_curation_summary(folder).refused)
    lines += _used(example, "Fit to be used" if refused else "Used") if example else ["\nNot used."]
    rephrased = following.rephrasings(folder, first.record_id) if first.record_id else []
    for each in rephrased:
        lines.append(f"rephrased: {each.record_id[:12]}  {each.action:<6}{each.reason}  ({each.detail})")
    data = {"record_id": first.record_id, "decisions": decisions, "example": example, "rephrasings": rephrased}
    answer(data, lines)
    return 0


def _goes_with_it(decision: "DecisionLine") -> str:
    """The row's own number and licence, and what its giver said yes to."""
    named = (("entry", decision.entry), ("licence", decision.licence), ("may be used to", ", ".join(decision.purposes)))
    return "\n" + "; ".join(f"{name}: {text or 'none'}" for name, text in named)


def _used(example: "Example", how: str) -> list[str]:
    lines = [f"\n{how}: {example.split}, group {example.cluster[:12]}"]
    if example.parents:
        lines.append(f"Rephrased by {example.made_by}, from record {', '.join(example.parents)}")
    return lines + [f"{name + ':':<8} {text}" for name, text in _texts(example).items() if text]


def _texts(example: "Example") -> dict[str, str]:
    """What a person reads of an example."""
    if not example.prompt:
        return {"text": example.completion}
    rated = {True: "up", False: "down", None: ""}[example.desirable]
    return {"message": example.prompt, "reply": example.completion, "worse": example.rejected, "rated": rated}


@command("why-dropped")
@click.option("--reason", default="", metavar="REASON", help="only this reason, such as near_duplicate")
@click.option("--most", type=click.INT, default=5, metavar="N", help="records named for each reason (default: 5)")
@of_option
@workspace_option
@json_option
def why_dropped(reason: str, most: int, curation: str, workspace: Path, answer: CommandAnswer) -> int:
    """Show why records are not used.

    By step and reason, the most frequent first, each with its first records. Rows that cannot be read are among them.
    """
    from commonhold.curate.inspect import records as following

    dropped = following.not_used(curation_folder(workspace, curation), reason, most)
    lines, data = [], []
    for (step, why), rows in dropped.items():
        lines.append(f"{step:<20} {why:<20} {count(rows.number, 'row')}")
        lines += [f"  {each.file}:{each.row}  {each.detail}".rstrip() for each in rows.first]
        data.append({"step": step, "reason": why, "rows": rows.number, "first": rows.first})
    nothing = f"No row is left out for {reason!r}." if reason else "No row is left out."
    answer(data, lines or nothing)
    return 0


@command("diff")
@click.argument("old", help="a run, the first digits of a curation's digest, or its folder")
@click.argument("new", help="the later one")
@workspace_option
@json_option
def diff(old: str, new: str, workspace: Path, answer: CommandAnswer) -> int:
    """Compare two curations record by record."""
    from commonhold.curate.inspect import records as following

    differences = following.differences(curation_folder(workspace, old), curation_folder(workspace, new))
    lines, changes = [f"{count(differences.same, 'record')} alike"], []
    for what, number in sorted(differences.counts.items(), key=lambda item: (-item[1], item[0])):
        lines.append(f"{count(number, 'record')}: {what}")
        lines += [
            f"  {each.file}:{each.row}  {each.record_id[:12]}  {each.detail}".rstrip()
            for each in differences.first[what]
        ]
        changes.append({"what": what, "records": number, "first": differences.first[what]})
    if differences.are_strangers:
        lines.append(
            "No record of the one has its id in the other: ids were made from lines formerly, and each workspace has a "
            "key of its own. Curate the earlier data again, here, to compare"
        )
    answer({"alike": differences.same, "changes": changes}, lines)
    return 0


@command("identifier")
@click.option("--out", type=FILE, required=True, metavar="FILE", help="file to write, such as languages.json")
@of_option
@workspace_option
@json_option
def identifier(out: Path, curation: str, workspace: Path, answer: CommandAnswer) -> int:
    """Train a language identifier on the community's rows.

    For languages that the built-in one does not know. Name the file in datasheet.yaml.
    """
    from commonhold.curate.text.trained_file import save
    from commonhold.curate.text.training import train

    rows = []
    folder = curation_folder(workspace, curation, refused_too=False)
    with (folder / "examples.jsonl").open(encoding="utf-8") as examples:
        for line in examples:
            example = json.loads(line)
            if example.get("parents"):
                continue  # what a model wrote says little about the language
            rows += [(example[side], example["language"]) for side in ("prompt", "completion") if example[side]]
    learnt = train(rows)
    digest = save(learnt.identifier, out)
    shares = dict(zip(learnt.identifier.languages, learnt.identifier.right, strict=True))
    languages = ", ".join(f"{tag} ({share:.0%} told apart)" for tag, share in shares.items())
    lines = [f"{out}: {languages}; {digest[:12]}"]
    if learnt.left_out:
        lines.append(f"too few texts: {', '.join(learnt.left_out)}")
    lines.append(f"Name it in datasheet.yaml: language_identifier: {out.name}")
    answer({"file": out, "digest": digest, "languages": shares, "too_few_texts": learnt.left_out}, lines)
    return 0


@command("unseal")
@click.option("--key", type=FILE, required=True, metavar="FILE", help="the steward's X25519 key, as PEM")
@click.option("--record", metavar="RECORD", help="only this record: its file and row, or its id")
@of_option
@workspace_option
@json_option
def unseal(key: Path, record: str | None, curation: str, workspace: Path, answer: CommandAnswer) -> int:
    """Show a steward the values behind the placeholders."""
    from commonhold.curate.inspect import records as following

    if record is not None:
        require_name(record)
    folder = curation_folder(workspace, curation)
    record_id = record and following.decisions_of(folder, record)[0].record_id
    entries = [
        each for each in following.masked(folder, following.sealing_key(key)) if record_id in (None, each.record_id)
    ]
    answer(
        [asdict(each) for each in entries],
        [f"{each.record_id}  {each.placeholder}  {each.value}" for each in entries],
    )
    return 0
