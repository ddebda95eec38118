"""Somebody else signs that they made a model again; its publisher takes the statement and counts it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import commonhold
from commonhold.digests import sha256_bytes, short
from commonhold.errors import FormError, MissingInputError, Problem, RequestError
from commonhold.files import write_bytes
from commonhold.provenance.capture import machine
from commonhold.publish.sign import sign_reproduction
from commonhold.publish.verification.attestations import REPRODUCTIONS
from commonhold.publish.verification.reproduced import counted_line, own_keys, witnesses
from commonhold.publish.verification.reproduction_statement import (
    ReproductionStatement,
    read_signed_statement,
    read_unsigned_statement,
    statement_payload,
)
from commonhold.records.reproduction import Reproduction
from commonhold.releases.approve import find_published
from commonhold.releases.attestations import attestation_folder, attestations_of
from commonhold.releases.model_log import LoggedBundle, add_to_log
from commonhold.signatures.private_key import PrivateKey
from commonhold.signatures.public_key import PublicKey
from commonhold.stages.workspace import Workspace

SEND_AGAIN = "Ask for the file to be sent again"


class CountedStatement(NamedTuple):
    """A statement that was taken."""

    bundle: LoggedBundle
    said: ReproductionStatement
    line: str
    """How many have made the bundle again by now, by grade."""


def write_statement(reproduction: Reproduction, key: PrivateKey | None, path: Path) -> None:
    """Writes the result of a reproduction, signed if there is a key; the grade may be any.

    Raises:
        NoSpaceError: the disk is full.
    """
    from commonhold.models.device import choose_device

    hardware = machine(choose_device().capability)
    statement = ReproductionStatement(
        model=reproduction.model,
        bundle_sha256=reproduction.bundle_digest,
        grade=reproduction.grade,
        steps=reproduction.steps,
        compared=tuple(
            {"what": one.what, "equal": one.equal, "near": one.near, "text": one.text} for one in reproduction.compared
        ),
        made_with={
            "processor": hardware.processor,
            "instructions": hardware.instructions,
            "commonhold": commonhold.__version__,
        },
        at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        reproducer="",
    )
    write_bytes(path, sign_reproduction(statement, key) if key else statement_payload(statement))


def sign_statement(path: Path, key: PrivateKey) -> ReproductionStatement:
    """Signs a statement that was written where the key was not; the file is replaced.

    Raises:
        MissingInputError: there is no such file.
        FormError: it is no such statement, or is signed already.
    """
    try:
        statement = read_unsigned_statement(_read(path))
    except ValueError as error:
        remedy = "Write one with: commonhold reproduce BUNDLE --statement FILE"
        raise FormError([Problem(str(path), 0, "", f"it {error}", remedy)]) from error
    write_bytes(path, sign_reproduction(statement, key))
    return statement


def add_statement(workspace: Workspace, model: str, file: Path, by: PublicKey, version: int = 0) -> CountedStatement:
    """Takes a statement that somebody sent, whose key the publisher knows from elsewhere; stores, logs and counts it.

    Raises:
        MissingInputError: there is no such file, or no such release.
        FormError: it is no signed statement, or was changed.
        RequestError: it does not count: of another bundle, with another key than `by`, or with one of those who answer
            for the bundle.
        CommonholdError: as `find_published`.
    """
    data = _read(file)
    try:
        statement, key = read_signed_statement(data)
    except ValueError as error:
        raise FormError([Problem(str(file), 0, "", f"it {error}", SEND_AGAIN)]) from error
    if key != by:
        raise RequestError(
            f"{file}: it is signed with the key {short(key.fingerprint)}…, and you know {short(by.fingerprint)}…. "
            "Ask its sender, on another way than the file came, which key is theirs"
        )
    published = find_published(workspace, model, version)
    bundle = published.bundle
    if (statement.model, statement.bundle_sha256) != (bundle.model, bundle.sha256):
        raise RequestError(
            f"{file}: it is about {statement.model}, bundle {short(statement.bundle_sha256)}…, not {bundle.model}, "
            f"version {bundle.version}, bundle {short(bundle.sha256)}…. Name the version it is about with --version"
        )
    if key.fingerprint in own_keys(published.attestations, bundle.sha256):
        raise RequestError(
            f"{file}: it is signed with the key of the publisher or of a steward, which does not count as independent. "
            "Ask somebody else"
        )
    if data not in published.attestations.reproductions.values():
        sha256 = sha256_bytes(data)
        folder = attestation_folder(workspace, bundle.sha256) / REPRODUCTIONS
        write_bytes(folder / f"{sha256[:16]}.json", data)
        details = {"grade": statement.grade, "key": key.text, "statement_sha256": sha256}
        add_to_log(workspace, bundle, "reproduced", details)
    return CountedStatement(bundle, statement, reproduced_line(workspace, model, bundle.sha256))


def reproduced_line(workspace: Workspace, model: str, bundle_sha256: str) -> str:
    """How many have made a bundle again, by grade, in a line."""
    attestations = attestations_of(workspace, model, bundle_sha256)
    return counted_line(witnesses(attestations.reproductions, bundle_sha256, own_keys(attestations, bundle_sha256)))


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise MissingInputError(f"{path}: there is no such file. Give the statement that was written or sent")
    return path.read_bytes()
