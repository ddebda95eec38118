"""Libraries keep their advice to themselves, in commands and where our code is called by others."""

import logging
from collections.abc import Callable

import pytest

from commonhold import environment
from commonhold.models.load import quiet_loading


@pytest.fixture(autouse=True)
def _own_levels() -> None:
    for name in environment.NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_the_logger_is_the_one_that_gives_advice() -> None:
    from bitsandbytes.backends.cpu import ops

    assert ops.logger.name in environment.NOISY_LOGGERS


def load_something() -> None:
    with quiet_loading():
        pass


@pytest.mark.parametrize("quiet", [environment.prepare, load_something])
def test_advice_is_not_printed_and_errors_are(quiet: Callable[[], None], caplog: pytest.LogCaptureFixture) -> None:
    (name,) = environment.NOISY_LOGGERS
    logging.getLogger(name).warning("Please pip install kernels")
    assert len(caplog.records) == 1
    quiet()
    logging.getLogger(name).warning("Please pip install kernels")
    logging.getLogger(name).error("It does not work")
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
