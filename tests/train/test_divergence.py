"""Training ends when its numbers are no numbers any more, and not before."""

from types import SimpleNamespace
from typing import Any

import pytest

from commonhold.errors import RequestError
from commonhold.train.divergence import OVERFLOWS, DivergenceCallback

FP32: Any = SimpleNamespace(fp16=False)
FP16: Any = SimpleNamespace(fp16=True)
STATE: Any = SimpleNamespace(global_step=3)


def records_of(step: int) -> list[str]:
    return [f"row {step}-{number}" for number in range(7)]


@pytest.mark.parametrize(
    ("name", "words"), [("loss", "the loss"), ("eval_loss", "the validation loss"), ("grad_norm", "the gradient")]
)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_stops_training(name: str, words: str, value: float) -> None:
    with pytest.raises(RequestError, match=rf"{words} is \S+ at step 3; training has diverged\.") as caught:
        DivergenceCallback().on_log(FP32, STATE, None, {"loss": 1.0, name: value})
    assert "Lower train.learning_rate" in str(caught.value)


@pytest.mark.parametrize("name", ["loss", "grad_norm"])
def test_the_records_of_the_step_are_named(name: str) -> None:
    with pytest.raises(RequestError) as caught:
        DivergenceCallback(records_of).on_log(FP32, STATE, None, {name: float("nan")})
    assert "Step 3 learnt from row 3-0, row 3-1, row 3-2, row 3-3, row 3-4 and 2 others." in str(caught.value)


def test_a_validation_loss_blames_no_records() -> None:
    with pytest.raises(RequestError) as caught:
        DivergenceCallback(records_of).on_log(FP32, STATE, None, {"eval_loss": float("nan")})
    assert "row" not in str(caught.value)


def test_a_large_loss_does_not_stop_training() -> None:
    DivergenceCallback().on_log(FP32, STATE, None, {"loss": 1e30, "grad_norm": 1e30})


def overflow(callback: DivergenceCallback, times: int) -> None:
    for _ in range(times):
        callback.on_log(FP16, STATE, None, {"loss": 1.0, "grad_norm": float("inf")})


def test_gradients_that_overflow_in_half_precision_are_left_to_the_loss_scaler() -> None:
    overflow(DivergenceCallback(), OVERFLOWS)


def test_gradients_that_overflow_however_small_the_scale_stop_training() -> None:
    callback = DivergenceCallback()
    overflow(callback, OVERFLOWS)
    with pytest.raises(RequestError, match="the gradient is inf"):
        overflow(callback, 1)


def test_a_step_that_was_taken_lets_as_many_overflow_again() -> None:
    callback = DivergenceCallback()
    for _ in range(2):
        overflow(callback, OVERFLOWS)
        callback.on_log(FP16, STATE, None, {"loss": 1.0, "grad_norm": 1.0})


def test_a_loss_that_is_no_number_stops_half_precision_too() -> None:
    with pytest.raises(RequestError, match="the loss is nan"):
        DivergenceCallback().on_log(FP16, STATE, None, {"loss": float("nan"), "grad_norm": float("nan")})
