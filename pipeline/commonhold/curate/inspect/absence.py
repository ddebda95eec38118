"""Proof that a record is not in a version: refused while its entry, or what it says, is in it under any id."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commonhold.curate.dedup.exact_duplicates import same
from commonhold.curate.engine.finalize import DECISIONS, EXAMPLES
from commonhold.curate.inspect.records import decisions_of
from commonhold.curate.rephrasing.rephrase import STEP
from commonhold.curate.rights.merkle import RecordTree
from commonhold.curate.rights.receipt import ID
from commonhold.curate.rows.record_names import names_a_row
from commonhold.errors import RequestError
from commonhold.records.example import DecisionLine, Example
from commonhold.strict_json import JsonObject, parse_json


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """What finished curations, and a receipt that was handed out, tell of a record."""

    told: str
    """Where it was, for people."""
    entries: frozenset[str] = frozenset()
    """Its numbers, where no other row had them."""
    digests: frozenset[str] = frozenset()
    """Keyed digests of what it said at every step."""
    texts: frozenset[str] = frozenset()
    """What was learnt of it, without capitals and white space, and whatever people thought of it."""


def absence_receipt(record: str, folder: Path, tree: RecordTree, earlier: Sequence[Path]) -> JsonObject:
    """A receipt of absence from the version in `folder`, whose tree is `tree`.

    `record` is an id, a place or an entry, or the file of a receipt of inclusion. `earlier` are the workspace's other
    curations, the newest first: they know records that were taken out, also by ids as they were made formerly.

    Raises:
        RequestError: it is there, or may be: by its id, its entry, what it says or what was made from it; or nobody
            knows the record.
    """
    path = Path(record)
    receipt = _handed_out(path, tree) if path.suffix == ".json" and path.is_file() else None
    record_id = str(receipt["record_id"]) if receipt else _id_of(record, folder, earlier)
    if record_id in tree:
        return tree.absence_receipt(record_id)  # which refuses it
    known = _known(record_id, [folder, *earlier])
    if known is None and receipt is None:
        raise RequestError(
            f"no curation here knows record {record_id}: it is misspelt, of another workspace, or its curation was "
            "removed; so nobody can tell what it said, or that this is not there under another id. Compare its 32 "
            "digits, or name the file of its receipt of inclusion: commonhold curate receipt RECEIPT.json --absent"
        )
    known = known or KnownRecord(f"record {record_id}")
    said = frozenset(tree.ids_with(str(receipt["content"]))) if receipt else frozenset[str]()
    held = [*_held(record_id, known, said, folder, tree)]
    if held:
        why, holder = held[0]
        others = f" (and {len(held) - 1} more)" if held[1:] else ""
        raise RequestError(
            f"{known.told} is not absent: {why} in this version as record {holder.record_id} "
            f"({holder.file}:{holder.row}). Take that row{others} out and curate again; or prove that it is there: "
            f"commonhold curate receipt {holder.record_id}"
        )
    return tree.absence_receipt(record_id)


def _handed_out(path: Path, tree: RecordTree) -> JsonObject:
    try:
        receipt = parse_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise RequestError(
            f"{path}: cannot be read as a receipt ({error}). Name the JSON file that was given"
        ) from error
    if not isinstance(receipt, dict) or not tree.gave(receipt):
        raise RequestError(
            f"{path}: not a receipt of inclusion that this workspace gave. Name the JSON file of commonhold curate "
            "receipt, or the workspace that it came from: --workspace FOLDER"
        )
    return receipt


def _id_of(record: str, folder: Path, earlier: Sequence[Path]) -> str:
    if ID.fullmatch(record.lower()):
        return record.lower()
    try:
        return decisions_of(folder, record)[0].record_id
    except RequestError as error:
        if ":" in record:  # another row may have been in this place then
            raise RequestError(f"{error}. A row that was taken out is called by its entry or its id") from error
        for other in earlier:
            try:
                return decisions_of(other, record)[0].record_id
            except RequestError:
                continue
        raise


def _known(record_id: str, folders: Sequence[Path]) -> KnownRecord | None:
    """Of the folders in which it is; absent when it is in none."""
    told = ""
    entries: set[str] = set()
    digests: set[str] = set()
    texts: set[str] = set()
    for folder in folders:
        if not (folder / DECISIONS).is_file():
            continue
        lines = [line for line in _lines_with(folder / DECISIONS, record_id) if line.record_id == record_id]
        if not lines:
            continue
        told = told or f"record {record_id} ({lines[0].file}:{lines[0].row} in curation {folder.name[:12]})"
        digests |= {digest for line in lines for digest in (line.before, line.after) if digest}
        if (entry := lines[0].entry) and names_a_row(entry) and _is_of_one_row(entry, lines[0], folder):
            entries.add(entry)
        texts |= {_said(example) for example in _examples(folder, record_id) if example["record_id"] == record_id}
    return KnownRecord(told, frozenset(entries), frozenset(digests), frozenset(texts)) if told else None


def _is_of_one_row(entry: str, line: DecisionLine, folder: Path) -> bool:
    return all(
        (other.file, other.row) == (line.file, line.row)
        for other in _lines_with(folder / DECISIONS, json.dumps(entry, ensure_ascii=False))
        if other.entry == entry
    )


def _held(
    record_id: str, known: KnownRecord, said: Set[str], folder: Path, tree: RecordTree
) -> Iterator[tuple[str, Example]]:
    """Records of the version that have something of it, with what they have; `said` are those that say the same."""
    alike = said | {
        line.record_id
        for line in _lines_with(folder / DECISIONS, *known.digests)
        if line.record_id in tree and known.digests & {line.before, line.after} and line.step != STEP
    }
    for example in _examples(folder):
        if example["record_id"] in alike or _said(example) in known.texts:
            yield "what it says is", Example(**example)
        elif example.get("entry") in known.entries:
            yield f"its entry {example['entry']} is", Example(**example)
        elif record_id in example.get("parents", ()):
            yield "what a model made from it is", Example(**example)


def _lines_with(path: Path, *needles: str) -> Iterator[DecisionLine]:
    """The decisions in whose lines one of some texts is."""
    if not needles:
        return
    found = re.compile("|".join(map(re.escape, needles))).search
    with path.open(encoding="utf-8") as lines:
        yield from (DecisionLine(**json.loads(line)) for line in lines if found(line))


def _examples(folder: Path, needle: str = "") -> Iterator[dict[str, Any]]:
    with (folder / EXAMPLES).open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if needle in line)


def _said(example: Mapping[str, Any]) -> str:
    return same(f"{example['prompt']}\0{example['completion']}")
