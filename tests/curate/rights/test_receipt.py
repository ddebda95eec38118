import ast
import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from commonhold.curate.rights import receipt as receipt_file
from commonhold.curate.rights.merkle import RecordTree
from commonhold.curate.rights.receipt import WrongReceipt, check, leaf_hash, levels, node_hash, root_of
from commonhold.digests import sha256_bytes
from commonhold.errors import RequestError

KEY = b"k" * 32
SCRIPT = Path(receipt_file.__file__)


def identifier(number: int) -> str:
    return f"{number:032x}"


def tree(size: int, key: bytes = KEY) -> RecordTree:
    """Records 10, 20, … so that there is room before, between and after."""
    return RecordTree([(identifier(10 * n), sha256_bytes(f"text {n}".encode())) for n in range(1, size + 1)], key)


def holds(receipt: Any, root: str) -> bool:
    try:
        check(receipt, root)
    except WrongReceipt:
        return False
    return True


# Tops of the trees over the first leaves of this list, from the test vectors of Certificate Transparency (RFC 6962).
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_TOPS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_tree_is_that_of_certificate_transparency(size: int) -> None:
    leaves = [bytes.fromhex(sha256_bytes(b"\x00" + bytes.fromhex(leaf))) for leaf in CT_LEAVES[:size]]
    assert levels(leaves)[-1][0].hex() == CT_TOPS[size - 1]


def test_a_leaf_is_never_a_node() -> None:
    leaf = leaf_hash("0" * 32, "1" * 64)
    assert leaf.hex() == sha256_bytes(bytes.fromhex("00" + "0" * 32 + "1" * 64))
    assert node_hash(leaf, leaf).hex() == sha256_bytes(b"\x01" + leaf + leaf)


@pytest.mark.parametrize("size", range(1, 18))
def test_every_record_proves_that_it_is_there_and_every_gap_that_nothing_is(size: int) -> None:
    whole = tree(size)
    for n in range(1, size + 1):
        assert holds(whole.inclusion_receipt(identifier(10 * n)), whole.root)
    for n in range(size + 1):
        assert holds(whole.absence_receipt(identifier(10 * n + 5)), whole.root)


def test_in_a_version_without_records_everything_is_absent() -> None:
    empty = tree(0)
    assert holds(empty.absence_receipt(identifier(1)), empty.root)
    assert not holds(empty.absence_receipt(identifier(1)), tree(1).root)


def test_a_removed_record_has_a_receipt_of_each_kind() -> None:
    before, gone = tree(9), identifier(40)
    after = RecordTree([(i, sha256_bytes(b"x")) for i, _ in before.leaves if i != gone], KEY)
    assert (
        check(before.inclusion_receipt(gone), before.root) == f"record {gone} is one of the 9 records of this version"
    )
    assert (
        check(after.absence_receipt(gone), after.root) == f"record {gone} is not one of the 8 records of this version"
    )
    assert not holds(before.inclusion_receipt(gone), after.root)
    assert not holds(after.absence_receipt(gone), before.root)


def test_the_wrong_kind_of_receipt_is_not_made() -> None:
    with pytest.raises(RequestError, match="is not in this version"):
        tree(3).inclusion_receipt(identifier(11))
    with pytest.raises(RequestError, match="is in this version"):
        tree(3).absence_receipt(identifier(10))
    with pytest.raises(ValueError, match="32 hexadecimal"):
        tree(3).absence_receipt("Ana")


def test_records_are_taken_once_and_with_keyed_ids() -> None:
    one = (identifier(1), sha256_bytes(b"x"))
    with pytest.raises(ValueError, match="two records have the id"):
        RecordTree([one, one], KEY)
    for wrong in (("Ana", one[1]), (one[0], "text"), (one[0].replace("0", "A"), one[1])):
        with pytest.raises(ValueError, match="a leaf is a keyed id"):
            RecordTree([wrong], KEY)


def test_the_order_of_records_does_not_matter() -> None:
    records = [(identifier(n), sha256_bytes(bytes([n]))) for n in range(9)]
    assert RecordTree(records, KEY).root == RecordTree(records[::-1], KEY).root


def test_equal_texts_have_unequal_commitments_and_another_key_another_root() -> None:
    records = [(identifier(n), sha256_bytes(b"yes")) for n in range(5)]
    hidden = {commitment for _, commitment in RecordTree(records, KEY).leaves}
    assert len(hidden) == 5
    assert RecordTree(records, b"another").root != RecordTree(records, KEY).root


def test_what_others_are_told_has_neither_content_nor_salt() -> None:
    whole = tree(5)
    receipts = [whole.inclusion_receipt(identifier(10 * n)) for n in range(1, 6)]
    secret = [str(receipt[name]) for receipt in receipts for name in ("salt", "content")]
    told = json.dumps(
        [whole.absence_receipt(identifier(25)), whole.inclusion_receipt(identifier(30))["path"], whole.leaves]
    )
    assert len(set(secret)) == 10
    assert [part for part in secret if part in told] == []


def test_the_whole_list_of_leaves_gives_the_root_and_disorder_is_seen() -> None:
    whole = tree(6)
    assert root_of(whole.leaves) == whole.root
    assert root_of([]) == tree(0).root
    with pytest.raises(WrongReceipt, match="not in order"):
        root_of([whole.leaves[1], whole.leaves[0]])
    with pytest.raises(WrongReceipt, match="not in order"):
        root_of([whole.leaves[0], whole.leaves[0]])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, inner ones too."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    value = copy.copy(value)
    value[path[0]] = changed(value[path[0]], path[1:], new)
    return value


def at(value: Any, path: tuple[Any, ...]) -> Any:
    return at(value[path[0]], path[1:]) if path else value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 40) | st.floats(allow_nan=False) | st.text("0123abcdefG", max_size=64),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["record_id", "path", "x"]), inner),
    max_leaves=4,
)


@given(st.integers(1, 12), st.integers(0, 130), st.data())
def test_a_receipt_with_any_part_changed_does_not_hold(size: int, number: int, data: st.DataObject) -> None:
    whole, record_id = tree(size), identifier(number)
    included = number % 10 == 0 and 1 <= number // 10 <= size
    receipt = whole.inclusion_receipt(record_id) if included else whole.absence_receipt(record_id)
    place = data.draw(st.sampled_from(places(receipt)))
    old = at(receipt, place)
    others = [at(receipt, other) for other in places(receipt)]
    digit = [old[:-1] + ("0" if old[-1] != "0" else "1"), old.upper()] if isinstance(old, str) and old else []
    nudged = [old + 1, old - 1, float(old)] if type(old) is int else []
    new = data.draw(st.sampled_from([*others, *digit, *nudged]) | JSON)
    assume(json.dumps(new) != json.dumps(old))
    forged = changed(receipt, place, new)
    if place == ("record_id",) and not included and holds(forged, whole.root):
        # The same two neighbours prove that nothing else stands between them: true, and no forgery.
        assert forged["record_id"] not in dict(whole.leaves)
    else:
        assert not holds(forged, whole.root)


@given(st.integers(1, 12), st.integers(1, 120), st.sampled_from(["drop", "add", "swap"]), st.data())
def test_a_path_cannot_be_cut_lengthened_or_turned(size: int, number: int, how: str, data: st.DataObject) -> None:
    whole = tree(size)
    receipt: Any = whole.inclusion_receipt(identifier(10 * (1 + number % size)))
    path = receipt["path"]
    if how == "add":
        path = [*path[: (cut := data.draw(st.integers(0, len(path))))], "a" * 64, *path[cut:]]
    else:
        assume(len(path) > 1)
        path = path[1:] if how == "drop" else path[::-1]
    assert not holds({**receipt, "path": path}, whole.root)


def test_the_number_of_records_cannot_be_misstated() -> None:
    whole = tree(3)
    last: Any = whole.inclusion_receipt(identifier(30))
    assert (last["index"], last["size"], len(last["path"])) == (2, 3, 1)
    # In a tree of two leaves, the second has a path of one hash as well, and the tops would be equal.
    assert not holds({**last, "index": 1, "size": 2}, whole.root)


def test_a_version_without_records_has_no_other_size() -> None:
    empty = tree(0)
    assert not holds({**empty.absence_receipt(identifier(1)), "size": 3}, empty.root)


@pytest.mark.parametrize("index", [3, -1, True, 1.0, "1", None])
def test_a_place_outside_the_tree_or_written_in_another_way_is_none(index: object) -> None:
    whole = tree(2)
    second = whole.inclusion_receipt(identifier(20))
    assert second["index"] == 1
    assert not holds({**second, "index": index}, whole.root)


@pytest.mark.parametrize(
    "change", [{"record_id": f"{identifier(20)}\n"}, {"salt": " " + "0" * 64}, {"note": "also for Ana"}]
)
def test_a_receipt_has_nothing_beside_what_is_proven(change: dict[str, str]) -> None:
    whole = tree(2)
    assert not holds({**whole.inclusion_receipt(identifier(20)), **change}, whole.root)


@settings(max_examples=300)
@given(st.integers(1, 10), st.data())
def test_no_absence_can_be_put_together_for_a_record_that_is_there(size: int, data: st.DataObject) -> None:
    """A forger has every leaf with its true path, and may claim any place, size and neighbour."""
    whole = tree(size)
    leaves = []
    for n in range(1, size + 1):
        record: Any = whole.inclusion_receipt(identifier(10 * n))
        hidden = dict(whole.leaves)[record["record_id"]]
        leaves.append({"record_id": record["record_id"], "commitment": hidden, "index": n - 1, "path": record["path"]})

    def neighbour() -> Any:
        leaf = data.draw(st.none() | st.sampled_from(leaves))
        if leaf is None:
            return None
        forged = dict(leaf)
        if data.draw(st.booleans()):
            forged["index"] = data.draw(st.integers(0, size))
        if data.draw(st.booleans()):
            forged["path"] = data.draw(st.sampled_from(leaves))["path"]
        if data.draw(st.booleans()):
            forged["record_id"] = data.draw(st.sampled_from(leaves))["record_id"]
        return forged

    there = identifier(10 * data.draw(st.integers(1, size)))
    claimed = data.draw(st.just(size) | st.integers(0, 2 * size))
    receipt = {
        "receipt": "commonhold-absence/1",
        "record_id": there,
        "size": claimed,
        "before": neighbour(),
        "after": neighbour(),
    }
    assert not holds(receipt, whole.root)


@given(st.integers(2, 10), st.data())
def test_neighbours_that_do_not_stand_side_by_side_prove_nothing(size: int, data: st.DataObject) -> None:
    whole = tree(size)
    first = data.draw(st.integers(1, size - 1))
    left = whole.absence_receipt(identifier(10 * first + 5))["before"]
    right = whole.absence_receipt(identifier(10 * size + 5))["before"]
    assume(first + 1 < size)
    wide = {"receipt": "commonhold-absence/1", "record_id": identifier(10 * first + 5), "size": size}
    assert not holds({**wide, "before": left, "after": right}, whole.root)


@given(JSON)
def test_nothing_that_json_can_say_breaks_the_check(value: Any) -> None:
    assert not holds(value, "a" * 64)
    assert not holds(
        {"receipt": "commonhold-absence/1", "record_id": value, "size": 0, "before": None, "after": value}, "a" * 64
    )


@pytest.mark.parametrize("root", ["", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_a_root_is_64_small_hexadecimal_digits(root: str) -> None:
    assert not holds(tree(1).inclusion_receipt(identifier(10)), root)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """As a contributor does: the file alone, without this package and without what is installed."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), *arguments], capture_output=True, text=True, check=False
    )


def test_the_file_alone_checks_a_receipt(tmp_path: Path) -> None:
    whole, path = tree(5), tmp_path / "receipt.json"
    path.write_text(json.dumps(whole.inclusion_receipt(identifier(30))), encoding="utf-8")
    good, bad = run(str(path), whole.root), run(str(path), tree(4).root)
    assert (good.returncode, good.stdout) == (
        0,
        f"It holds: record {identifier(30)} is one of the 5 records of this version.\n",
    )
    assert (bad.returncode, bad.stderr) == (4, "It does not hold: the receipt does not lead to this root.\n")


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, '{"receipt": 1, "receipt": 2}', "\ud83d".encode("utf-8", "surrogatepass")]
)
def test_a_file_that_is_no_receipt_does_not_hold_and_shows_no_traceback(tmp_path: Path, text: str | bytes) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    ran = run(str(path), "a" * 64)
    assert ran.returncode == 4
    assert ran.stderr.startswith("It does not hold: ")


def test_a_receipt_that_says_two_things_does_not_hold(tmp_path: Path) -> None:
    whole, path = tree(2), tmp_path / "receipt.json"
    text = json.dumps(whole.inclusion_receipt(identifier(20)))
    path.write_text(text.replace("{", f'{{"record_id": "{identifier(30)}", ', 1), encoding="utf-8")
    ran = run(str(path), whole.root)
    assert (ran.returncode, ran.stderr) == (4, "It does not hold: a key appears twice.\n")


def test_how_the_file_is_used_is_told(tmp_path: Path) -> None:
    assert (run().returncode, run().stderr) == (2, "Use: python receipt.py RECEIPT ROOT\n")
    assert run(str(tmp_path / "none.json"), "a" * 64).returncode == 2


def test_the_file_needs_the_standard_library_only() -> None:
    lines = [line for line in SCRIPT.read_text(encoding="utf-8").splitlines() if line.startswith(("import ", "from "))]
    assert lines == [
        "from __future__ import annotations",
        *(f"import {name}" for name in ("hashlib", "json", "re", "sys")),
        "from typing import Any",
    ]


def test_the_file_reads_on_python_3_8() -> None:
    assert ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8)).body
