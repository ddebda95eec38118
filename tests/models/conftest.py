"""The toy base, its tokenizer and its adapter, made once; the model loaded anew where a test may change it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.toys import CPU, make_adapter, make_base

from commonhold.models.adapter import attach
from commonhold.models.load import load_model, load_tokenizer
from commonhold.records.weights import BaseWeights


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseWeights:
    """The toy model as a base on disk."""
    return make_base(tmp_path_factory.mktemp("bases") / "toy")


@pytest.fixture(scope="session")
def tokenizer(base: BaseWeights) -> Any:
    """The toy's tokenizer, read back from disk."""
    return load_tokenizer(base.path)


@pytest.fixture(scope="session")
def adapter(base: BaseWeights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter that changes the toy's answers."""
    return make_adapter(base, tmp_path_factory.mktemp("adapter"))


@pytest.fixture(scope="session")
def model(base: BaseWeights) -> Any:
    """The toy in fp32, for tests that only ask it."""
    return load_model(base.path, "none", CPU)


@pytest.fixture(scope="session")
def tuned(base: BaseWeights, adapter: Path) -> Any:
    """The toy in fp32 with its adapter, for tests that only ask it."""
    return attach(load_model(base.path, "none", CPU), adapter)


@pytest.fixture
def fresh_model(base: BaseWeights) -> Callable[[], Any]:
    """Loads the toy in fp32 for a test that changes it."""
    return lambda: load_model(base.path, "none", CPU)
