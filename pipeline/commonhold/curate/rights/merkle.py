"""The tree over a dataset version whose root is published, and each contributor's receipts from it.

The receipts are checked by `receipt.py`, which stands alone and says how it all works.
"""

import bisect
from collections.abc import Iterable

from commonhold.curate.rights.receipt import (
    ABSENCE,
    HASH,
    ID,
    INCLUSION,
    empty_top,
    hidden_bytes,
    leaf_bytes,
    levels,
    root_hash,
)
from commonhold.errors import RequestError
from commonhold.keyed_ids import keyed_hash
from commonhold.strict_json import JsonObject

SALT = b"commonhold-receipt-salt/1\0"


class RecordTree:
    """A salted Merkle tree over the ids and content digests of the records of one dataset version."""

    def __init__(self, records: Iterable[tuple[str, str]], key: bytes) -> None:
        """Sorts and hashes the records: keyed ids (32 hexadecimal digits) and SHA-256 of the contents (64 digits).

        `key` is the workspace's; each record's salt is its HMAC (RFC 2104) of the id. About 230 bytes a record.

        Raises:
            ValueError: an id or a digest is written wrongly, or two records have the same id.
        """
        self._contents: dict[str, str] = {}
        for record_id, content in records:
            if not ID.fullmatch(record_id) or not HASH.fullmatch(content):
                raise ValueError("a leaf is a keyed id of 32 and a digest of 64 hexadecimal digits")
            if record_id in self._contents:
                raise ValueError(f"two records have the id {record_id}")
            self._contents[record_id] = content
        self._key = key
        self._ids = sorted(self._contents)
        self._levels = levels([leaf_bytes(bytes.fromhex(each), self._hidden(each)) for each in self._ids])

    def __contains__(self, record_id: str) -> bool:
        """Whether a record is in this version."""
        return record_id in self._contents

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(self._ids)

    @property
    def root(self) -> str:
        """What is published: 64 hexadecimal digits that stand for the whole version and tell nothing about it."""
        return root_hash(self.size, self._levels[-1][0] if self._ids else empty_top())

    @property
    def leaves(self) -> list[tuple[str, str]]:
        """Ids and commitments in order, for whoever wants to check the whole tree with `receipt.root_of`."""
        return [(record_id, self._hidden(record_id).hex()) for record_id in self._ids]

    def ids_with(self, content: str) -> list[str]:
        """The records that say something, by its SHA-256."""
        return [record_id for record_id, said in self._contents.items() if said == content]

    def gave(self, receipt: JsonObject) -> bool:
        """Whether it is a receipt of inclusion with a salt that only this workspace's key makes, of any version."""
        record_id, content = receipt.get("record_id"), receipt.get("content")
        return (
            receipt.get("receipt") == INCLUSION
            and isinstance(record_id, str)
            and ID.fullmatch(record_id) is not None
            and isinstance(content, str)
            and HASH.fullmatch(content) is not None
            and receipt.get("salt") == self._salt(record_id).hex()
        )

    def inclusion_receipt(self, record_id: str) -> JsonObject:
        """Proof, as JSON, that a record is in this version; for its contributor only, as it tells the salt.

        Raises:
            RequestError: it is not.
        """
        if record_id not in self._contents:
            raise RequestError(f"record {record_id} is not in this version. Ask for its receipt of absence")
        index = self._position(record_id)
        return {
            "receipt": INCLUSION,
            "record_id": record_id,
            "content": self._contents[record_id],
            "salt": self._salt(record_id).hex(),
            "index": index,
            "size": self.size,
            "path": self._path(index),
        }

    def absence_receipt(self, record_id: str) -> JsonObject:
        """Proof, as JSON, that a record is not in this version; names the keyed ids of the two beside its position.

        Raises:
            RequestError: it is in the version.
            ValueError: the id is written wrongly.
        """
        if not ID.fullmatch(record_id):
            raise ValueError("a record's id is 32 hexadecimal digits")
        if record_id in self._contents:
            raise RequestError(f"record {record_id} is in this version. Ask for its receipt of inclusion")
        position = self._position(record_id)
        return {
            "receipt": ABSENCE,
            "record_id": record_id,
            "size": self.size,
            "before": self._leaf(position - 1) if position else None,
            "after": self._leaf(position) if position < self.size else None,
        }

    def _position(self, record_id: str) -> int:
        return bisect.bisect_left(self._ids, record_id)

    def _leaf(self, index: int) -> JsonObject:
        record_id = self._ids[index]
        return {
            "record_id": record_id,
            "commitment": self._hidden(record_id).hex(),
            "index": index,
            "path": self._path(index),
        }

    def _path(self, index: int) -> list[str]:
        path = []
        for level in self._levels[:-1]:
            if (beside := index ^ 1) < len(level):
                path.append(level[beside].hex())
            index //= 2
        return path

    def _salt(self, record_id: str) -> bytes:
        return keyed_hash(self._key, SALT + bytes.fromhex(record_id))

    def _hidden(self, record_id: str) -> bytes:
        return hidden_bytes(self._salt(record_id), bytes.fromhex(self._contents[record_id]))
