"""Fingerprints of the adapter on the way, so that the first part of a training can be repeated and compared."""

from collections.abc import Mapping
from typing import Any

from transformers import TrainerCallback

from commonhold.models.adapter import digest_of_tensors
from commonhold.train.distributed import rank

NAME = "adapter_digest"
"""What the fingerprint is called in a line of the log."""


def digest_steps(steps: int) -> frozenset[int]:
    """1, 2, 5, 10, 20, 50 and so on, and the last step; few, for each reads the whole adapter."""
    chosen = {steps}
    decade = 1
    while decade <= steps:
        chosen |= {decade * factor for factor in (1, 2, 5) if decade * factor <= steps}
        decade *= 10
    return frozenset(chosen)


class StepDigestCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """Adds to the log's line of a chosen step what `tensor_digest` says of an adapter saved there."""

    def __init__(self, steps: frozenset[int]) -> None:
        self._steps = steps

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, float], **more: Any) -> None:
        """The line is in the history already, and goes into the next checkpoint with it."""
        if "loss" in logs and state.global_step in self._steps and rank() == 0:
            state.log_history[-1][NAME] = digest_of_tensors(_adapter_tensors(more["model"]))


def _adapter_tensors(model: Any) -> Mapping[str, Any]:
    """The trained tensors on the CPU, named as in the adapter's file."""
    from peft import get_peft_model_state_dict

    inner = getattr(model, "module", model)  # behind the wrapper of several processes
    tensors = get_peft_model_state_dict(inner, save_embedding_layers=False)
    return {name: tensor.detach().cpu() for name, tensor in tensors.items()}


class EndCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """Ends training after a step, with the schedule of the whole."""

    def __init__(self, step: int) -> None:
        self._step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The step is still logged and saved."""
        control.should_training_stop = state.global_step >= self._step
