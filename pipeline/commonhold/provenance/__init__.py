"""Remembers what happened: the run on disk first, then MLflow, which can be rebuilt from the disk at any time."""
