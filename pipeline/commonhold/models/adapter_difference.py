"""How far apart two adapters are in what they do to the weights, not in the numbers of their files."""

import math
from pathlib import Path
from typing import Any, NamedTuple

from commonhold.errors import DigestError
from commonhold.files import read_json
from commonhold.models.adapter import CONFIG_NAME, WEIGHTS_NAME

A, B = ".lora_A.weight", ".lora_B.weight"


class Difference(NamedTuple):
    """Of the changes that two adapters make, over all the layers together."""

    relative: float
    """‖ΔW − ΔW'‖ / ‖ΔW‖, Frobenius; 0 for equal changes, about 1.4 for unrelated ones of one size."""
    cosine: float
    """Of the angle between them; 1 for equal changes."""


def adapter_difference(published: Path, other: Path) -> Difference:
    """Compares the folders of two LoRA adapters of one shape; `published` is what the difference is relative to.

    ΔW = s·B·A is never formed: inner products of two of them are traces of products of rank × rank matrices. The
    lengths that DoRA learns beside A and B are not counted.

    Raises:
        DigestError: their layers or the shapes of these differ, so they are not of one recipe.
    """
    ours, theirs = _changes(published), _changes(other)
    if ours.keys() != theirs.keys() or any(ours[name].shape != theirs[name].shape for name in ours):
        raise DigestError(f"{other}: its layers are not those of {published}; these are adapters of different recipes")
    size = sum(change.inner(change) for change in ours.values())
    other_size = sum(change.inner(change) for change in theirs.values())
    shared = sum(ours[name].inner(theirs[name]) for name in ours)
    if size == 0 or other_size == 0:
        return Difference(0.0 if size == other_size else math.inf, 1.0 if size == other_size else 0.0)
    apart = max(0.0, size + other_size - 2 * shared)
    return Difference(math.sqrt(apart / size), shared / math.sqrt(size * other_size))


class _Change(NamedTuple):
    """s·B·A of one layer."""

    a: Any
    b: Any
    scale: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.b.shape[0], self.a.shape[1]

    def inner(self, other: "_Change") -> float:
        """Sum of the products of the entries: tr((Bᵀ B')(A' Aᵀ))."""
        product = (self.b.T @ other.b) * (self.a @ other.a.T)
        return float(product.sum()) * self.scale * other.scale


def _changes(folder: Path) -> dict[str, _Change]:
    from safetensors import safe_open

    config = read_json(folder / CONFIG_NAME)
    rank, alpha = config["r"], config["lora_alpha"]
    scale = alpha / math.sqrt(rank) if config.get("use_rslora") else alpha / rank
    with safe_open(folder / WEIGHTS_NAME, framework="pt") as file:
        names = [name.removesuffix(A) for name in file.keys() if name.endswith(A)]  # noqa: SIM118 - no dict
        return {
            name: _Change(file.get_tensor(name + A).double(), file.get_tensor(name + B).double(), scale)
            for name in names
        }
