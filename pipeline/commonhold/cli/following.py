"""Commands that follow records through curation: show, why-dropped, diff, receipt, identifier, unseal."""

import argparse
import json
import re
from pathlib import Path

from commonhold.curate.inspect import records as following
from commonhold.curate.rows.record_maker import contributor_id
from commonhold.curate.run import SUMMARY
from commonhold.errors import RequestError
from commonhold.figures import count
from commonhold.files import read_json
from commonhold.records.example import Example
from commonhold.stages.curated import find_curation
from commonhold.stages.workspace import Workspace


def show(arguments: argparse.Namespace) -> int:
    """All that was decided about one record, and the text that the model learns."""
    folder = _folder(arguments)
    decisions = following.decisions_of(folder, arguments.record)
    first = decisions[0]
    print(f"record {first.record_id}, {first.file}:{first.row}")
    for each in decisions:
        reason = f"  {each.reason}" if each.reason else ""
        detail = f"  ({each.detail})" if each.detail else ""
        change = f"  {each.before[:8]} -> {each.after[:8]}" if each.action == "change" else ""
        print(f"  {each.step:<20} {each.action:<6}{reason}{detail}{change}")
    example = following.example_of(folder, first.record_id)
    if example:
        print(f"\nUsed: {example.split}, group {example.cluster[:12]}")
        if example.parents:
            print(f"Written anew by {example.made_by}, from record {', '.join(example.parents)}")
        print("\n".join(f"{name + ':':<8} {text}" for name, text in _texts(example).items() if text))
    else:
        print("\nNot used.")
    for each in following.rephrasings(folder, first.record_id):
        print(f"rephrased: {each.record_id[:12]}  {each.action:<6}{each.reason}  ({each.detail})")
    return 0


def _texts(example: Example) -> dict[str, str]:
    """What a person reads of an example."""
    if not example.prompt:
        return {"text": example.completion}
    rated = {True: "up", False: "down", None: ""}[example.desirable]
    return {"message": example.prompt, "reply": example.completion, "worse": example.rejected, "rated": rated}


def why_dropped(arguments: argparse.Namespace) -> int:
    """Why records are not used, step by step, with the first places."""
    found = following.not_used(_folder(arguments), arguments.reason, arguments.most)
    if not found:
        print("Every row is used." if not arguments.reason else f"No row is left out for {arguments.reason!r}.")
    for (step, reason), rows in found.items():
        print(f"{step:<20} {reason:<20} {count(rows.number, 'row')}")
        for each in rows.first:
            print(f"  {each.file}:{each.row}  {each.detail}".rstrip())
    return 0


def diff(arguments: argparse.Namespace) -> int:
    """What a curation decided otherwise than an earlier one."""
    workspace = Workspace(arguments.workspace)
    old, new = (find_curation(workspace, name) for name in (arguments.old, arguments.new))
    found = following.differences(old, new)
    print(f"{count(found.same, 'record')} alike")
    for what, number in sorted(found.counts.items(), key=lambda item: (-item[1], item[0])):
        print(f"{count(number, 'record')}: {what}")
        for each in found.first[what]:
            print(f"  {each.file}:{each.row}  {each.record_id[:12]}  {each.detail}".rstrip())
    return 0


def receipt(arguments: argparse.Namespace) -> int:
    """Proof for a contributor that a record is in this version of the data, or is not."""
    folder = _folder(arguments)
    tree = following.record_tree(folder, Workspace(arguments.workspace).secret())
    if tree.root != read_json(folder / SUMMARY)["root"]:
        raise RequestError(f"{folder} was made in another workspace, whose key this takes. Name it: --workspace FOLDER")
    whole = re.fullmatch(r"[0-9a-f]{32}", arguments.record)
    record_id = arguments.record if whole else following.decisions_of(folder, arguments.record)[0].record_id
    made = tree.absence_receipt(record_id) if arguments.absent else tree.inclusion_receipt(record_id)
    print(json.dumps(made, indent=2))
    return 0


def consent(arguments: argparse.Namespace) -> int:
    """What a row says about consent, with the fields of ISO/IEC TS 27560."""
    from commonhold.cli.making import context_of
    from commonhold.stages.consent_receipts import receipt_for

    print(json.dumps(receipt_for(context_of(arguments), arguments.record, arguments.purpose), indent=2))
    return 0


def about(arguments: argparse.Namespace) -> int:
    """What became of one contributor's rows, in words for them."""
    name = contributor_id(Workspace(arguments.workspace).secret(), arguments.name)
    print(following.paragraph_about(_folder(arguments), name, arguments.name))
    return 0


def identifier(arguments: argparse.Namespace) -> int:
    """An identifier for the languages of a community's own rows."""
    from commonhold.curate.text.trained_file import save
    from commonhold.curate.text.training import train

    rows = []
    with (_folder(arguments) / "examples.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            example = json.loads(line)
            if example.get("parents"):
                continue  # what a model wrote says little about the language
            rows += [(example[side], example["language"]) for side in ("prompt", "completion") if example[side]]
    learnt = train(rows)
    digest = save(learnt.identifier, arguments.out)
    languages = zip(learnt.identifier.languages, learnt.identifier.right, strict=True)
    print(f"{arguments.out}: {', '.join(f'{tag} ({share:.0%} told apart)' for tag, share in languages)}; {digest[:12]}")
    if learnt.left_out:
        print(f"too few texts: {', '.join(learnt.left_out)}")
    print(f"Name it in datasheet.yaml: language_identifier: {arguments.out.name}")
    return 0


def unseal(arguments: argparse.Namespace) -> int:
    """What the placeholders stand for, for a steward's eyes."""
    folder = _folder(arguments)
    wanted = arguments.record and following.decisions_of(folder, arguments.record)[0].record_id
    for entry in following.masked(folder, following.sealing_key(arguments.key)):
        if wanted in (None, entry.record_id):
            print(f"{entry.record_id}  {entry.placeholder}  {entry.value}")
    return 0


def _folder(arguments: argparse.Namespace) -> Path:
    if getattr(arguments, "record", None) is not None and not arguments.record.strip():
        raise RequestError("name a record by its file and row, such as messages.csv:12, or by its id")
    return find_curation(Workspace(arguments.workspace), arguments.of)
