"""How long a check takes, beside `sha256sum` of the same files.

    python -m tests.benchmarks.verify_speed --megabytes 300

makes a bundle of that size, a toy but for its weights, signs it, and checks it as a folder, with the standalone file,
and as an archive. Each figure is the least of the rounds; the files are in the page cache.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.publish.conftest import toy_inputs
from tests.publish.verification.handing_out import attest, make_keys

from commonhold.publish.bundle import assemble
from commonhold.publish.verify import verify

VERIFIER = Path(__file__).parents[2] / "deploy" / "verifier" / "verify_commonhold.py"


def main() -> None:
    """Prints seconds and rates, a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dtype", default="F32", choices=["F32", "F16", "BF16"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = make(Path(made), arguments.megabytes, arguments.dtype)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        size = sum(path.stat().st_size for path in files)
        print(f"{len(files)} files, {size / 1e6:.1f} MB, weights as {arguments.dtype}")
        keys = make_keys()
        attest(folder, keys)
        archive = Path(shutil.make_archive(str(Path(made) / "copy"), "tar", folder))
        rows = {
            "sha256sum": lambda: call(["sha256sum", *map(str, files)]),
            "openssl sha256": lambda: call(["openssl", "dgst", "-sha256", *map(str, files)]),
            "commonhold, in process": lambda: verify(folder, trust=keys.trust),
            "standalone file, whole process": lambda: call([sys.executable, "-I", str(VERIFIER), str(folder)]),
            "standalone file, .tar": lambda: call([sys.executable, "-I", str(VERIFIER), str(archive)]),
        }
        for name, run in rows.items():
            seconds = min(timed(run) for _ in range(arguments.rounds))
            print(f"{name:<32} {seconds:6.2f} s  {size / 1e6 / seconds:8,.0f} MB/s")


def make(folder: Path, megabytes: int, dtype: str) -> Path:
    """A toy model handed out, its merged weights of the wanted size and kind."""
    inputs = toy_inputs(folder / "stages")
    count = megabytes * 1_000_000 // (4 if dtype == "F32" else 2)
    draw = np.random.default_rng(1).standard_normal(count, dtype=np.float32)
    raw: NDArray[Any] = draw
    if dtype == "F16":
        raw = draw.astype(np.float16)
    elif dtype == "BF16":
        raw = (draw.view(np.uint32) >> 16).astype(np.uint16)
    header = json.dumps({"w": {"dtype": dtype, "shape": [count], "data_offsets": [0, raw.nbytes]}}).encode()
    with (folder / "stages/merged/model.safetensors").open("wb") as stream:
        stream.write(len(header).to_bytes(8, "little") + header)
        stream.write(raw.tobytes())
    (folder / "out").mkdir()
    assemble(inputs, folder / "out/bundle")
    return folder / "out"


def call(command: list[str]) -> None:
    """Runs a program to its end, in silence."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def timed(run: Callable[[], object]) -> float:
    """Seconds of one call."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
