"""One root seed, and from it a seed of its own for everything that draws."""

import hashlib
from collections.abc import Iterable, Iterator


def named_seed(root: int, name: str) -> int:
    """A seed in [0, 2**31) for the purpose `name`; other names give unrelated seeds."""
    digest = hashlib.sha256(f"{root}/{name}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def order_key(root: int, name: str, item_id: str) -> bytes:
    """Where an item is in a shuffled order: sort by it. Removing one item moves no other past another."""
    return next(order_keys(root, name, [item_id.encode()]))


def order_keys(root: int, name: str, item_ids: Iterable[bytes]) -> Iterator[bytes]:
    """The same of many items, whose ids are in UTF-8."""
    prefix = hashlib.sha256(f"{root}/{name}/".encode())
    for item_id in item_ids:
        hashed = prefix.copy()
        hashed.update(item_id)
        yield hashed.digest()
