"""What a run depends on: code, Python and packages, machine."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeState:
    """Which code ran."""

    version: str
    """Of commonhold."""
    source_sha256: str
    """Digest over the package's Python files; known with and without git."""
    commit: str
    """Of git. Empty where the package is not in a git work tree."""
    dirty: bool | None
    """Whether the package differs from the commit; `None` where there is no commit."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Which Python and packages ran it."""

    python: str
    """Implementation and version."""
    operating_system: str
    """Name, release and architecture."""
    packages: Mapping[str, str]
    """Version by name, of those that can change a figure."""
    packages_sha256: str
    """Digest over the names and versions of everything installed."""
    variables: Mapping[str, str]
    """Environment variables that can change a figure, as far as they are set."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it ran; two runs on equal machines are expected to agree to the last bit."""

    processor: str
    """Model of the processor."""
    instructions: str
    """What torch calls the CPU capability, such as `AVX512`; empty when nobody asked torch."""
    threads: int
    """Threads that the process can use."""
    memory_bytes: int
    """Memory of the machine."""
    gpus: tuple[str, ...]
    """Models of the graphics cards in it, used or not."""
    gpu_driver: str
    """Version of their driver; empty for none that tells."""


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """A distribution that is installed, so that it can be installed again."""

    version: str
    """As its folder names it."""
    licence: str
    """What the distribution says of itself; empty where it says nothing."""
    files_sha256: str
    """Digest over the names and digests of its files as the installer listed them; empty where there is no list."""
