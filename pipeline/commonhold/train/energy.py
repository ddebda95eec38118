"""How much electricity a stretch of work took: measured where the processor tells, estimated where it does not."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

RAPL = Path("/sys/class/powercap/intel-rapl:0/energy_uj")
WATTS_PER_BUSY_CORE = 8.0
"""Assumed when nothing is measured: a share of a laptop's or server's power for each second of processor time."""


@dataclass(frozen=True, slots=True)
class Energy:
    """Electricity of a stretch of work, without screen, disk and cooling."""

    kilowatt_hours: float
    method: Literal["measured_rapl", "estimated_from_cpu_time"]


class EnergyMeter:
    """Measures from its making to `read`."""

    def __init__(self) -> None:
        self._counter = _rapl()
        self._seconds = time.process_time()

    def read(self) -> Energy:
        """Energy since the meter was made; a counter that has wrapped around is not trusted."""
        now = _rapl()
        if self._counter is not None and now is not None and now > self._counter:
            return Energy((now - self._counter) / 3.6e12, "measured_rapl")
        joules = (time.process_time() - self._seconds) * WATTS_PER_BUSY_CORE
        return Energy(joules / 3.6e6, "estimated_from_cpu_time")


def _rapl() -> int | None:
    try:
        return int(RAPL.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
