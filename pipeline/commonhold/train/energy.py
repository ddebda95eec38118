"""How much electricity a stretch of work took: measured where the hardware tells, estimated where it does not.

Not covered: memory, disk, screen, cooling and the losses of the power supply. Counters are of the whole processor: what
other programs used meanwhile counts too.
"""

import ctypes
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from commonhold.models.device import DeviceProfile

POWERCAP = Path("/sys/class/powercap")
NVML = "libnvidia-ml.so.1"
WATTS_PER_BUSY_CORE = 8.0
"""Assumed when nothing is measured: a share of a laptop's or server's power for each second of processor time."""
RAPL_METHOD, NVML_METHOD, ESTIMATE = "measured_rapl", "measured_nvml", "estimated_from_cpu_time"


@dataclass(frozen=True, slots=True)
class Energy:
    """Electricity of a stretch of work."""

    kilowatt_hours: float
    method: str
    """`measured_rapl` (processor), `measured_nvml` (graphics card), `estimated_from_cpu_time`; several with `_and_`."""


class Counter:
    """A number that only grows, from zero again when it reaches its range; adds up what it grew by."""

    def __init__(self, read: Callable[[], int], range_units: int = 0) -> None:
        self._read = read
        self._range = range_units
        self._last = read()
        self._sum = 0

    def advance(self) -> int:
        """The growth since the counter was made, in its units; ask at least once each time around.

        Raises:
            OSError: the counter cannot be read any more, or went back without a range.
        """
        now = self._read()
        if now < self._last and not self._range:
            raise OSError("the counter went back")
        self._sum += now - self._last if now >= self._last else now + self._range - self._last
        self._last = now
        return self._sum


class EnergyMeter:
    """Measures from its making to `read`; `read` every minute or so, since a processor's counter wraps around."""

    def __init__(self, device: DeviceProfile) -> None:
        self._packages = _made(lambda: [_package(path) for path in _packages()])
        self._card = _made(lambda: [Counter(_card_millijoules())]) if device.device == "cuda" else []
        self._seconds = time.process_time()

    def read(self) -> Energy:
        """Energy since the meter was made."""
        processor = _joules(self._packages, 1e6)
        card = _joules(self._card, 1e3)
        estimate = (time.process_time() - self._seconds) * WATTS_PER_BUSY_CORE
        methods = [*([NVML_METHOD] if card is not None else []), ESTIMATE if processor is None else RAPL_METHOD]
        joules = (estimate if processor is None else processor) + (card or 0.0)
        return Energy(joules / 3.6e6, "_and_".join(methods))


def _joules(counters: Sequence[Counter], units: float) -> float | None:
    """What the counters add up to; nothing if one is missing, is broken or stood still."""
    try:
        return sum(counter.advance() for counter in counters) / units or None
    except (OSError, ValueError):
        return None


def _made(make: Callable[[], list[Counter]]) -> list[Counter]:
    try:
        return make()
    except (OSError, ValueError, AttributeError):  # no such counter, not for us to read, no such library
        return []


def _packages() -> list[Path]:
    """The counters of whole processors: their parts (`intel-rapl:0:1`) are in them, and `psys` holds all of it."""
    counters = [path for path in sorted(POWERCAP.glob("intel-rapl:*")) if path.name.count(":") == 1]
    return [path for path in counters if (path / "name").read_text(encoding="ascii").startswith("package")]


def _package(path: Path) -> Counter:
    def read() -> int:
        return int((path / "energy_uj").read_text(encoding="ascii"))

    return Counter(read, int((path / "max_energy_range_uj").read_text(encoding="ascii")))


def _card_millijoules() -> Callable[[], int]:
    """Reads the energy that the graphics card in use has taken since its driver was loaded (Volta and later).

    NVIDIA's library comes with its driver; it is called directly, which spares a package for two calls.
    """
    import torch

    library = ctypes.CDLL(NVML)
    handle, millijoules = ctypes.c_void_p(), ctypes.c_ulonglong()
    uuid = f"GPU-{torch.cuda.get_device_properties(0).uuid}".encode()
    _check(library.nvmlInit_v2())
    _check(library.nvmlDeviceGetHandleByUUID(uuid, ctypes.byref(handle)))

    def read() -> int:
        _check(library.nvmlDeviceGetTotalEnergyConsumption(handle, ctypes.byref(millijoules)))
        return millijoules.value

    return read


def _check(code: int) -> None:
    if code:
        raise OSError(f"NVML answers {code}")
