"""A bf16 training keeps the number of threads that it began with; in fp32 any will do."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from tests.toys import BF16, CPU, SETTINGS, make_examples
from tests.train.test_resume import breaking_off_at

from commonhold.files import read_json
from commonhold.models.adapter import WEIGHTS_NAME
from commonhold.models.device import DeviceProfile
from commonhold.records.weights import BaseWeights
from commonhold.train.progress import ThreadsCallback
from commonhold.train.run import train
from commonhold.train.threads import NAME, keep_threads

TWO = replace(BF16, threads=2)


@pytest.fixture(autouse=True)
def _own_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def begun(device: DeviceProfile, work: Path) -> tuple[DeviceProfile, list[str]]:
    said: list[str] = []
    return keep_threads(device, work, said.append), said


def test_the_first_process_decides(tmp_path: Path) -> None:
    assert begun(TWO, tmp_path) == (TWO, [])
    assert begun(TWO, tmp_path) == (TWO, [])
    device, said = begun(BF16, tmp_path)
    assert device == TWO
    assert said == ["going on with 2 threads, as it began: in bfloat16 another number gives other weights"]


def test_in_fp32_nothing_is_noted(tmp_path: Path) -> None:
    assert begun(replace(CPU, threads=2), tmp_path)[0].threads == 2
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"threads": "many"}'])
def test_a_note_that_cannot_be_read_does_not_count(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    assert begun(TWO, tmp_path) == (TWO, [])
    assert read_json(tmp_path / NAME) == {"threads": 2}


def numbers_while_training(device: DeviceProfile, monkeypatch: pytest.MonkeyPatch) -> Sequence[int]:
    """torch's number of threads whenever a training asks again, told that one is the fastest."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    callback, found = ThreadsCallback(device), []
    state = SimpleNamespace(global_step=0)
    callback.on_train_begin(None, state, None)
    found.append(torch.get_num_threads())
    for step in range(1, 33):
        state.global_step = step
        callback.on_step_end(None, state, None)
        found.append(torch.get_num_threads())
    return found


def test_bf16_asks_no_more_and_fp32_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(numbers_while_training(TWO, monkeypatch)) == {2}
    assert set(numbers_while_training(replace(TWO, precision="float32"), monkeypatch)) == {1}


def test_a_resumed_bf16_training_takes_the_recorded_number(base: BaseWeights, tmp_path: Path) -> None:
    def run(device: DeviceProfile, folder: Path) -> int:
        return train(
            make_examples(), base, SETTINGS, device, 1, folder / "work", folder / "out", lambda _line: None
        ).threads

    assert run(TWO, tmp_path / "whole") == 2
    with breaking_off_at(6), pytest.raises(KeyboardInterrupt):
        run(TWO, tmp_path / "broken")
    assert run(BF16, tmp_path / "broken") == 2
    assert torch.get_num_threads() == 2
    whole, broken = ((tmp_path / name / "out" / "adapter" / WEIGHTS_NAME) for name in ("whole", "broken"))
    assert whole.read_bytes() == broken.read_bytes()
