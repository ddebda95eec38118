"""Following records through a finished curation: what was decided about one, why others are not used, what changed."""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path

from commonhold.curate.engine.finalize import DECISIONS, EXAMPLES
from commonhold.curate.engine.shard_result import SEALED
from commonhold.curate.privacy.sealed_map import MapEntry, unseal
from commonhold.curate.rephrasing.rephrase import STEP
from commonhold.curate.reporting.contributors import CONTRIBUTORS
from commonhold.curate.rights.merkle import RecordTree
from commonhold.curate.rows.record import content_of
from commonhold.curate.rows.repair import UNREADABLE_ROWS
from commonhold.digests import sha256_bytes
from commonhold.errors import RequestError
from commonhold.files import read_jsonl
from commonhold.records.example import DecisionLine, Example
from commonhold.sheets.row import PROBLEM, REMEDY

LEFT_OUT = ("drop", "merge")
FEWEST_DIGITS = 6
"""Of an id that is shortened."""
MOST_PLACES = 5
READING, UNREADABLE = "read", "unreadable"
"""The step and the reason of rows that could not be read, which came to no step."""
NEW = "new record"


def all_decisions(folder: Path) -> Iterator[DecisionLine]:
    """Every decision of a curation, those of one record side by side."""
    with (folder / DECISIONS).open(encoding="utf-8") as lines:
        for line in lines:
            yield DecisionLine(**json.loads(line))


def unreadable(folder: Path) -> Iterator[DecisionLine]:
    """The rows that could not be read, each as one decision."""
    path = folder / UNREADABLE_ROWS
    if path.is_file():
        for row in read_jsonl(path):
            detail = f"{row[PROBLEM]}. {row[REMEDY]}"
            yield DecisionLine("", READING, "drop", UNREADABLE, row["file"], row["row"], detail, "", "")


def decisions_of(folder: Path, record: str) -> list[DecisionLine]:
    """What was decided about one record: its id, six digits of it or more, its entry, or `file:row` for a row as sent.

    A row that could not be read has one decision, and no id.

    Raises:
        RequestError: no record is called that, or several are.
    """
    decisions = [decision for decision in all_decisions(folder) if _is(decision, record)]
    ids = dict.fromkeys(decision.record_id for decision in decisions)
    if not ids and (unread := [row for row in unreadable(folder) if f"{row.file}:{row.row}" == record]):
        return unread
    if not ids:
        raise RequestError(f"no record is called {record!r}. {_hint(folder, record)}")
    if len(ids) > 1:
        remedy = "Name one of them" if any(each.entry == record for each in decisions) else "Give more digits of the id"
        raise RequestError(f"{record!r} may be any of {', '.join(list(ids)[:MOST_PLACES])}. {remedy}")
    return decisions


def _hint(folder: Path, record: str) -> str:
    """The nearest rows of the file, or how records are called."""
    file, _, row = record.rpartition(":")
    rows = {decision.row for decision in all_decisions(folder) if decision.file == file}
    if rows and row.isdecimal():
        nearest = sorted(sorted(rows, key=lambda each: abs(each - int(row)))[:2])
        return f"The nearest rows of {file} are {' and '.join(map(str, nearest))}; a row is called by its first line"
    return "Name it by its file and row, such as messages.csv:12, by its entry, or by its id in decisions.jsonl"


def _is(decision: DecisionLine, record: str) -> bool:
    if decision.entry == record and decision.step != STEP:
        return True
    if ":" in record:
        file, _, row = record.rpartition(":")
        return decision.file == file and str(decision.row) == row and decision.step != STEP
    return len(record) >= FEWEST_DIGITS and decision.record_id.startswith(record)


def example_of(folder: Path, record_id: str) -> Example | None:
    """The record as the model learns it; absent when it is not used."""
    with (folder / EXAMPLES).open(encoding="utf-8") as lines:
        example_line = next(
            (line for line in lines if record_id in line and json.loads(line)["record_id"] == record_id), None
        )
    return Example(**json.loads(example_line)) if example_line else None


def rephrasings(folder: Path, record_id: str) -> list[DecisionLine]:
    """What became of the messages that a model made of one record."""
    return [each for each in all_decisions(folder) if each.step == STEP and f" of {record_id}" in each.detail]


def outcomes(folder: Path) -> Iterator[DecisionLine]:
    """The last decision on every record, which says whether it is used."""
    for _, several in groupby(all_decisions(folder), key=lambda decision: decision.record_id):
        *_, last = several
        yield last


@dataclass(slots=True)
class NotUsed:
    """Records that one step left out for one reason."""

    number: int = 0
    first: list[DecisionLine] = field(default_factory=list)


def not_used(folder: Path, reason: str = "", most: int = MOST_PLACES) -> dict[tuple[str, str], NotUsed]:
    """By step and reason, the records that are not used, with the first few of each; most frequent first."""
    groups: dict[tuple[str, str], NotUsed] = {}
    for last in chain(unreadable(folder), outcomes(folder)):
        if last.action in LEFT_OUT and reason in ("", last.reason):
            entry = groups.setdefault((last.step, last.reason), NotUsed())
            entry.number += 1
            if len(entry.first) < most:
                entry.first.append(last)
    return dict(sorted(groups.items(), key=lambda item: (-item[1].number, item[0])))


@dataclass(slots=True)
class Differences:
    """What a curation decided otherwise than an earlier one."""

    same: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    """By what happened: `now used`, `no longer used: too_short`, `text differs`, …"""
    first: dict[str, list[DecisionLine]] = field(default_factory=dict)

    @property
    def are_strangers(self) -> bool:
        """Whether there are records in both, and none in both."""
        gone = self.counts["gone"]
        new = sum(number for what, number in self.counts.items() if what.startswith(NEW))
        return bool(gone and new) and gone + new == self.counts.total() and not self.same

    def add(self, what: str, decision: DecisionLine) -> None:
        """Counts one record."""
        self.counts[what] += 1
        examples = self.first.setdefault(what, [])
        if len(examples) < MOST_PLACES:
            examples.append(decision)


def differences(old: Path, new: Path) -> Differences:
    """Records that are new or gone, used now or no longer, or used with another text; 200 bytes of memory a record."""
    before = {last.record_id: (last.action, last.reason, last.after, last.detail) for last in outcomes(old)}
    result = Differences()
    for last in outcomes(new):
        earlier = before.pop(last.record_id, None)
        used = last.action not in LEFT_OUT
        if earlier is None:
            result.add(f"{NEW}, used" if used else f"{NEW}, not used: {last.reason}", last)
            continue
        action, reason, after, detail = earlier
        was_used = action not in LEFT_OUT
        if used and not was_used:
            result.add(f"now used; was left out: {reason}", last)
        elif was_used and not used:
            result.add(f"no longer used: {last.reason}", last)
        elif not used and reason != last.reason:
            result.add(f"left out for another reason: {last.reason} instead of {reason}", last)
        elif used and after != last.after:
            result.add("used with another text", last)
        elif used and detail != last.detail:
            result.add(f"moved from {detail} to {last.detail}", last)
        else:
            result.same += 1
    missing = frozenset(before)
    for last in outcomes(old) if missing else ():
        if last.record_id in missing:
            result.add("gone", last)
    return result


def paragraph_about(folder: Path, contributor: str, name: str) -> str:
    """What became of the rows of a contributor, by keyed id.

    Raises:
        RequestError: no row names them.
    """
    with (folder / CONTRIBUTORS).open(encoding="utf-8") as lines:
        for line in lines:
            if contributor in line and (account := json.loads(line))["contributor"] == contributor:
                return str(account["paragraph"])
    raise RequestError(f"no row names {name!r}. Write the name as it is in the column of contributors")


def masked(folder: Path, private_key: bytes) -> Iterator[MapEntry]:
    """What the placeholders of a curation stand for, shard by shard.

    Raises:
        RequestError: no map was kept, or the key is not a steward's.
        DigestError: the map was changed.
    """
    path = folder / SEALED
    if not path.is_file():
        raise RequestError(
            f"{folder}: no map was kept. It takes data.masking.placeholder_numbers in the recipe, and a steward's "
            "sealing_key in GOVERNANCE.yaml"
        )
    with path.open(encoding="ascii") as lines:
        for line in lines:
            yield from unseal(base64.b64decode(line), private_key)


def sealing_key(path: Path) -> bytes:
    """The 32 bytes of a steward's private key, from the PEM file that `openssl genpkey -algorithm x25519` writes.

    Raises:
        RequestError: the file is not there, or holds no such key.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise RequestError(
            f"{path}: not a private key. Make one: openssl genpkey -algorithm x25519 -out FILE"
        ) from error
    if not isinstance(key, X25519PrivateKey):
        raise RequestError(f"{path}: a key for signing, not for sealing. Make one: openssl genpkey -algorithm x25519")
    return key.private_bytes_raw()


def record_tree(folder: Path, key: bytes) -> RecordTree:
    """The Merkle tree over the records that are used, for receipts."""
    return RecordTree(_leaves(folder), key)


def _leaves(folder: Path) -> Iterator[tuple[str, str]]:
    with (folder / EXAMPLES).open(encoding="utf-8") as lines:
        for line in lines:
            example = json.loads(line)
            yield example["record_id"], sha256_bytes(content_of(example).encode("utf-8", "surrogatepass"))
