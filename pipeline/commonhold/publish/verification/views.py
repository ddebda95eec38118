"""Which files of a bundle are made from the record alone, so that the record cannot name them."""

MADE_FROM_RECORD = frozenset({"README.md"})
