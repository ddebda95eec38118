"""What a run depends on: the code, the installed packages and the machine, as found and without asking anyone.

Loads nothing heavy and reaches for no network. Not covered: changes to files outside this package, and packages that
were altered after they were installed.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import commonhold
from commonhold.digests import digest_of, sha256_file
from commonhold.records.run_environment import CodeState, Environment, Machine

SOURCE_FOLDER = Path(commonhold.__file__).parent
NOTABLE_PACKAGES = (
    "accelerate",
    "bitsandbytes",
    "commonhold",
    "datasets",
    "gguf",
    "google-re2",
    "kernels",
    "mlflow",
    "numpy",
    "peft",
    "safetensors",
    "tokenizers",
    "torch",
    "transformers",
    "triton",
    "trl",
)
"""Packages whose version can change a figure; all the others are in the digest only."""
NOTABLE_VARIABLES = (
    "ATEN_CPU_CAPABILITY",
    "CUBLAS_WORKSPACE_CONFIG",
    "CUDA_VISIBLE_DEVICES",
    "DNNL_MAX_CPU_ISA",
    "HF_HUB_OFFLINE",
    "MKL_CBWR",
    "MKL_ENABLE_INSTRUCTIONS",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
    "ONEDNN_MAX_CPU_ISA",
    "PYTHONHASHSEED",
)
"""Environment variables that can change a figure. No other is read: the rest may hold secrets."""


@dataclass(frozen=True, slots=True)
class CapturedEnvironment:
    """Everything a run depends on besides its recipe and data."""

    code: CodeState
    environment: Environment
    machine: Machine


def capture(instructions: str = "") -> CapturedEnvironment:
    """The environment of this process.

    `instructions` is `torch.backends.cpu.get_cpu_capability()`, from a caller that has torch loaded anyway.
    """
    return CapturedEnvironment(code_state(SOURCE_FOLDER), environment(), machine(instructions))


def code_state(folder: Path) -> CodeState:
    """The state of the Python files in `folder`, by digest, and by git where git knows them."""
    source = {path.relative_to(folder).as_posix(): sha256_file(path) for path in sorted(folder.rglob("*.py"))}
    commit, dirty = _git_state(folder)
    return CodeState(commonhold.__version__, digest_of(source), commit, dirty)


def _git_state(folder: Path) -> tuple[str, bool | None]:
    git = shutil.which("git")
    if git is None:
        return "", None
    # A package installed in some other project's work tree is there, but git does not track it.
    tracked = git_answer(git, folder, "ls-files", "--error-unmatch", "__init__.py")
    status = tracked and git_answer(git, folder, "status", "--porcelain=v2", "--branch", "--", ".")
    if not status:
        return "", None
    lines = status.splitlines()
    commit = next((line.split()[-1] for line in lines if line.startswith("# branch.oid ")), "")
    if not commit or commit == "(initial)":
        return "", None
    return commit, any(not line.startswith("#") for line in lines)


def git_answer(git: str, folder: Path, *arguments: str) -> str:
    """What git prints, or nothing when it refuses; it takes no lock, so that it disturbs no one."""
    command = [git, "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def environment() -> Environment:
    """The Python and the packages of this process."""
    packages = installed_packages(map(Path, sys.path))
    return Environment(
        python=f"{platform.python_implementation()} {platform.python_version()}",
        operating_system=f"{platform.system()} {platform.release()} {platform.machine()}",
        packages={name: packages[name] for name in NOTABLE_PACKAGES if name in packages},
        packages_sha256=digest_of(packages),
        variables={name: os.environ[name] for name in NOTABLE_VARIABLES if name in os.environ},
    )


def installed_packages(folders: Iterable[Path]) -> dict[str, str]:
    """Version by normalised name, from the names of the `.dist-info` folders alone; the first folder wins.

    A hundred times faster than `importlib.metadata`, which opens every METADATA file.
    """
    packages: dict[str, str] = {}
    for folder in folders:
        if folder.is_dir():
            for path in sorted(folder.glob("*.dist-info")):
                name, _, version = path.name.removesuffix(".dist-info").rpartition("-")
                packages.setdefault(name.replace("_", "-").lower(), version)
    return dict(sorted(packages.items()))


def machine(instructions: str = "") -> Machine:
    """The machine this process may use; the graphics cards are those the driver lists, used or not."""
    gpus, driver = gpus_below(Path("/proc/driver/nvidia"))
    affinity = getattr(os, "sched_getaffinity", None)
    return Machine(
        processor=_processor(),
        instructions=instructions,
        threads=len(affinity(0)) if affinity else os.cpu_count() or 1,
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        gpus=gpus,
        gpu_driver=driver,
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor()
    return field_of(text, "model name") or platform.processor() or platform.machine()


def gpus_below(folder: Path) -> tuple[tuple[str, ...], str]:
    """Models of the graphics cards and the driver's version, from NVIDIA's files below /proc; no card, no names."""
    cards = sorted(folder.glob("gpus/*/information"))
    names = tuple(field_of(card.read_text(encoding="utf-8", errors="replace"), "Model") for card in cards)
    try:
        version = (folder / "version").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return names, ""
    words = field_of(version, "NVRM version").split("  ")
    return names, next((word.strip() for word in words if word.strip()[:1].isdigit()), "")


def field_of(text: str, name: str) -> str:
    """The value of the first `name : value` line; empty when there is none."""
    for line in text.splitlines():
        key, separator, value = line.partition(":")
        if separator and key.strip() == name:
            return value.strip()
    return ""
