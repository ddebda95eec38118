"""Turn a community's data into a small language model that anyone can audit, repeat and contest."""

__version__ = "0.1.0"
