"""What training logs as it goes."""

from collections.abc import Iterable
from dataclasses import dataclass

from commonhold.strict_json import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class LoggedStep:
    """One step of the optimiser."""

    step: int
    """From 1."""
    loss: float | None
    """Nats a labelled token; of `dpo` and `kto`, the mean over pairs or rated replies. None where it overflowed."""
    grad_norm: float | None = None
    """Length of the gradient; None where it overflowed."""
    learning_rate: float | None = None
    """Of this step."""
    adapter_digest: str = ""
    """Digest of the adapter's tensors after it; empty where none was taken."""


def logged_steps(lines: Iterable[JsonObject]) -> tuple[LoggedStep, ...]:
    """The steps among the lines of a training's log, in order; other lines tell of evaluations."""
    return tuple(
        LoggedStep(
            int(_number(line["step"]) or 0),
            _number(line["loss"]),
            _number(line.get("grad_norm")),
            _number(line.get("learning_rate")),
            str(line.get("adapter_digest") or ""),
        )
        for line in lines
        if "loss" in line
    )


def _number(value: JsonValue) -> float | None:
    return value if isinstance(value, int | float) else None
