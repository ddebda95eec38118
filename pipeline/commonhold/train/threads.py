"""The number of threads that a training started with, where another one would give other bits."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from commonhold.files import read_json, write_json
from commonhold.models.device import DeviceProfile
from commonhold.train.distributed import rank

NAME = "threads.json"


def keep_threads(device: DeviceProfile, work: Path, say: Callable[[str], None]) -> DeviceProfile:
    """The device with the number of threads of the first process that worked in this folder; noted if this is it.

    In fp32, where the number does not matter, the device as it is. A note that cannot be read does not count.
    """
    if not device.threads_matter:
        return device
    try:
        threads = int(read_json(work / NAME)["threads"])
    except (OSError, ValueError, KeyError, TypeError):
        if rank() == 0:
            write_json(work / NAME, {"threads": device.threads})
        return device
    if threads != device.threads:
        say(f"going on with {threads} threads, as it began: in {device.precision} another number gives other weights")
    return replace(device, threads=threads)
