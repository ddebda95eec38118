"""Which weights a model is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BaseWeights:
    """A base model on this machine, every file of it known by digest."""

    id: str
    """Its name in the catalog."""
    revision: str
    licence: str
    """SPDX identifier, or the catalog's word for a licence that has none."""
    path: Path
    """Folder with config.json, safetensors and tokenizer files."""
    files: Mapping[str, str]
    """SHA-256 by file name."""
    digest: str
    """Digest over `files`."""
