"""A toy model as a stranger gets it: signed, approved by two of three stewards, promoted, with its log."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from commonhold.digests import sha256_bytes, sha256_file
from commonhold.publish.sign import sign_files
from commonhold.publish.verification.attestations import read_attestations
from commonhold.publish.verification.attested import gates_of
from commonhold.publish.verification.decision import PUBLISH, PublishDecision, decision_bytes
from commonhold.publish.verification.findings import Trust
from commonhold.publish.verification.reproduced import own_keys, reproductions_page
from commonhold.publish.verification.reproduction_statement import ReproductionStatement
from commonhold.signatures.approvals import Signatory, approval_bytes
from commonhold.signatures.chain import LogEntry, log_entry, log_line, read_log, signed_entry
from commonhold.signatures.private_key import PrivateKey, approve, make_private_key
from commonhold.strict_json import JsonObject

STEWARDS = ("Ana", "Ben", "Cai")
QUORUM = 2


@dataclass(frozen=True)
class Keys:
    """Who can sign."""

    publisher: PrivateKey
    stewards: dict[str, PrivateKey]

    @property
    def signatories(self) -> tuple[Signatory, ...]:
        return tuple(Signatory(name, key.public.text) for name, key in self.stewards.items())

    @property
    def trust(self) -> Trust:
        """What somebody trusts who asked at the community's office."""
        return Trust(key=self.publisher.public, stewards=self.signatories, quorum=QUORUM, promoted=True)


def make_keys() -> Keys:
    return Keys(make_private_key("p256"), {name: make_private_key("ed25519") for name in STEWARDS})


def files_of(bundle: Path) -> dict[str, str]:
    paths = sorted(path for path in bundle.rglob("*") if path.is_file())
    return {path.relative_to(bundle).as_posix(): sha256_file(path) for path in paths}


def export_release(bundle: Path, folder: Path, keys: Keys, signing: tuple[str, ...] = ("Ana", "Cai")) -> Path:
    """Copies a bundle and writes what its publisher and stewards would; every file is where it would be."""
    shutil.copytree(bundle, folder / "bundle")
    attest(folder, keys, signing)
    return folder


def attest(folder: Path, keys: Keys, signing: tuple[str, ...] = ("Ana", "Cai"), signs_log: bool = True) -> None:
    """Writes all attestations about the bundle as it lies there, anew."""
    out = folder / "attestations"
    shutil.rmtree(out, ignore_errors=True)
    (out / "approvals").mkdir(parents=True)
    record = json.loads((folder / "bundle/record.json").read_bytes())
    digest = json.loads((folder / "bundle/manifest.json").read_bytes())["bundle_sha256"]
    gates = gates_of(record["evaluation"]["gates"])
    decision = decision_bytes(PublishDecision("water-desk", digest, gates, keys.signatories, QUORUM))
    (out / "decision.json").write_bytes(decision)
    (out / "model.sig").write_bytes(sign_files("water-desk", files_of(folder / "bundle"), keys.publisher))
    decided = sha256_bytes(decision)
    log = Log(digest, keys.publisher if signs_log else None)
    log.add("published", {"decision_sha256": decided})
    log.add("signed", {}, signed=True)
    approvals = {}
    for name in signing:
        data = approval_bytes(approve(keys.stewards[name], name, PUBLISH, decided))
        (out / f"approvals/{name.lower()}.json").write_bytes(data)
        approvals[name] = sha256_bytes(data)
        log.add("approved", {"steward": name, "decision_sha256": decided, "approval_sha256": approvals[name]})
    log.add("promoted", {"decision_sha256": decided, "approvals": approvals}, signed=True)
    log.write(out / "log.jsonl")


def statement(bundle: str, grade: str = "R1", **changed: object) -> ReproductionStatement:
    """What somebody says who made the toy model again; `bundle` is a digest."""
    compared = tuple(
        {"what": what, "equal": what == "inputs" or grade == "R1", "near": grade == "R2", "text": "as it was"}
        for what in ("inputs", "curate", "steps", "weights", "gates")
    )
    made_with = {"processor": "AMD EPYC", "instructions": "AVX2", "commonhold": "0.1.0"}
    said = ReproductionStatement("water-desk", bundle, grade, 0, compared, made_with, "2026-03-05T12:00:00Z", "")
    return said._replace(**changed)  # type: ignore[arg-type]


def digest_of_bundle(folder: Path) -> str:
    return str(json.loads((folder / "bundle/manifest.json").read_bytes())["bundle_sha256"])


def reproduce(folder: Path, name: str, data: bytes, logged: bool = True) -> None:
    """Puts a signed statement where its publisher would, with its line in the log and the page that counts it."""
    out = folder / "attestations"
    (out / "reproductions").mkdir(exist_ok=True)
    (out / f"reproductions/{name}.json").write_bytes(data)
    if logged:
        log = Log(digest_of_bundle(folder), None)
        log.entries += read_log((out / "log.jsonl").read_bytes())
        log.add("reproduced", {"statement_sha256": sha256_bytes(data)})
        log.write(out / "log.jsonl")
    write_page(folder)


def write_page(folder: Path) -> None:
    """Writes the page of reproductions anew, from what lies there."""
    found, bundle = read_attestations(folder / "attestations"), digest_of_bundle(folder)
    page = reproductions_page("water-desk", bundle, found.reproductions, own_keys(found, bundle))
    assert page is not None
    (folder / "attestations/reproductions.md").write_bytes(page)


class Log:
    """A log that is being written."""

    def __init__(self, bundle: str, key: PrivateKey | None) -> None:
        self.bundle = bundle
        self.key = key
        self.entries: list[LogEntry] = []

    def add(self, event: str, details: JsonObject, signed: bool = False) -> None:
        before = self.entries[-1] if self.entries else None
        entry = log_entry(before, "2026-03-04T12:00:00Z", event, ("water-desk", 1, self.bundle), details)
        if signed and self.key:
            entry = signed_entry(entry, self.key.sign(entry.signed_part))
        self.entries.append(entry)

    def write(self, path: Path) -> None:
        path.write_bytes(b"".join(map(log_line, self.entries)))
