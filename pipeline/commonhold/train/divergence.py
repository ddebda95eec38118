"""An end to training whose numbers are no numbers any more."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from transformers import TrainerCallback

from commonhold.errors import DivergedError
from commonhold.number_format import count, listed

OVERFLOWS = 20
"""Steps in a row that fp16 may skip: the loss scale falls from 65,536 to below 1 in so many."""
SHOWN = 5


class DivergenceCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """Stops before the step is evaluated or saved, so every checkpoint holds numbers."""

    def __init__(self, records_of: Callable[[int], Sequence[str]] = lambda _step: ()) -> None:
        self._records_of = records_of
        self._overflows = 0

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, float], **_: Any) -> None:
        """Looks at loss, validation loss and gradient.

        A gradient that overflows in fp16 is left out by the loss scaler, which then takes a smaller scale.

        Raises:
            DivergedError: one of them is NaN or infinite.
        """
        for name, words in (("loss", "the loss"), ("eval_loss", "the validation loss"), ("grad_norm", "the gradient")):
            if not math.isfinite(logs.get(name, 0.0)):
                if name == "grad_norm" and args.fp16 and self._overflows < OVERFLOWS:
                    self._overflows += 1
                    return
                raise DivergedError(self._message(words, logs[name], state.global_step, name != "eval_loss"))
        if "loss" in logs:
            self._overflows = 0

    def _message(self, words: str, value: float, step: int, training: bool) -> str:
        records = self._records_of(step) if training else ()
        shown = [*records[:SHOWN], *([count(len(records) - SHOWN, "other")] if len(records) > SHOWN else [])]
        learnt = f" Step {step} learnt from {listed(shown)}." if shown else ""
        return (
            f"train: {words} is {value} at step {step}; training has diverged.{learnt} Lower train.learning_rate (a "
            "tenth of it is a good try) or raise train.warmup_ratio. The checkpoints before that stay as they are"
        )
