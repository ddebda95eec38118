"""Energy is measured where the processor tells and estimated where it does not."""

from pathlib import Path

import pytest

from commonhold.train import energy
from commonhold.train.energy import Energy, EnergyMeter


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The processor's counter, in microjoules."""
    path = tmp_path / "energy_uj"
    path.write_text("1000000\n", encoding="ascii")
    monkeypatch.setattr(energy, "RAPL", path)
    return path


def test_counter_is_read_in_kilowatt_hours(counter: Path) -> None:
    meter = EnergyMeter()
    counter.write_text("7200001000000\n", encoding="ascii")  # 7.2 million joules more
    assert meter.read() == Energy(2.0, "measured_rapl")


@pytest.mark.parametrize("later", ["10\n", "1000000\n", "", "no number"], ids=["wrapped", "still", "empty", "words"])
def test_counter_that_tells_nothing_is_not_trusted(counter: Path, later: str) -> None:
    meter = EnergyMeter()
    counter.write_text(later, encoding="ascii")
    assert meter.read().method == "estimated_from_cpu_time"


def test_without_a_counter_processor_time_counts(counter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.unlink()
    seconds = iter([100.0, 100.0 + 3600.0])
    monkeypatch.setattr("time.process_time", lambda: next(seconds))
    assert EnergyMeter().read() == Energy(pytest.approx(0.008), "estimated_from_cpu_time")  # type: ignore[arg-type]
