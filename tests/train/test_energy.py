"""Energy is measured where the hardware tells and estimated where it does not."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.toys import CPU

from commonhold.train import energy
from commonhold.train.energy import Counter, Energy, EnergyMeter

AROUND = 262_143_328_850
"""What the counters of many processors wrap around at, in microjoules."""


def package(folder: Path, microjoules: int, name: str = "package-0") -> Path:
    folder.mkdir()
    (folder / "name").write_text(f"{name}\n", encoding="ascii")
    (folder / "max_energy_range_uj").write_text(f"{AROUND}\n", encoding="ascii")
    (folder / "energy_uj").write_text(f"{microjoules}\n", encoding="ascii")
    return folder / "energy_uj"


@pytest.fixture
def powercap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for processors' counters."""
    monkeypatch.setattr(energy, "POWERCAP", tmp_path)
    return tmp_path


def set_to(counter: Path, text: object) -> None:
    counter.write_text(f"{text}\n", encoding="ascii")


def test_counter_is_read_in_kilowatt_hours(powercap: Path) -> None:
    counter = package(powercap / "intel-rapl:0", 1_000_000)
    meter = EnergyMeter(CPU)
    set_to(counter, 1_000_000 + 36_000_000_000)  # 36,000 joules more
    assert meter.read() == Energy(0.01, "measured_rapl")


def test_all_the_processors_count_and_their_parts_do_not_count_twice(powercap: Path) -> None:
    counters = [
        package(powercap / "intel-rapl:0", 0),
        package(powercap / "intel-rapl:1", 0, "package-1"),
        package(powercap / "intel-rapl:0:0", 0, "core"),
        package(powercap / "intel-rapl:2", 0, "psys"),
    ]
    meter = EnergyMeter(CPU)
    for counter in counters:
        set_to(counter, 3_600_000_000)
    assert meter.read() == Energy(0.002, "measured_rapl")


def test_counter_that_wrapped_around_is_followed(powercap: Path) -> None:
    counter = package(powercap / "intel-rapl:0", AROUND - 1_600_000_000)
    meter = EnergyMeter(CPU)
    set_to(counter, 2_000_000_000)
    assert meter.read() == Energy(0.001, "measured_rapl")


def test_counter_that_wrapped_around_several_times_is_followed_if_asked_in_between(powercap: Path) -> None:
    counter = package(powercap / "intel-rapl:0", 0)
    meter = EnergyMeter(CPU)
    for reading in (AROUND - 1, 10, AROUND - 1, 10):
        set_to(counter, reading)
        meter.read()
    assert meter.read().kilowatt_hours == pytest.approx((2 * AROUND + 10) / 3.6e12)


@pytest.mark.parametrize("later", ["1000000", "", "no number"], ids=["still", "empty", "words"])
def test_counter_that_tells_nothing_is_not_trusted(powercap: Path, later: str) -> None:
    counter = package(powercap / "intel-rapl:0", 1_000_000)
    meter = EnergyMeter(CPU)
    set_to(counter, later)
    assert meter.read().method == "estimated_from_cpu_time"


def test_without_a_counter_processor_time_counts(powercap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([100.0, 100.0 + 3600.0])
    monkeypatch.setattr("time.process_time", lambda: next(seconds))
    assert EnergyMeter(CPU).read() == Energy(pytest.approx(0.008), "estimated_from_cpu_time")  # type: ignore[arg-type]


def test_a_card_without_nvidias_library_is_not_measured(powercap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(energy, "NVML", "libno-such-library.so")
    assert EnergyMeter(replace(CPU, device="cuda")).read().method == "estimated_from_cpu_time"


def test_a_counter_without_a_range_that_goes_back_is_not_trusted() -> None:
    readings = iter([5, 9, 3])
    counter = Counter(lambda: next(readings))
    assert counter.advance() == 4
    with pytest.raises(OSError, match="went back"):
        counter.advance()
