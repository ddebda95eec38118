"""What somebody signs who has made a model again: an in-toto statement in a DSSE envelope, with their own key.

The statement names the bundle by its digest and the signer's key, so that neither can be exchanged afterwards. It is
written without a key where the key is on another machine, and counts once it is signed.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from commonhold.digests import canonical_json
from commonhold.publish.verification.model_signature import IN_TOTO_TYPE, STATEMENT_TYPE
from commonhold.signatures.approvals import HEX_DIGEST
from commonhold.signatures.chain import MOMENT
from commonhold.signatures.envelope import envelope_signed_by, envelope_value, read_envelope
from commonhold.signatures.public_key import PublicKey, read_public_key
from commonhold.strict_json import parse_json

REPRODUCTION_PREDICATE = "urn:commonhold:reproduction:1"
GRADE_WORD = re.compile(r"R[1-4]")
COMPARED_KEYS = frozenset({"what", "equal", "near", "text"})
LONGEST_STATEMENT_TEXT = 4000
MOST_STATEMENT_PARTS = 20
MOST_STEPS = 10**9


class ReproductionStatement(NamedTuple):
    """The result of making a model again."""

    model: str
    bundle_sha256: str
    grade: str
    """`R1` the same bytes, `R2` the same weights within the published tolerance, `R3` the same gates, `R4` none."""
    steps: int
    """First steps that were taken; 0 for the whole training with its evaluation."""
    compared: tuple[Mapping[str, str | bool], ...]
    """`what`, `equal`, `near` and `text` of each thing that was compared."""
    made_with: Mapping[str, str]
    """Processor, instruction set and version of commonhold, as far as they are known."""
    at: str
    """ISO 8601, UTC, by the signer's clock."""
    reproducer: str
    """The signer's public key as one word; empty while nobody has signed."""


def statement_payload(reproduction: ReproductionStatement) -> bytes:
    """What is signed: canonical JSON, in the one form that it can have."""
    predicate = {
        "grade": reproduction.grade,
        "steps": reproduction.steps,
        "compared": [dict(each) for each in reproduction.compared],
        "made_with": dict(reproduction.made_with),
        "at": reproduction.at,
        "reproducer": reproduction.reproducer,
    }
    subject = [{"name": reproduction.model, "digest": {"sha256": reproduction.bundle_sha256}}]
    statement = {"_type": STATEMENT_TYPE, "subject": subject, "predicateType": REPRODUCTION_PREDICATE}
    return canonical_json({**statement, "predicate": predicate})


def signed_statement_bytes(payload: bytes, signature: bytes) -> bytes:
    """The file that its signer hands in."""
    return (json.dumps(envelope_value(IN_TOTO_TYPE, payload, signature), indent=2) + "\n").encode()


def read_unsigned_statement(data: bytes) -> ReproductionStatement:
    """A statement that nobody has signed yet.

    Raises:
        ValueError: it is not of that form, or names a key already.
    """
    statement = _read_statement(data)
    if statement.reproducer:
        raise ValueError("names a key already, but is not signed with it")
    return statement


def read_signed_statement(data: bytes) -> tuple[ReproductionStatement, PublicKey]:
    """A statement, and the key that it names and that it is signed with.

    Raises:
        ValueError: it is not of that form, or its signature does not fit.
    """
    envelope = read_envelope(parse_json(data))
    if envelope.payload_type != IN_TOTO_TYPE:
        raise ValueError("signs something else than an in-toto statement")
    statement = _read_statement(envelope.payload)
    if not statement.reproducer:
        raise ValueError("names no key, so nobody has signed it")
    key = read_public_key(statement.reproducer)
    if key.text != statement.reproducer:
        raise ValueError("writes its key in another way than as one word")
    if len(envelope.signatures) != 1 or not envelope_signed_by(envelope, key):
        raise ValueError("is not signed with the key that it names; it was changed, or somebody else's key was put in")
    if signed_statement_bytes(envelope.payload, envelope.signatures[0]) != data:
        raise ValueError("is not written in the one form that a signed statement has")
    return statement, key


def _read_statement(data: bytes) -> ReproductionStatement:
    value = parse_json(data)
    try:
        (subject,), predicate = value["subject"], value["predicate"]
        statement = ReproductionStatement(
            model=subject["name"],
            bundle_sha256=subject["digest"]["sha256"],
            compared=tuple(predicate["compared"]),
            **{name: predicate[name] for name in ("grade", "steps", "made_with", "at", "reproducer")},
        )
        texts = (statement.model, statement.bundle_sha256, statement.grade, statement.at, statement.reproducer)
        fits_form = all(isinstance(text, str) for text in texts) and statement_payload(statement) == data
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError("is no statement of a reproduction") from error
    if not fits_form:
        raise ValueError("is not written in the one form that a statement of a reproduction has")
    _check_statement(statement)
    return statement


def _check_statement(statement: ReproductionStatement) -> None:
    if not HEX_DIGEST.fullmatch(statement.bundle_sha256) or not GRADE_WORD.fullmatch(statement.grade):
        raise ValueError("names no digest of a bundle, or a grade that there is not")
    if not MOMENT.fullmatch(statement.at) or type(statement.steps) is not int or not 0 <= statement.steps <= MOST_STEPS:
        raise ValueError("names a moment, or a number of steps, that cannot be")
    if (
        not all(_is_part(part) for part in statement.compared)
        or not 1 <= len(statement.compared) <= MOST_STATEMENT_PARTS
    ):
        raise ValueError("compares something in another form")
    if not all(_is_text(text) for text in statement.made_with.values()):
        raise ValueError("says what it was made with in something else than short texts")
    if (statement.grade == "R1") != all(part["equal"] for part in statement.compared):
        raise ValueError("contradicts itself: grade R1 is for where everything that was compared is equal")


def _is_part(part: Any) -> bool:
    if not isinstance(part, Mapping) or part.keys() != COMPARED_KEYS:
        return False
    flags = all(isinstance(part[name], bool) for name in ("equal", "near"))
    return flags and all(_is_text(part[name]) for name in ("what", "text"))


def _is_text(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= LONGEST_STATEMENT_TEXT
