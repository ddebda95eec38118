"""Environment variables that must be set before a heavy library loads: no telemetry, no downloads, equal sums."""

import logging
import os

SILENT = {
    "DO_NOT_TRACK": "true",  # MLflow compares with the word "true", not with "1"
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TQDM_DISABLE": "1",  # our own progress lines instead
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "WANDB_DISABLED": "true",
}
NOISY_LOGGERS = ("bitsandbytes.backends.cpu.ops",)
"""Loggers whose warnings give advice that we do not follow: to install `kernels`, which downloads code."""
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


def prepare(offline: bool = True) -> None:
    """Sets the variables for this process and its children, and quiets loggers; call it before heavy imports.

    MKL reads its variable once, at its first matrix product: without it, sums are split by the number of threads, and
    one thread and two give other bits.
    """
    os.environ.update(SILENT)
    if offline:
        os.environ.update(OFFLINE)
    os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")
    hush()


def hush() -> None:
    """Keeps loggers quiet whose advice we do not follow; for code that is called without `prepare`, too."""
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
