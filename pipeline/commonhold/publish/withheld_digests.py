"""Digests of files that stay with the publisher, and of a training's steps: enough to know them again later."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commonhold.digests import canonical_json, digest_of, sha256_bytes
from commonhold.publish.record_sources import Digested

STEP_KEYS = ("step", "loss", "grad_norm", "learning_rate")
"""What is the same in every repetition; speed and time are not."""


def digested(path: Path) -> Digested:
    """Digest and number of lines of a file."""
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as stream:
        for line in stream:
            digest.update(line)
            lines += 1
    return Digested(sha256=digest.hexdigest(), lines=lines)


def split_digests(examples: Path) -> dict[str, str]:
    """Digest over the rows of each split in examples.jsonl; their order does not count."""
    rows: dict[str, list[str]] = {}
    with examples.open("rb") as stream:
        for line in stream:
            rows.setdefault(json.loads(line)["split"], []).append(sha256_bytes(line.rstrip(b"\n")))
    return {split: digest_of(sorted(digests)) for split, digests in sorted(rows.items())}


def dropped_by_file(decisions: Path) -> dict[str, dict[str, int]]:
    """Rows left out, by file and then by reason, from decisions.jsonl."""
    counts: dict[str, Counter[str]] = {}
    with decisions.open("rb") as stream:
        for line in stream:
            if b'"drop"' in line and (decision := json.loads(line))["action"] == "drop":
                counts.setdefault(decision["file"], Counter())[decision["reason"]] += 1
    return {file: dict(sorted(reasons.items())) for file, reasons in counts.items()}


def step_digests(log: Path) -> dict[str, str]:
    """A chain of digests over the steps in log.jsonl, given at 1, 2, 5, 10, 20, 50, … and the last step.

    The digest at step N covers steps 1 to N, so whoever repeats N steps can compare one value. Loss and gradient of a
    step follow from the adapter before it: they stand for its state.
    """
    chain, digests, last = "", {}, 0
    with log.open("rb") as stream:
        for line in stream:
            entry: Mapping[str, Any] = json.loads(line)
            if "loss" not in entry:
                continue
            chain = sha256_bytes(chain.encode() + canonical_json([entry.get(key) for key in STEP_KEYS]))
            last = entry["step"]
            if is_reported(last):
                digests[last] = chain
    return {str(step): digests[step] for step in sorted(digests)} | ({str(last): chain} if chain else {})


def adapter_digests(log: Path) -> dict[str, str]:
    """The digests of the adapter that training wrote down on the way, by step."""
    with log.open("rb") as stream:
        entries = [json.loads(line) for line in stream if b'"adapter_digest"' in line]
    return {str(entry["step"]): entry["adapter_digest"] for entry in entries}


def is_reported(step: int) -> bool:
    """Whether a step is 1, 2 or 5 with any number of zeros behind."""
    return str(step).rstrip("0") in ("1", "2", "5")
