"""Checks a receipt of inclusion or absence: `python receipt.py RECEIPT ROOT`.

Needs Python 3.8 and nothing else, so that a contributor can check a receipt on any computer, without this package and
without the data. RECEIPT is the JSON file that was handed out; ROOT is the published root of a dataset version, 64
hexadecimal digits. A record that was removed has a receipt of inclusion for the old root, of absence for the new.

How it works. The records of a version are sorted by their ids and hashed into a Merkle tree as in RFC 9162 (and RFC
6962), with other first bytes for leaves (00) than for nodes (01). A leaf hides its text behind a salt that only the
record's own receipt tells. The root is the hash of byte 02, the number of leaves and the tree's top, so that nobody can
claim another size. A record is included when its leaf and the hashes beside its way up give the root. It is absent when
two leaves that stand side by side, proven in the same way, have ids before and after its own.

What a receipt does not prove: that whoever published the root had sorted the leaves. Whoever is given the list of
leaves (ids and hashes, no text) can check that with `root_of`. An absence is one of an id: that the same words are not
there under another id is what `commonhold curate receipt --absent` looks for before it gives one.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from typing import Any

INCLUSION = "commonhold-inclusion/1"
ABSENCE = "commonhold-absence/1"
ID = re.compile(r"[0-9a-f]{32}")
HASH = re.compile(r"[0-9a-f]{64}")
MAX_LEAVES = 1 << 40
MAX_BYTES = 1 << 20


class WrongReceipt(Exception):  # noqa: N818 - the receipt is wrong, not the program
    """The receipt does not prove what it says; the text tells why."""


def check(receipt: Any, root: str) -> str:
    """What a receipt, as read from JSON, proves against a root: a sentence.

    Raises:
        WrongReceipt: it proves nothing.
    """
    _demand(isinstance(root, str) and HASH.fullmatch(root), "the root is not 64 hexadecimal digits")
    _demand(isinstance(receipt, dict), "the receipt is not a JSON object")
    if receipt.get("receipt") == INCLUSION:
        return _check_inclusion(receipt, root)
    _demand(receipt.get("receipt") == ABSENCE, "the receipt is of a kind that this program does not know")
    return _check_absence(receipt, root)


def _check_inclusion(receipt: dict[str, Any], root: str) -> str:
    _keys(receipt, {"receipt", "record_id", "content", "salt", "index", "size", "path"})
    _shape(receipt["content"], HASH, "content")
    _shape(receipt["salt"], HASH, "salt")
    size = _size(receipt)
    hidden = commitment(receipt["salt"], receipt["content"])
    top = _proven(receipt, hidden, size)
    _demand(root_hash(size, top) == root, "the receipt does not lead to this root")
    return f"record {receipt['record_id']} is one of the {size} records of this version"


def _check_absence(receipt: dict[str, Any], root: str) -> str:
    _keys(receipt, {"receipt", "record_id", "size", "before", "after"})
    _shape(receipt["record_id"], ID, "record_id")
    size = _size(receipt)
    before, after = (_neighbour(receipt, side, size, root) for side in ("before", "after"))
    if before is None and after is None:
        _demand(size == 0 and root_hash(0, empty_top()) == root, "a neighbour is missing")
    elif before is None:
        _demand(after == 0, "there are records before the one that should be the first")
    elif after is None:
        _demand(before == size - 1, "there are records after the one that should be the last")
    else:
        _demand(after == before + 1, "the two neighbours are not neighbours")
    return f"record {receipt['record_id']} is not one of the {size} records of this version"


def _neighbour(receipt: dict[str, Any], side: str, size: int, root: str) -> int | None:
    """Place of a neighbour that is proven to stand in the tree, on the right side of the record."""
    leaf = receipt[side]
    if leaf is None:
        return None
    _demand(isinstance(leaf, dict), f"the neighbour {side} is not a JSON object")
    _keys(leaf, {"record_id", "commitment", "index", "path"})
    _shape(leaf["commitment"], HASH, "commitment")
    top = _proven(leaf, leaf["commitment"], size)
    _demand(root_hash(size, top) == root, f"the neighbour {side} does not lead to this root")
    first, second = (leaf, receipt) if side == "before" else (receipt, leaf)
    _demand(first["record_id"] < second["record_id"], f"the neighbour {side} has its id on the other side")
    index: int = leaf["index"]
    return index


def _proven(leaf: dict[str, Any], hidden: str, size: int) -> bytes:
    """The tree's top that a leaf and its path lead to."""
    _shape(leaf["record_id"], ID, "record_id")
    index, path = leaf["index"], leaf["path"]
    _demand(type(index) is int and 0 <= index < size, "the index is outside the tree")
    _demand(isinstance(path, list) and len(path) <= MAX_LEAVES.bit_length(), "the path is not a list of hashes")
    for beside in path:
        _shape(beside, HASH, "path")
    node, last, left = leaf_hash(leaf["record_id"], hidden), size - 1, [bytes.fromhex(beside) for beside in path]
    while last > 0:
        if index % 2 == 1 or index < last:  # otherwise the node has nothing beside it and goes up as it is
            _demand(left, "the path is too short")
            beside = left.pop(0)
            node = node_hash(beside, node) if index % 2 == 1 else node_hash(node, beside)
        index, last = index // 2, last // 2
    _demand(not left, "the path is too long")
    return node


def commitment(salt: str, content: str) -> str:
    """Hash that stands for a text and tells nothing about it without the salt; hexadecimal, as its arguments."""
    return hidden_bytes(bytes.fromhex(salt), bytes.fromhex(content)).hex()


def leaf_hash(record_id: str, hidden: str) -> bytes:
    """The hash of a leaf: a record's id and its commitment."""
    return leaf_bytes(bytes.fromhex(record_id), bytes.fromhex(hidden))


def hidden_bytes(salt: bytes, content: bytes) -> bytes:
    """The commitment, of bytes."""
    return hashlib.sha256(salt + content).digest()


def leaf_bytes(record_id: bytes, hidden: bytes) -> bytes:
    """The hash of a leaf, of bytes."""
    return hashlib.sha256(b"\x00" + record_id + hidden).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node with two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def empty_top() -> bytes:
    """The top of a tree without leaves."""
    return hashlib.sha256(b"").digest()


def root_hash(size: int, top: bytes) -> str:
    """What is published: the number of leaves and the tree's top, in one hexadecimal hash."""
    return hashlib.sha256(b"\x02" + size.to_bytes(8, "big") + top).hexdigest()


def levels(leaves: list[bytes]) -> list[list[bytes]]:
    """Every level of the tree above the hashes of leaves, which come first; the last level is the top alone."""
    tree = [leaves]
    while len(tree[-1]) > 1:
        below = tree[-1]
        above = [node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
        tree.append(above + below[len(below) - len(below) % 2 :])
    return tree


def root_of(leaves: list[tuple[str, str]]) -> str:
    """The root of a whole list of leaves: ids and commitments.

    Raises:
        WrongReceipt: the ids are not in order, or one appears twice; an absence in such a tree proves nothing.
    """
    for record_id, hidden in leaves:
        _shape(record_id, ID, "record_id")
        _shape(hidden, HASH, "commitment")
    for index in range(1, len(leaves)):
        _demand(leaves[index - 1][0] < leaves[index][0], f"the leaves are not in order at {leaves[index][0]}")
    hashes = [leaf_hash(record_id, hidden) for record_id, hidden in leaves]
    return root_hash(len(leaves), levels(hashes)[-1][0] if hashes else empty_top())


def _size(receipt: dict[str, Any]) -> int:
    size = receipt["size"]
    _demand(type(size) is int and 0 <= size <= MAX_LEAVES, "the size is not a number of records")
    return int(size)


def _keys(value: dict[str, Any], names: set[str]) -> None:
    _demand(set(value) == names, "the receipt has not the keys that it should have: " + ", ".join(sorted(names)))


def _shape(value: Any, pattern: re.Pattern[str], name: str) -> None:
    _demand(isinstance(value, str) and pattern.fullmatch(value), f"{name} is not written in hexadecimal digits")


def _demand(holds: object, otherwise: str) -> None:
    if not holds:
        raise WrongReceipt(otherwise)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _demand(len(dict(pairs)) == len(pairs), "a key appears twice")
    return dict(pairs)


def main(arguments: list[str]) -> int:
    """Exit code: 0 when the receipt holds, 4 when it does not, 2 when it was asked wrongly."""
    if len(arguments) != 2:
        sys.stderr.write("Use: python receipt.py RECEIPT ROOT\n")
        return 2
    try:
        with open(arguments[0], "rb") as stream:  # noqa: PTH123 - nothing is imported that is not needed
            text = stream.read(MAX_BYTES)
        sys.stdout.write(f"It holds: {check(json.loads(text, object_pairs_hook=_once), arguments[1])}.\n")
    except OSError as error:
        sys.stderr.write(f"{arguments[0]}: cannot be read ({error.strerror})\n")
        return 2
    except (WrongReceipt, ValueError, RecursionError) as error:
        sys.stderr.write(f"It does not hold: {error}.\n")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
