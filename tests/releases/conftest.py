"""The toy community, as the stages' tests have it."""

from tests.stages.conftest import community, finished, fresh

__all__ = ["community", "finished", "fresh"]
