#!/usr/bin/env python3
"""Verifies a model that was published with commonhold: python3 verify_commonhold.py FOLDER --key publisher.pub

Made from commonhold's own modules by `commonhold verify --standalone-to verify_commonhold.py`; it needs Python 3.11 or
newer and nothing else, asks no network, and runs nothing of what it checks. Get it from a place that you trust, and not
from where the model came from. Licence: Apache-2.0.
"""

import argparse
import base64
import codecs
import contextlib
import gzip
import hashlib
import json
import os
import re
import stat
import struct
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from json.encoder import JSONEncoder
from pathlib import Path
from typing import Any, BinaryIO, IO, Literal, NamedTuple, NoReturn, Protocol


# --- strict_json.py ------------------------------------------------------------------------------------------------

# JSON from strangers: no key twice, no depth, no endless number, no NaN; what is read here, every reader reads alike.
#
# Of two equal keys, one program takes the first and another the last: what was checked would not be what is used.

MOST_JSON_BYTES = 64 << 20
MOST_CONTAINERS = 2_000_000
"""Objects and lists; each takes a hundred times the memory that it takes in the file."""
MOST_LEVELS = 64
LONGEST_NUMBER = 64
"""Characters. A tokenizer's `model_max_length` of 1e30 takes 31."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_json(data: bytes) -> Any:
    """The one value in UTF-8 JSON.

    Raises:
        ValueError: it is not JSON, or JSON that two readers could understand differently.
    """
    if len(data) > MOST_JSON_BYTES or data.count(b"[") + data.count(b"{") > MOST_CONTAINERS:
        raise ValueError(f"is larger than any JSON here has to be ({len(data):,} bytes)")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ValueError("is not text in UTF-8") from error
    try:
        value = json.loads(
            text, object_pairs_hook=_once_each, parse_int=_whole, parse_float=_decimal, parse_constant=_no_number
        )
    except RecursionError as error:
        raise ValueError(f"is nested more than {MOST_LEVELS} levels deep") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} in line {error.lineno}") from error
    if _too_deep(value):
        raise ValueError(f"is nested more than {MOST_LEVELS} levels deep")
    if "\\u" in text and LONE_SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        raise ValueError("holds half a character (a lone surrogate)")
    return value


def parse_json_lines(data: bytes) -> list[Any]:
    """One value a line; the message of an error names the line.

    Raises:
        ValueError: as `parse_json`, or a line is empty.
    """
    values = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            values.append(parse_json(line))
        except ValueError as error:
            raise ValueError(f"line {number} {error}") from error
    return values


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"has the key {twice[:60]!a} twice")
    return found


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"holds a number of {len(text):,} characters")
    return int(text)


def _decimal(text: str) -> float:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"holds a number of {len(text):,} characters")
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"holds the number {text}, which is too large for a computer's decimals")
    return number


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"holds {text}, which JSON does not know")


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [inner for each in level for inner in _inside(each)]
    return any(isinstance(each, dict | list) for each in level)


def _inside(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []

# --- digests.py ----------------------------------------------------------------------------------------------------

# Canonical JSON and SHA-256: two equal things always have the same digest.

CHUNK_BYTES = 1 << 20
_CANONICAL = JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces and no NaN, after RFC 8785 but with Python's float text.

    Raises:
        ValueError: `value` holds NaN or infinity.
        TypeError: `value` holds something JSON does not know.
    """
    return _CANONICAL.encode(value).encode()


def sha256_bytes(data: bytes) -> str:
    """Hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:
    """Hexadecimal SHA-256 of the canonical JSON of `value`."""
    return sha256_bytes(canonical_json(value))


def sha256_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def digests_below(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below `folder`, by its relative POSIX path, in sorted order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}


def short(digest: str) -> str:
    """The first twelve digits of a digest, for people."""
    return digest[:12]


def same_digests(expected: Mapping[str, str], actual: Mapping[str, str]) -> list[str]:
    """Names whose digests differ or that stand on one side only, sorted; empty when both sides agree."""
    return sorted(name for name in expected.keys() | actual.keys() if expected.get(name) != actual.get(name))

# --- signatures/public_key.py --------------------------------------------------------------------------------------

# Public keys as text: `ed25519:` (RFC 8032), `p256:` (SEC 1) or `x25519:` (RFC 7748) and base64, or a PEM file.
#
# Reading one needs the standard library only, so that the standalone check of a bundle can do it too.

PREFIX = "ed25519:"
SEALING_PREFIX = "x25519:"
P256_PREFIX = "p256:"
KEY_BYTES = 32
P256_KEY_BYTES = 65
"""An uncompressed point: 04, then 32 bytes for each coordinate."""
PEM_HEAD, PEM_FOOT = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
KEY_INFO = {
    "ed25519": bytes.fromhex("302a300506032b6570032100"),
    "p256": bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200"),
}
"""What stands before the key's own bytes in a SubjectPublicKeyInfo (RFC 5280, RFC 8410, RFC 5480)."""
LONGEST_KEY_TEXT = 4096
SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)
"""Points for which anybody can make signatures, without the top bit (libsodium's `ge25519_has_small_order`); among them
the row of zeros that people leave in a copied file."""

KeyKind = Literal["ed25519", "p256"]


class PublicKey(NamedTuple):
    """A key that signatures are held against."""

    kind: KeyKind
    raw: bytes
    """32 bytes for Ed25519, 65 for P-256."""

    @property
    def text(self) -> str:
        """One word, as GOVERNANCE.yaml and attestations write it."""
        return f"{self.kind}:{base64.b64encode(self.raw).decode()}"

    @property
    def pem(self) -> str:
        """As a file that OpenSSL and the OpenSSF's model-signing read."""
        body = base64.b64encode(KEY_INFO[self.kind] + self.raw).decode()
        lines = [body[start : start + 64] for start in range(0, len(body), 64)]
        return "\n".join([PEM_HEAD, *lines, PEM_FOOT, ""])

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the PEM text: what model-signing writes into a signature as the hint at its key."""
        return hashlib.sha256(self.pem.encode()).hexdigest()


def read_public_key(text: str) -> PublicKey:
    """A public key from one word, or from the text of a PEM file.

    Raises:
        ValueError: it is neither, of another kind, or a key under which everybody's signature fits.
    """
    text = text.strip()
    if len(text) > LONGEST_KEY_TEXT:
        raise ValueError("this is too long to be a public key")
    if text.startswith(P256_PREFIX):
        return PublicKey("p256", _p256_point(_decoded(text, P256_PREFIX, P256_KEY_BYTES)))
    if not text.startswith("-----"):
        return PublicKey("ed25519", public_key_bytes(text))
    if not (text.startswith(PEM_HEAD) and text.endswith(PEM_FOOT)):
        raise ValueError(f"a public key as PEM begins {PEM_HEAD}; a private key has no place here")
    try:
        info = base64.b64decode("".join(text[len(PEM_HEAD) : -len(PEM_FOOT)].split()), validate=True)
    except ValueError as error:
        raise ValueError("what stands in the PEM file is not base64") from error
    if info.startswith(KEY_INFO["ed25519"]) and len(info) == len(KEY_INFO["ed25519"]) + KEY_BYTES:
        return PublicKey("ed25519", _large_order(info[len(KEY_INFO["ed25519"]) :]))
    if info.startswith(KEY_INFO["p256"]) and len(info) == len(KEY_INFO["p256"]) + P256_KEY_BYTES:
        return PublicKey("p256", _p256_point(info[len(KEY_INFO["p256"]) :]))
    raise ValueError("this key is neither Ed25519 nor P-256; those are the kinds that are known here")


def public_key_bytes(text: str) -> bytes:
    """The 32 bytes of an Ed25519 key in one word.

    Raises:
        ValueError: it is not written that way, or is a point under which everybody's signature fits.
    """
    return _large_order(_decoded(text, PREFIX, KEY_BYTES))


def sealing_key_bytes(text: str) -> bytes:
    """The 32 bytes of a public key that a map of personal data is sealed for.

    Raises:
        ValueError: it is not written that way.
    """
    return _decoded(text, SEALING_PREFIX, KEY_BYTES)


def public_key_text(key: bytes) -> str:
    """An Ed25519 key's 32 bytes in one word."""
    return PREFIX + base64.b64encode(key).decode()


def _decoded(text: str, prefix: str, size: int) -> bytes:
    if not text.startswith(prefix):
        raise ValueError(f"a public key is written {prefix} and base64, {4 * -(-size // 3)} characters")
    try:
        key = base64.b64decode(text.removeprefix(prefix), validate=True)
    except ValueError as error:
        raise ValueError(f"what follows {prefix} is not base64") from error
    if len(key) != size or prefix + base64.b64encode(key).decode() != text:
        raise ValueError(f"what follows {prefix} is not the base64 of {size} bytes")
    return key


def _large_order(key: bytes) -> bytes:
    if key[:-1] + bytes([key[-1] & 0x7F]) in SMALL_ORDER:
        raise ValueError("this is no steward's key: anybody can sign for it; put in the real one")
    return key


def _p256_point(raw: bytes) -> bytes:
    if raw[0] != 4:
        raise ValueError("a P-256 key is written as an uncompressed point, which begins with the byte 04")
    return raw

# --- signatures/ed25519.py -----------------------------------------------------------------------------------------

# Ed25519 signatures checked with nothing but Python's whole numbers (RFC 8032, section 5.1.7).
#
# Everything here is public, so time may tell what it likes; signing, where it may not, is left to a library. Stricter
# than the RFC where it leaves a choice: the equation without the cofactor, as OpenSSL has it, and numbers in their one
# form.

ED_PRIME = 2**255 - 19
ED_ORDER = 2**252 + 27742317777372353535851937790883648493
ED_D = -121665 * pow(121666, -1, ED_PRIME) % ED_PRIME
ED_ROOT_OF_MINUS_ONE = pow(2, (ED_PRIME - 1) // 4, ED_PRIME)

EdPoint = tuple[int, int, int, int]
"""Extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, x·y = T/Z."""
ED_NEUTRAL: EdPoint = (0, 1, 1, 0)


def ed25519_fits(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature of 64 bytes was made over a message with the private part of a key of 32 bytes."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, claimed = _ed_decode(key), _ed_decode(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or claimed is None or scalar >= ED_ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ED_ORDER
    x, y, z, t = public
    found = _ed_sum(scalar, ED_BASE, challenge, (-x % ED_PRIME, y, z, -t % ED_PRIME))
    # x/z and y/z are compared without dividing.
    return all((found[i] * claimed[2] - claimed[i] * found[2]) % ED_PRIME == 0 for i in (0, 1))


def _ed_decode(data: bytes) -> EdPoint | None:
    """A point from its 32 bytes; none where they are no point, or are not the one way to write it."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= ED_PRIME:
        return None
    square = (y * y - 1) * pow(ED_D * y * y + 1, -1, ED_PRIME) % ED_PRIME
    x = pow(square, (ED_PRIME + 3) // 8, ED_PRIME)
    if (x * x - square) % ED_PRIME:
        x = x * ED_ROOT_OF_MINUS_ONE % ED_PRIME
    if (x * x - square) % ED_PRIME or (x == 0 and sign):
        return None
    x = ED_PRIME - x if x & 1 != sign else x
    return x, y, 1, x * y % ED_PRIME


def _ed_add(a: EdPoint, b: EdPoint) -> EdPoint:
    """The sum of two points, equal ones too (RFC 8032, section 5.1.4)."""
    first = (a[1] - a[0]) * (b[1] - b[0]) % ED_PRIME
    second = (a[1] + a[0]) * (b[1] + b[0]) % ED_PRIME
    third = 2 * ED_D * a[3] * b[3] % ED_PRIME
    fourth = 2 * a[2] * b[2] % ED_PRIME
    e, f, g, h = second - first, fourth - third, fourth + third, second + first
    return e * f % ED_PRIME, g * h % ED_PRIME, f * g % ED_PRIME, e * h % ED_PRIME


def _ed_sum(a: int, first: EdPoint, b: int, second: EdPoint) -> EdPoint:
    """a·first + b·second, bit by bit together (Straus)."""
    choices = (ED_NEUTRAL, first, second, _ed_add(first, second))
    total = ED_NEUTRAL
    for place in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        total = _ed_add(total, total)
        if choice := (a >> place & 1) + 2 * (b >> place & 1):
            total = _ed_add(total, choices[choice])
    return total


def _ed_base_point() -> EdPoint:
    point = _ed_decode((4 * pow(5, -1, ED_PRIME) % ED_PRIME).to_bytes(32, "little"))
    assert point is not None
    return point


ED_BASE = _ed_base_point()

# --- signatures/p256.py --------------------------------------------------------------------------------------------

# ECDSA signatures on the curve P-256 checked with nothing but Python's whole numbers (FIPS 186-5, SEC 1).
#
# The OpenSSF's model-signing signs with this curve. Everything here is public, so time may tell what it likes; signing is
# left to a library.

P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B

P256Point = tuple[int, int, int]
"""Jacobian coordinates X, Y, Z with x = X/Z², y = Y/Z³; Z = 0 is the point at infinity."""
P256_INFINITY: P256Point = (1, 1, 0)
P256_BASE: P256Point = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    1,
)


def p256_fits(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a DER-encoded signature over the SHA-256 of a message was made with the private part of a key.

    `key` is an uncompressed point, 65 bytes.
    """
    public, pair = _p256_decode(key), _der_pair(signature)
    if public is None or pair is None or not all(0 < number < P256_ORDER for number in pair):
        return False
    r, s = pair
    inverse = pow(s, -1, P256_ORDER)
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    x, _, z = _p256_sum(digest * inverse % P256_ORDER, P256_BASE, r * inverse % P256_ORDER, public)
    return bool(z) and x * pow(z, -2, P256_PRIME) % P256_PRIME % P256_ORDER == r


def _p256_decode(key: bytes) -> P256Point | None:
    x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
    on_curve = (y * y - x * x * x + 3 * x - P256_B) % P256_PRIME == 0
    if len(key) != 65 or key[0] != 4 or not on_curve or x >= P256_PRIME or y >= P256_PRIME:
        return None
    return x, y, 1


def _der_pair(data: bytes) -> tuple[int, int] | None:
    """The two numbers of `SEQUENCE { INTEGER, INTEGER }`, in the one form that DER allows."""
    if len(data) < 8 or data[0] != 0x30 or data[1] != len(data) - 2 or data[1] >= 0x80:
        return None
    numbers, rest = [], data[2:]
    while rest:
        if len(rest) < 3 or rest[0] != 2 or not 0 < rest[1] <= min(33, len(rest) - 2):
            return None
        number = rest[2 : 2 + rest[1]]
        if number[0] & 0x80 or (len(number) > 1 and number[0] == 0 and not number[1] & 0x80):
            return None
        numbers.append(int.from_bytes(number, "big"))
        rest = rest[2 + rest[1] :]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


def _p256_double(a: P256Point) -> P256Point:
    x, y, z = a
    if not y or not z:
        return P256_INFINITY
    squared = y * y % P256_PRIME
    s = 4 * x * squared % P256_PRIME
    m = 3 * (x - z * z) * (x + z * z) % P256_PRIME
    doubled = (m * m - 2 * s) % P256_PRIME
    return doubled, (m * (s - doubled) - 8 * squared * squared) % P256_PRIME, 2 * y * z % P256_PRIME


def _p256_add(a: P256Point, b: P256Point) -> P256Point:
    if not a[2]:
        return b
    if not b[2]:
        return a
    a_squared, b_squared = a[2] * a[2] % P256_PRIME, b[2] * b[2] % P256_PRIME
    u, v = a[0] * b_squared % P256_PRIME, b[0] * a_squared % P256_PRIME
    s, t = a[1] * b_squared * b[2] % P256_PRIME, b[1] * a_squared * a[2] % P256_PRIME
    if u == v:
        return _p256_double(a) if s == t else P256_INFINITY
    h, r = v - u, t - s
    h_squared = h * h % P256_PRIME
    h_cubed, w = h * h_squared % P256_PRIME, u * h_squared % P256_PRIME
    x = (r * r - h_cubed - 2 * w) % P256_PRIME
    return x, (r * (w - x) - s * h_cubed) % P256_PRIME, h * a[2] * b[2] % P256_PRIME


def _p256_sum(a: int, first: P256Point, b: int, second: P256Point) -> P256Point:
    """a·first + b·second, bit by bit together (Straus)."""
    choices = (P256_INFINITY, first, second, _p256_add(first, second))
    total = P256_INFINITY
    for place in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        total = _p256_double(total)
        if choice := (a >> place & 1) + 2 * (b >> place & 1):
            total = _p256_add(total, choices[choice])
    return total

# --- signatures/envelope.py ----------------------------------------------------------------------------------------

# What exactly is signed, and whether a signature fits: the envelope DSSE (v1.0.2) around a payload of a named type.

class Envelope(NamedTuple):
    """A payload with signatures over it."""

    payload_type: str
    payload: bytes
    signatures: tuple[bytes, ...]


def signed_bytes(payload_type: str, payload: bytes) -> bytes:
    """The bytes that a signature covers: type and payload with their lengths, so that one cannot run into the other."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def fits(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether a signature over a message was made with the private part of a key."""
    return (ed25519_fits if key.kind == "ed25519" else p256_fits)(key.raw, message, signature)


def envelope_signed_by(envelope: Envelope, key: PublicKey) -> bool:
    """Whether one of the signatures was made with the private part of a key."""
    message = signed_bytes(envelope.payload_type, envelope.payload)
    return any(fits(key, message, signature) for signature in envelope.signatures)


def envelope_value(payload_type: str, payload: bytes, signature: bytes) -> dict[str, Any]:
    """An envelope as JSON writes it."""
    signatures = [{"keyid": "", "sig": base64.b64encode(signature).decode()}]
    return {"payload": base64.b64encode(payload).decode(), "payloadType": payload_type, "signatures": signatures}


def read_envelope(value: Any) -> Envelope:
    """An envelope from JSON's plain data.

    Raises:
        ValueError: it is no envelope, or has no signature.
    """
    if not isinstance(value, Mapping):
        raise ValueError("is no envelope")
    kind, payload, listed = (value.get(name) for name in ("payloadType", "payload", "signatures"))
    if not isinstance(kind, str) or not isinstance(payload, str) or not isinstance(listed, list):
        raise ValueError("is an envelope without payloadType, payload or signatures")
    if not 1 <= len(listed) <= 16 or not all(isinstance(each, Mapping) for each in listed):
        raise ValueError("is an envelope with no signature, or with more than 16")
    return Envelope(kind, from_base64(payload), tuple(from_base64(each.get("sig")) for each in listed))


def from_base64(text: Any) -> bytes:
    """The bytes behind base64 as a stranger wrote it.

    Raises:
        ValueError: it is not base64.
    """
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (AttributeError, ValueError) as error:
        raise ValueError("holds something in place of base64") from error

# --- signatures/approvals.py ---------------------------------------------------------------------------------------

# Signatures of stewards under a decision, and whether enough of them have signed.
#
# What is signed is one line of text, so that a steward can read it and sign it with common tools:
#
#     printf 'commonhold-approval/1 publish DIGEST
# ' > decision.txt
#     openssl pkeyutl -sign -rawin -inkey my-key.pem -in decision.txt | base64 -w0

APPROVAL_FIELDS = ("steward", "decision", "digest", "signature")
DECISION_WORD = re.compile(r"[a-z][a-z_]{0,39}")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Approval:
    """One steward's signature."""

    steward: str
    decision: str
    """What is decided, such as `publish`; a signature for one decision is none for another."""
    digest: str
    """SHA-256 of what is decided on."""
    signature: str
    """Base64 of the 64 bytes of an Ed25519 signature under the line of `approval_line`."""


class Signatory(NamedTuple):
    """Somebody whose signature counts."""

    name: str
    public_key: str
    """`ed25519:` and base64."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """Who has signed, how many have to, and which signatures do not count."""

    needed: int
    approved_by: tuple[str, ...]
    """Stewards whose signature counts, as the community names them, in its order."""
    refused: tuple[str, ...]
    """A sentence for every approval that does not count."""

    @property
    def met(self) -> bool:
        """Whether enough stewards have signed."""
        return len(self.approved_by) >= self.needed


def approval_line(decision: str, digest: str) -> bytes:
    """The line that a steward signs, with its line end."""
    return f"commonhold-approval/1 {decision} {digest}\n".encode("ascii")


def quorum_met(
    stewards: Sequence[Signatory], needed: int, decision: str, digest: str, approvals: Sequence[Approval]
) -> Quorum:
    """Counts the stewards who signed this decision on this digest; each once, strangers never."""
    known = {steward.name.casefold(): steward for steward in stewards}
    signed: set[str] = set()
    refused: list[str] = []
    for approval in approvals:
        name = approval.steward.casefold()
        steward = known.get(name)
        if steward is None:
            refused.append(f"{approval.steward} is no steward of this community; the signature does not count")
        elif (approval.decision, approval.digest) != (decision, digest):
            other = f"{approval.decision} {short(approval.digest)}"
            refused.append(f"{steward.name} signed {other}, not {decision} {short(digest)}; ask for a new signature")
        elif not approval_fits(approval, steward):
            refused.append(f"the signature of {steward.name} does not fit their public_key; ask for a new one")
        elif name in signed:
            refused.append(f"{steward.name} signed twice; that counts once")
        else:
            signed.add(name)
    by = tuple(steward.name for name, steward in known.items() if name in signed)
    return Quorum(needed, by, tuple(refused))


def approval_fits(approval: Approval, steward: Signatory) -> bool:
    """Whether the signature was made with the private part of the steward's key."""
    try:
        key = PublicKey("ed25519", public_key_bytes(steward.public_key))
        return fits(key, approval_line(approval.decision, approval.digest), from_base64(approval.signature))
    except ValueError:
        return False


def approval_bytes(approval: Approval) -> bytes:
    """The file that a steward hands in."""
    return (json.dumps({"approval": 1, **asdict(approval)}, indent=2, ensure_ascii=False) + "\n").encode()


def read_approval(data: bytes) -> Approval:
    """An approval from a file that a steward handed in.

    Raises:
        ValueError: it is not of that form.
    """
    value = parse_json(data)
    if not isinstance(value, dict) or value.keys() != {"approval", *APPROVAL_FIELDS} or value["approval"] != 1:
        raise ValueError(f"is no approval; its keys are approval, {', '.join(APPROVAL_FIELDS)}")
    fields = [value[name] for name in APPROVAL_FIELDS]
    if not all(isinstance(each, str) and 0 < len(each) <= 200 and each.isprintable() for each in fields):
        raise ValueError("is an approval with something else than a short text in it")
    approval = Approval(*fields)
    if not DECISION_WORD.fullmatch(approval.decision) or not HEX_DIGEST.fullmatch(approval.digest):
        raise ValueError("is an approval whose decision or digest is written wrongly")
    return approval

# --- signatures/chain.py -------------------------------------------------------------------------------------------

# The log of a model, which can be added to and not changed: each line names the digest of the line before it.
#
# It says what was published, signed, approved, promoted, withdrawn and reproduced by others. Whoever keeps the newest
# digest notices when a line was changed or taken out; who has the publisher's key sees which lines the publisher has
# signed. A log that was cut off at its end is noticed only by its newest digest.

NO_ENTRY = "0" * 64
"""Named by the first line."""
ENTRY_TYPE = "application/vnd.commonhold.log-entry+json"
EVENTS_OF_A_LOG = ("published", "signed", "approved", "promoted", "withdrawn", "reproduced")
ENTRY_KEYS = frozenset({"log", "place", "previous", "at", "event", "model", "version", "bundle_sha256", "details"})
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class LogEntry(NamedTuple):
    """One line of a log."""

    place: int
    previous: str
    """Digest of the line before."""
    at: str
    """ISO 8601, UTC."""
    event: str
    """One of `EVENTS_OF_A_LOG`."""
    model: str
    version: int
    bundle_sha256: str
    details: Mapping[str, Any]
    signature: bytes
    """Empty where nobody signed the line."""
    digest: str
    """Of the whole line, the signature too."""

    @property
    def signed_part(self) -> bytes:
        """What the signature covers."""
        return signed_bytes(ENTRY_TYPE, canonical_json(_entry_value(self)))


class Standing(NamedTuple):
    """What a log comes to; bundles by their digests."""

    champion: str
    """The bundle that was promoted last, unless it was withdrawn since; empty for none."""
    ever_promoted: bool
    withdrawn: Mapping[str, str]
    """Why, by bundle."""


def log_entry(previous: LogEntry | None, at: str, event: str, bundle: tuple[str, int, str], details: Any) -> LogEntry:
    """The line that comes next, unsigned; `bundle` is model, version and digest."""
    place, before = (previous.place + 1, previous.digest) if previous else (0, NO_ENTRY)
    return _with_digest(LogEntry(place, before, at, event, *bundle, details, b"", ""))


def signed_entry(entry: LogEntry, signature: bytes) -> LogEntry:
    """The line with a signature under it."""
    return _with_digest(entry._replace(signature=signature))


def log_line(entry: LogEntry) -> bytes:
    """The line as the file has it, with its line end."""
    signature = base64.b64encode(entry.signature).decode()
    return canonical_json({"entry": _entry_value(entry), "signature": signature}) + b"\n"


def read_log(data: bytes) -> tuple[LogEntry, ...]:
    """The lines of a log, oldest first, each of which fits the one before.

    Raises:
        ValueError: a line is not of the form of a log, or was changed, added or taken out.
    """
    entries: list[LogEntry] = []
    lines = data.split(b"\n")
    if lines[-1]:
        raise ValueError("its last line is not whole")
    for number, line in enumerate(lines[:-1], 1):
        try:
            entry = _read_line(line)
        except ValueError as error:
            raise ValueError(f"line {number} {error}") from error
        before = entries[-1].digest if entries else NO_ENTRY
        if (entry.place, entry.previous) != (number - 1, before):
            found, wanted = short(entry.previous), short(before)
            raise ValueError(
                f"line {number} follows {found}…, but the line before it is {wanted}…; a line was changed or is missing"
            )
        if entries and entry.model != entries[0].model:
            raise ValueError(f"line {number} is about another model, {entry.model!a}")
        entries.append(entry)
    return tuple(entries)


def entry_signed_by(entry: LogEntry, key: PublicKey) -> bool:
    """Whether the line's signature was made with the private part of a key."""
    return bool(entry.signature) and fits(key, entry.signed_part, entry.signature)


def standing(entries: Sequence[LogEntry]) -> Standing:
    """Which bundle the log makes the champion, and which are withdrawn; a withdrawal is for ever."""
    withdrawn = {
        each.bundle_sha256: str(each.details.get("reason", "")) for each in entries if each.event == "withdrawn"
    }
    promoted = [each.bundle_sha256 for each in entries if each.event == "promoted"]
    champion = promoted[-1] if promoted and promoted[-1] not in withdrawn else ""
    return Standing(champion, bool(promoted), withdrawn)


def _entry_value(entry: LogEntry) -> dict[str, Any]:
    fields = entry._asdict()
    return {"log": 1, **{name: fields[name] for name in sorted(ENTRY_KEYS - {"log"})}}


def _with_digest(entry: LogEntry) -> LogEntry:
    return entry._replace(digest=sha256_bytes(log_line(entry)))


def _read_line(line: bytes) -> LogEntry:
    value = parse_json(line)
    entry = value.get("entry") if isinstance(value, dict) and value.keys() == {"entry", "signature"} else None
    if not isinstance(entry, dict) or entry.keys() != ENTRY_KEYS or entry["log"] != 1:
        raise ValueError("is no entry of a log of this kind")
    texts = [entry[name] for name in ("previous", "at", "event", "model", "bundle_sha256")]
    if not all(isinstance(text, str) for text in texts) or not isinstance(entry["details"], dict):
        raise ValueError("has something else than text where text belongs")
    if not all(type(entry[name]) is int and entry[name] >= 0 for name in ("place", "version")):
        raise ValueError("has something else than a number where a number belongs")
    if entry["event"] not in EVENTS_OF_A_LOG or not MOMENT.fullmatch(entry["at"]):
        raise ValueError("names an event or a moment that no log has")
    fields = {name: entry[name] for name in ENTRY_KEYS - {"log"}}
    found = _with_digest(LogEntry(**fields, signature=from_base64(value["signature"]), digest=""))
    if log_line(found) != line + b"\n":
        raise ValueError("is not written in the one form that a log has")
    return found

# --- publish/tensors.py --------------------------------------------------------------------------------------------

# The header of a safetensors file, read without torch and trusted in nothing, and a digest of the tensors behind it.
#
# The library accepts keys that stand twice, headers of 100 MB, names that are paths, and numbers that are none; this does
# not.

LENGTH_BYTES = 8
MAX_HEADER_BYTES = 16 << 20
MAX_METADATA_BYTES = 64 << 10
MAX_TENSOR_NAME, MAX_SIDES = 256, 8
TYPES = {
    "BOOL": ("torch.bool", 1),
    "U8": ("torch.uint8", 1),
    "I8": ("torch.int8", 1),
    "I16": ("torch.int16", 2),
    "I32": ("torch.int32", 4),
    "I64": ("torch.int64", 8),
    "F16": ("torch.float16", 2),
    "BF16": ("torch.bfloat16", 2),
    "F32": ("torch.float32", 4),
    "F64": ("torch.float64", 8),
}
"""Bytes a number takes, and what torch calls the type, by safetensors' word for it."""
ENDLESS = {
    "torch.float16": (2, bytes(each for each in range(256) if each & 0x7C == 0x7C), b""),
    "torch.bfloat16": (2, b"\x7f\xff", bytes(range(0x80, 0x100))),
    "torch.float32": (4, b"\x7f\xff", bytes(range(0x80, 0x100))),
    "torch.float64": (8, b"\x7f\xff", bytes(each for each in range(256) if each & 0xF0 == 0xF0)),
}
"""How NaN and infinity look in the bytes of each kind of decimal: its size, the values of its last byte, and those of
the byte before it, where that counts too."""


class Tensor(NamedTuple):
    """Where one tensor stands in a file."""

    name: str
    type: str
    """torch's word for it."""
    shape: tuple[int, ...]
    start: int
    """Offset in the file."""
    end: int


def read_header(path: Path) -> tuple[Tensor, ...]:
    """The tensors of a file in the order of their bytes, which fill it without a hole.

    Raises:
        ValueError: the file is not a whole safetensors file.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(LENGTH_BYTES), "little")
        if size < LENGTH_BYTES or not 2 <= length <= min(MAX_HEADER_BYTES, size - LENGTH_BYTES):
            raise ValueError("the header is longer than the file, or than 16 MiB")
        raw = stream.read(length)
    try:
        header = parse_json(raw)
    except ValueError as error:
        raise ValueError(f"the header {error}") from error
    if not isinstance(header, dict) or raw[:1] != b"{":
        raise ValueError("the header is not a JSON object")
    _check_metadata(header.pop("__metadata__", {}))
    tensors = sorted((_tensor(name, entry, LENGTH_BYTES + length) for name, entry in header.items()), key=_place)
    end = LENGTH_BYTES + length
    for tensor in tensors:
        if tensor.start != end:
            raise ValueError(f"there is a hole or an overlap before the tensor {tensor.name!r}")
        end = tensor.end
    if end != size:
        raise ValueError("there are bytes that belong to no tensor")
    return tuple(tensors)


def tensor_digest(path: Path) -> str:
    """Digest of a file's tensors by name, type, shape and bytes; order and metadata do not count.

    Raises:
        ValueError: the file is not a whole safetensors file.
    """
    return tensors_digest([path])


def tensors_digest(paths: Iterable[Path]) -> str:
    """The same over several files that are one model.

    Raises:
        ValueError: a file is not a whole safetensors file.
    """
    found: dict[str, Any] = {}
    for path in paths:
        tensors = read_header(path)
        with path.open("rb") as stream:
            found |= {each.name: [each.type, list(each.shape), _sha256(stream, each)] for each in tensors}
    return digest_of(found)


def first_endless(path: Path) -> str:
    """The name of the first tensor with a number that is NaN or infinite; empty where every number is finite.

    Only decimals are looked at. Costs about as much as hashing the file.

    Raises:
        ValueError: the file is not a whole safetensors file.
    """
    tensors = read_header(path)
    with path.open("rb") as stream:
        for tensor in tensors:
            if tensor.type in ENDLESS and any(_endless(chunk, tensor.type) for chunk in _chunks(stream, tensor)):
                return tensor.name
    return ""


def _endless(data: bytes, type_name: str) -> bool:
    size, last, before = ENDLESS[type_name]
    ends = data[size - 1 :: size]
    if not before:
        return len(ends.translate(None, last)) < len(ends)
    if not any(each in ends for each in (last[:1], last[1:])):
        return False
    # Both bytes have to be of that kind in the same number: one bit for each, compared all at once.
    both = (
        int.from_bytes(part.translate(bytes(each in kind for each in range(256))), "little")
        for part, kind in ((ends, last), (data[size - 2 :: size], before))
    )
    return bool(next(both) & next(both))


def _check_metadata(metadata: Any) -> None:
    listed = [*metadata.keys(), *metadata.values()] if isinstance(metadata, dict) else [metadata]
    texts = [text for text in listed if isinstance(text, str) and text.isprintable()]
    if len(texts) < len(listed):
        raise ValueError("the header's metadata is not pairs of short texts")
    if sum(map(len, texts)) > MAX_METADATA_BYTES:
        raise ValueError("the header's metadata is longer than 64 KiB")


def _place(tensor: Tensor) -> tuple[int, int]:
    return tensor.start, tensor.end


def _tensor(name: str, entry: Any, offset: int) -> Tensor:
    if not 0 < len(name) <= MAX_TENSOR_NAME or not name.isascii() or not name.isprintable():
        raise ValueError(f"the tensor {name[:60]!a} has a name that is empty, too long, or not plain")
    if any(part in name for part in ("/", "\\", "..")):
        raise ValueError(f"the tensor {name[:60]!a} has a name like a path")
    try:
        type_name, number_bytes = TYPES[entry["dtype"]]
        shape, (start, end) = tuple(entry["shape"]), entry["data_offsets"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"the tensor {name!r} is not described by a known type, shape and offsets") from error
    if len(shape) > MAX_SIDES:
        raise ValueError(f"the tensor {name!r} has more than {MAX_SIDES} sides")
    # bool is a kind of int, and True is no size.
    if any(type(number) is not int or number < 0 for number in (*shape, start, end)):
        raise ValueError(f"the tensor {name!r} has a size or offset that is no whole number")
    numbers = 1
    for side in shape:
        numbers *= side
    if end - start != numbers * number_bytes:
        raise ValueError(f"the tensor {name!r} has not as many bytes as its shape asks for")
    return Tensor(name, type_name, shape, offset + start, offset + end)


def _sha256(stream: BinaryIO, tensor: Tensor) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(stream, tensor):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(stream: BinaryIO, tensor: Tensor) -> Iterator[bytes]:
    stream.seek(tensor.start)
    left = tensor.end - tensor.start
    while left and (chunk := stream.read(min(CHUNK_BYTES, left))):
        yield chunk
        left -= len(chunk)

# --- publish/verification/names.py ---------------------------------------------------------------------------------

# Which names files of a bundle may have: such as mean the same file on every system, and hide nothing.

PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,199})*")
"""No dot at the beginning, no space, no letter that two systems write in two ways or that looks like another."""
MOST_NAME_CHARACTERS = 240
MOST_FOLDERS_DEEP = 8
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)
"""Devices on Windows, whatever follows the first dot."""


def shown(name: str) -> str:
    """A name as it can be printed anywhere: what is no plain text, as Python would write it."""
    return name if name.isascii() and name.isprintable() else ascii(name)


def trouble_with_name(name: str) -> str:
    """What is wrong with a POSIX path below a bundle; empty for nothing."""
    return next(_troubles(name, name.split("/")), "")


def _troubles(name: str, parts: list[str]) -> Iterator[str]:
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        yield "is an absolute path, which leads out of the bundle"
    if ".." in parts:
        yield "has a path that leads out of the bundle"
    if "\\" in name:
        yield "has a backslash in its name, which is a folder on Windows"
    if any(character < " " or character == "\x7f" for character in name):
        yield "has a control character in its name"
    if not name.isascii():
        yield "has a name outside letters, digits, dot, hyphen and underscore: a letter that may look like another"
    if any(part.startswith(".") for part in parts):
        yield "is hidden: its name begins with a dot"
    if not PLAIN_NAME.fullmatch(name):
        yield "has a name outside letters, digits, dot, hyphen and underscore"
    if any(part.endswith(".") for part in parts):
        yield "has a name that ends with a dot, which Windows drops"
    if any(part.split(".")[0].casefold() in RESERVED for part in parts):
        yield "has the name of a device on Windows"
    if len(name) > MOST_NAME_CHARACTERS or len(parts) > MOST_FOLDERS_DEEP:
        yield f"has a name of more than {MOST_NAME_CHARACTERS} characters, or in more than {MOST_FOLDERS_DEEP} folders"


def troubles_between(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names that are one name on a system that does not tell capitals apart, each with the sentence about it.

    Folders count too: `Adapter/x` and `adapter/y` are in one folder there.
    """
    spelt: dict[str, str] = {}
    told: set[str] = set()
    for name in names:
        parts = name.split("/")
        for path in ("/".join(parts[: length + 1]) for length in range(len(parts))):
            twin = spelt.setdefault(path.casefold(), path)
            if twin != path and path not in told:
                told.add(path)
                yield path, f"differs from {twin!a} in capitals only"

# --- publish/verification/gguf_header.py ---------------------------------------------------------------------------

# The header of a GGUF file (version 3, as llama.cpp writes it), read without trust: every length before every reading.
#
# Readers of this format have been led out of their memory by lengths that nobody compared. What numbers the tensors hold
# is not looked at.

GGUF_MAGIC = b"GGUF"
GGUF_ALIGNMENT = 32
MOST_GGUF_KEYS, MOST_GGUF_TENSORS = 4096, 65_536
LONGEST_GGUF_KEY, LONGEST_GGUF_TEXT = 256, 1 << 20
MOST_GGUF_ITEMS = 8 << 20
"""In all lists together; a vocabulary of 256,000 takes three times that number."""
GGUF_NUMBERS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of a value by its type's number."""
GGUF_STRING, GGUF_LIST = 8, 9
GGUF_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 30: (1, 2),
}  # fmt: skip
"""Numbers in a block and bytes of it: F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K to Q6_K, BF16."""


class GgufHeader(NamedTuple):
    """What a GGUF file says of itself."""

    keys: tuple[str, ...]
    tensors: tuple[str, ...]


def read_gguf_header(path: Path) -> GgufHeader:
    """Keys and tensors of a file whose lengths all fit, and whose tensors fill it without a hole.

    Raises:
        ValueError: the file is not a whole GGUF file.
    """
    with path.open("rb") as stream:
        return _GgufReader(stream, path.stat().st_size).header()


class _GgufReader:
    def __init__(self, stream: BinaryIO, size: int) -> None:
        self.stream = stream
        self.size = size
        self.items = 0

    def header(self) -> GgufHeader:
        if self.bytes_of(4) != GGUF_MAGIC or self.number("<I", 4) != 3:
            raise ValueError("it does not begin as GGUF version 3 does")
        tensors, keys = self.number("<Q", 8), self.number("<Q", 8)
        if tensors > MOST_GGUF_TENSORS or keys > MOST_GGUF_KEYS:
            raise ValueError(f"it says that it has {keys} keys and {tensors} tensors, which no model has")
        names = []
        for _ in range(keys):
            names.append(self.text(LONGEST_GGUF_KEY))
            self.value(self.number("<I", 4), lists=1)
            if names[-1] == "general.alignment":
                raise ValueError("it has an alignment of its own")
        found = [self.tensor() for _ in range(tensors)]
        self.compare(found)
        tensor_names = [name for name, _, _ in found]
        for kind, listed in (("key", names), ("tensor", tensor_names)):
            if len(set(listed)) < len(listed):
                raise ValueError(f"a {kind} stands in it twice")
        return GgufHeader(tuple(names), tuple(tensor_names))

    def compare(self, tensors: list[tuple[str, int, int]]) -> None:
        """Whether the tensors lie one behind the other, up to the end of the file."""
        place = _aligned(self.stream.tell())
        begin = place
        for name, offset, length in sorted(tensors, key=lambda tensor: tensor[1]):
            if begin + offset != place:
                raise ValueError(f"there is a hole or an overlap before the tensor {name[:60]!a}")
            place = _aligned(place + length)
            end = begin + offset + length
        if not (end if tensors else begin) <= self.size <= place:
            raise ValueError("its tensors do not end where the file ends")

    def tensor(self) -> tuple[str, int, int]:
        """Name, offset and length in bytes."""
        name, sides = self.text(LONGEST_GGUF_KEY), self.number("<I", 4)
        if not 1 <= sides <= 4 or not name.isprintable() or any(part in name for part in ("/", "\\", "..")):
            raise ValueError(f"the tensor {name[:60]!a} has a name like a path, or not one to four sides")
        numbers = 1
        shape = [self.number("<Q", 8) for _ in range(sides)]
        for side in shape:
            numbers *= side
        kind, offset = self.number("<I", 4), self.number("<Q", 8)
        if kind not in GGUF_BLOCKS:
            raise ValueError(f"the tensor {name[:60]!a} is of the unknown type {kind}")
        block, block_bytes = GGUF_BLOCKS[kind]
        if not numbers or shape[0] % block:
            raise ValueError(f"the tensor {name[:60]!a} has a side that its type cannot have")
        return name, offset, numbers // block * block_bytes

    def value(self, kind: int, lists: int) -> None:
        """Passes over one value."""
        if kind == GGUF_STRING:
            self.text(LONGEST_GGUF_TEXT)
        elif kind == GGUF_LIST and lists:
            inner, length = self.number("<I", 4), self.number("<Q", 8)
            self.items += length
            if self.items > MOST_GGUF_ITEMS:
                raise ValueError("its lists have more items than any vocabulary")
            if inner in GGUF_NUMBERS:
                self.bytes_of(length * GGUF_NUMBERS[inner])
            else:
                for _ in range(length):
                    self.value(inner, lists - 1)
        elif kind in GGUF_NUMBERS:
            self.bytes_of(GGUF_NUMBERS[kind])
        else:
            raise ValueError(f"it has a value of the unknown type {kind}")

    def text(self, longest: int) -> str:
        length = self.number("<Q", 8)
        if length > longest:
            raise ValueError(f"it has a text of {length:,} bytes where {longest:,} are the most")
        try:
            return self.bytes_of(length).decode()
        except UnicodeDecodeError:
            # Tokens of byte-level vocabularies need not be whole characters.
            return "?"

    def number(self, form: str, size: int) -> int:
        found: int = struct.unpack(form, self.bytes_of(size))[0]
        return found

    def bytes_of(self, count: int) -> bytes:
        if count > self.size - self.stream.tell():
            raise ValueError("it ends before its header does")
        return self.stream.read(count)


def _aligned(place: int) -> int:
    return -(-place // GGUF_ALIGNMENT) * GGUF_ALIGNMENT

# --- publish/verification/pages.py ---------------------------------------------------------------------------------

# HTML pages of a bundle: text and drawings only, since people open them from their disk, where nothing is fenced.

ACTIVE_TAGS = frozenset(
    {"script", "iframe", "frame", "object", "embed", "applet", "base", "link", "form", "portal", "foreignobject"}
)
ADDRESSES = frozenset({"href", "src", "srcset", "xlink:href", "action", "formaction", "data", "poster", "background"})
INNER_ADDRESSES = ("#", "data:image/png;", "data:image/svg+xml;", "http://", "https://", "mailto:")
"""Where a link may lead; what a page loads by itself may only be `data:`."""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.trouble = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE_TAGS:
            self.trouble = self.trouble or f"is a page with <{tag}>, which does something when it is opened"
        for name, value in attrs:
            self._look_at(tag, name, "".join((value or "").split()).casefold())

    def _look_at(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self.trouble = self.trouble or f"is a page with the attribute {name[:40]!a}, which runs a script"
        if name == "http-equiv" and value == "refresh":
            self.trouble = self.trouble or "is a page that leads to another page by itself"
        if name not in ADDRESSES or not value:
            return
        links = tag in ("a", "area")
        if not value.startswith(INNER_ADDRESSES) or (not links and value.startswith(("http", "mailto"))):
            self.trouble = self.trouble or f"is a page that loads or leads to {value[:60]!a}"


def trouble_with_page(text: str) -> str:
    """What an HTML page does that a report need not; empty for nothing."""
    page = _Page()
    page.feed(text)
    page.close()
    return page.trouble

# --- publish/verification/kinds.py ---------------------------------------------------------------------------------

# What a file of each kind must be before anybody reads it: weights are weights, JSON is JSON, and text is text.

WEIGHTS = ".safetensors"
GGUF = ".gguf"
TEXTS = frozenset({".json", ".jsonl", ".md", ".html", ".yaml", ".jinja", ".txt", ".toml", ".patch"})
TEXTS_WITHOUT_SUFFIX = frozenset({"LICENSE", "NOTICE", "Modelfile"})
MAGIC = {
    b"\x80": "a Python pickle, which executes what it reads",
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "a zip archive",
    b"PK\x07\x08": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"#!": "a program",
    b"\x89HDF": "an HDF5 file, which may hold a pickle",
    b"\x93NUMPY": "a numpy file, which may hold a pickle",
}
MOST_PARSED_BYTES = MOST_JSON_BYTES
FOREIGN_CODE = ("auto_map", "auto_mapping", "custom_pipelines", "trust_remote_code")
"""Keys of a configuration for which libraries load Python from elsewhere."""


def is_text(path: Path) -> bool:
    """Whether a file of this name has to be UTF-8 text."""
    return path.suffix in TEXTS or path.name in TEXTS_WITHOUT_SUFFIX


def trouble_with_kind(path: Path, head: bytes) -> str:
    """What is wrong with the kind of a file that begins with `head`; empty for nothing.

    Raises:
        OSError: the file may not be read.
    """
    if path.suffix == WEIGHTS:
        trouble = _weights(path)
    elif path.suffix == GGUF:
        trouble = _gguf(path)
    elif is_text(path):
        trouble = _text(path)
    else:
        kinds = ", ".join(sorted({WEIGHTS, GGUF, *TEXTS, *TEXTS_WITHOUT_SUFFIX}))
        trouble = f"files of this kind are not allowed; a bundle holds {kinds}"
    # The length at the head of a safetensors file may begin as a pickle does: a header of 1,152 bytes is 80 04.
    if path.suffix != WEIGHTS or trouble:
        return next((f"is {kind}" for magic, kind in MAGIC.items() if head.startswith(magic)), trouble)
    return trouble


def _weights(path: Path) -> str:
    try:
        endless = first_endless(path)
    except ValueError as error:
        return f"is not a safetensors file: {error}"
    return f"holds a number that is none (NaN or infinite) in the tensor {endless!a}" if endless else ""


def _gguf(path: Path) -> str:
    try:
        read_gguf_header(path)
    except ValueError as error:
        return f"is not a GGUF file: {error}"
    return ""


def _text(path: Path) -> str:
    if path.suffix not in {".json", ".jsonl", ".html"}:
        return ""
    if path.stat().st_size > MOST_PARSED_BYTES:
        return f"is larger than any file of this kind has to be ({path.stat().st_size:,} bytes)"
    data = path.read_bytes()
    try:
        if path.suffix == ".html":
            return trouble_with_page(data.decode())
        value = parse_json(data) if path.suffix == ".json" else parse_json_lines(data)
    except ValueError as error:
        return str(error)
    named = [key for key in FOREIGN_CODE if isinstance(value, dict) and value.get(key)]
    return f"asks for code from elsewhere ({named[0]})" if named else ""

# --- publish/contents.py -------------------------------------------------------------------------------------------

# What a bundle may hold: weights as safetensors or GGUF, and text. All else is refused, not scanned and let pass.

READ_BYTES = 4 << 20
MOST_FILES = 2_000
MOST_NAMES = 2 * MOST_FILES
READERS = 4
"""Threads; hashing leaves the interpreter to others while it works."""


class Seen(NamedTuple):
    """One file as it lies on the disk."""

    sha256: str
    """Empty where it was not read, since its size alone is wrong."""
    bytes: int


class Contents(NamedTuple):
    """A folder, looked at without trust."""

    files: dict[str, Seen]
    """By POSIX path, sorted; links and special files are not among them."""
    problems: list[str]
    """What must not be there."""


def look_through(folder: Path, sizes: Mapping[str, int] | None = None) -> Contents:
    """Every file below a folder, hidden ones too, with digest and size; and all that has no place in a bundle.

    A file that `sizes` gives another size is not read: a forged one of a terabyte costs nothing.

    Raises:
        OSError: a file or folder may not be read.
    """
    problems: list[str] = []
    plain: dict[str, Path] = {}
    names = _walk(folder)
    if len(names) > MOST_NAMES:
        return Contents({}, [f"there are more than {MOST_NAMES:,} files and folders, and no bundle has so many"])
    for path, is_folder in names:
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            problems.append(f"{shown(name)}: is a link; a bundle holds files only")
        elif not is_folder and not stat.S_ISREG(path.lstat().st_mode):
            problems.append(f"{shown(name)}: is no plain file")
        elif trouble := trouble_with_name(name):
            problems.append(f"{shown(name)}: {trouble}")
        elif is_folder and not any(path.iterdir()):
            problems.append(f"{shown(name)}: is an empty folder, which no digest would cover")
        if not is_folder and not path.is_symlink() and stat.S_ISREG(path.lstat().st_mode):
            plain[name] = path
    problems += [f"{shown(name)}: {trouble}" for name, trouble in troubles_between(plain)]
    if len(plain) > MOST_FILES:
        return Contents({}, [*problems, f"there are {len(plain):,} files, and {MOST_FILES:,} are the most"])
    # The largest first, so that no thread waits at the end for one that began late.
    order = sorted(plain, key=lambda name: plain[name].stat().st_size, reverse=True)
    with ThreadPoolExecutor(READERS) as readers:
        found = dict(
            zip(order, readers.map(lambda name: _look_at(plain[name], (sizes or {}).get(name)), order), strict=True)
        )
    problems += [f"{shown(name)}: {found[name][1]}" for name in sorted(plain) if found[name][1]]
    return Contents({name: found[name][0] for name in sorted(plain)}, problems)


def _walk(folder: Path) -> list[tuple[Path, bool]]:
    """Everything below a folder, and whether it is a folder itself."""
    found: list[tuple[Path, bool]] = []
    for above, folders, names in os.walk(folder, onerror=_unreadable):
        # A link to a folder stands among the folders and would be passed over.
        found += [(Path(above) / name, True) for name in folders]
        found += [(Path(above) / name, False) for name in names]
        if len(found) > MOST_NAMES:
            break  # whoever made so many wants to be waited for; what was not walked is not vouched for
    return sorted(found)


def _unreadable(error: OSError) -> None:
    raise error


def _look_at(path: Path, size: int | None) -> tuple[Seen, str]:
    """Digest and size of a file, and what is wrong with its kind."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(handle, "rb", buffering=0) as stream:  # noqa: PTH123 - the file that was looked at, not one put in its place
        actual = os.fstat(handle).st_size
        if size is not None and actual != size:
            return Seen("", actual), ""
        digest, head, buffer = hashlib.sha256(), b"", bytearray(min(READ_BYTES, actual + 1))
        decoder = codecs.getincrementaldecoder("utf-8")() if is_text(path) else None
        trouble, total = "", 0
        while count := stream.readinto(buffer):
            chunk = memoryview(buffer)[:count]
            head, total = head or bytes(chunk[:8]), total + count
            digest.update(chunk)
            if decoder and not trouble:
                trouble = _not_text(decoder, bytes(chunk))
    if decoder and not trouble:
        trouble = _not_text(decoder, b"", final=True)
    return Seen(digest.hexdigest(), total), _first(trouble_with_kind(path, head), trouble)


def _first(kind: str, text: str) -> str:
    """A pickle is a pickle first and no text second."""
    return text if text and not kind.startswith("is a") else kind or text


def _not_text(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> str:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return "is not text in UTF-8"
    return "holds a zero byte, which text does not" if b"\0" in chunk else ""

# --- publish/manifest.py -------------------------------------------------------------------------------------------

# manifest.json: digest and size of every other file of a bundle, and one digest over them all.

FILE_NAME = "manifest.json"


def bundle_digest(files: Mapping[str, Seen]) -> str:
    """The digest of a bundle: over path, digest and size of every file but the manifest."""
    return digest_of({path: seen._asdict() for path, seen in files.items()})


def manifest_bytes(files: Mapping[str, Seen]) -> bytes:
    """The only manifest.json that these files can have."""
    listed = {path: seen._asdict() for path, seen in files.items()}
    manifest = {"manifest": 1, "bundle_sha256": bundle_digest(files), "files": listed}
    return (json.dumps(manifest, indent=2, sort_keys=True) + "\n").encode()


def read_manifest(data: bytes) -> dict[str, Seen]:
    """The files that a manifest lists.

    Raises:
        ValueError: it is not a manifest as `manifest_bytes` writes it.
    """
    try:
        listed = json.loads(data)["files"]
        files = {str(path): Seen(str(entry["sha256"]), int(entry["bytes"])) for path, entry in listed.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it is not a list of files with their digests") from error
    if manifest_bytes(files) != data:
        raise ValueError("its own digest, or its form, is not the one that its list of files gives")
    return files

# --- publish/verification/views.py ---------------------------------------------------------------------------------

# Which files of a bundle are made from the record alone, so that the record cannot name them.

MADE_FROM_RECORD = frozenset(
    {
        "README.md",
        "label.html",
        "gguf/Modelfile",
        "views/croissant.json",
        "views/gates.intoto.json",
        "views/mlbom.cdx.json",
        "views/openness.json",
        "views/provenance.intoto.json",
        "views/training-content.md",
    }
)

# --- publish/verification/attestations.py --------------------------------------------------------------------------

# What lies beside a bundle: signature, decision, approvals, log, and who made it again; only read.

SIGNATURE, DECISION, LOG, APPROVALS = "model.sig", "decision.json", "log.jsonl", "approvals"
REPRODUCTIONS, REPRODUCTIONS_PAGE = "reproductions", "reproductions.md"
FILES = (SIGNATURE, DECISION, LOG, REPRODUCTIONS_PAGE)
MOST_ATTESTATION_BYTES = 32 << 20
MOST_APPROVALS = 1000


class Attestations(NamedTuple):
    """The bytes of each; nothing where there is none."""

    signature: bytes | None = None
    decision: bytes | None = None
    log: bytes | None = None
    approvals: Mapping[str, bytes] = {}
    """By the name of their file."""
    reproductions: Mapping[str, bytes] = {}
    """Signed statements of those who made the model again, by the name of their file."""
    reproductions_page: bytes | None = None
    """The page that counts them."""
    strays: tuple[str, ...] = ()
    """Sentences about what has no place there."""


def read_attestations(folder: Path) -> Attestations:
    """What is in a folder of attestations; an absent folder has none.

    Raises:
        OSError: a file may not be read.
    """
    found: dict[str, bytes] = {}
    strays = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        name = path.relative_to(folder).as_posix()
        inner = path.parent in (folder / APPROVALS, folder / REPRODUCTIONS) and path.suffix == ".json"
        if path.is_symlink():
            strays.append(f"attestations/{shown(name)}: is a link; only files count")
        elif path.is_dir() and name in (APPROVALS, REPRODUCTIONS):
            continue
        elif not (inner or name in FILES) or not path.is_file():
            strays.append(f"attestations/{shown(name)}: has no place among the attestations")
        elif path.stat().st_size > MOST_ATTESTATION_BYTES or len(found) > MOST_APPROVALS:
            strays.append(f"attestations/{shown(name)}: is larger, or one more, than any attestation has to be")
        else:
            found[name] = path.read_bytes()
    below = {
        part: {name.partition("/")[2]: data for name, data in found.items() if name.startswith(f"{part}/")}
        for part in (APPROVALS, REPRODUCTIONS)
    }
    return Attestations(
        signature=found.get(SIGNATURE),
        decision=found.get(DECISION),
        log=found.get(LOG),
        approvals=below[APPROVALS],
        reproductions=below[REPRODUCTIONS],
        reproductions_page=found.get(REPRODUCTIONS_PAGE),
        strays=tuple(strays),
    )

# --- publish/verification/findings.py ------------------------------------------------------------------------------

# What a check comes to: what is wrong, what is proven, what is only claimed, and what cannot be seen from here.

class Trust(NamedTuple):
    """What the person who checks knows from another place than the bundle; all of it may be left out."""

    digest: str = ""
    """Of the bundle."""
    key: PublicKey | None = None
    """The publisher's."""
    stewards: tuple[Signatory, ...] = ()
    quorum: int = 0
    log_head: str = ""
    """Digest of a line of the log; the log must still hold it."""
    reproducers: tuple[PublicKey, ...] = ()
    """Keys of people who, as the checker knows, made the model again; each of them must have signed so."""
    promoted: bool = False
    """Whether only a bundle that the stewards let out will do."""


@dataclass(slots=True)
class Findings:
    """What was found, a sentence each."""

    problems: list[str] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)
    """What follows from bytes and keys alone."""
    claimed: list[str] = field(default_factory=list)
    """What the publisher says and nobody can see from here."""
    not_checkable: list[str] = field(default_factory=list)
    """What was not compared, and what it takes."""

    def add(self, other: "Findings") -> None:
        """Takes in what another check found."""
        self.problems += other.problems
        self.proven += other.proven
        self.claimed += other.claimed
        self.not_checkable += other.not_checkable

# --- publish/verification/model_signature.py -----------------------------------------------------------------------

# The publisher's signature over every file: the OpenSSF's model signature, as model-signing 1.x writes it.
#
# A Sigstore bundle (v0.3) with a DSSE envelope around an in-toto statement, whose predicate lists every file with its
# SHA-256. Differences: the files are walked by us, hidden ones too, and each has to be listed, whatever the signature
# says may be ignored; links never count; keys may also be Ed25519, which model-signing 1.1.1 refuses.

BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
IN_TOTO_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
MODEL_PREDICATE = "https://model_signing/signature/v1.0"


class ModelSignature(NamedTuple):
    """What a model.sig says, before anybody has looked whose it is."""

    name: str
    files: Mapping[str, str]
    """SHA-256 by path."""
    key_hint: str
    """Fingerprint of the signer's key; empty where the signature names none."""
    envelope: Envelope


def files_digest(digests: Sequence[str]) -> str:
    """The one digest over files' digests, in the order of their paths."""
    return hashlib.sha256(b"".join(bytes.fromhex(digest) for digest in digests)).hexdigest()


def read_model_signature(data: bytes) -> ModelSignature:
    """A signature's content.

    Raises:
        ValueError: it is not of that form, or contradicts itself.
    """
    bundle = parse_json(data)
    material = bundle.get("verificationMaterial") if isinstance(bundle, dict) else None
    if not isinstance(material, dict) or bundle.get("mediaType") != BUNDLE_TYPE:
        raise ValueError("is no Sigstore bundle of version 0.3")
    key = material.get("publicKey")
    if not isinstance(key, dict):
        raise ValueError("was made with a certificate; signatures with a key are what is read here")
    envelope = read_envelope(bundle.get("dsseEnvelope"))
    if envelope.payload_type != IN_TOTO_TYPE:
        raise ValueError("signs something else than an in-toto statement")
    name, files = _statement(parse_json(envelope.payload))
    return ModelSignature(name, files, str(key.get("hint") or ""), envelope)


def signature_problems(signature: ModelSignature, files: Mapping[str, str], key: PublicKey | None) -> list[str]:
    """What a signature says and the files, or the key that somebody trusts, do not bear out."""
    paths = sorted(signature.files.keys() | files.keys())
    problems = [
        f"model.sig: {path!a} is not the file that was signed"
        for path in paths
        if signature.files.get(path) != files.get(path)
    ]
    if key and not envelope_signed_by(signature.envelope, key):
        hint = f"; it names the key {signature.key_hint[:12]}…" if signature.key_hint else ""
        problems.append(f"model.sig: was not made with the key {key.fingerprint[:12]}… that you trust{hint}")
    return problems


def _statement(value: Any) -> tuple[str, dict[str, str]]:
    if not isinstance(value, dict) or value.get("_type") != STATEMENT_TYPE:
        raise ValueError("signs no in-toto statement of version 1")
    if value.get("predicateType") != MODEL_PREDICATE:
        raise ValueError("signs a statement about something else than a model's files")
    try:
        (subject,) = value["subject"]
        name, expected = str(subject["name"]), subject["digest"]["sha256"]
        predicate = value["predicate"]
        method = (predicate["serialization"]["method"], predicate["serialization"]["hash_type"])
        listed = [(str(each["name"]), str(each["digest"]), each["algorithm"]) for each in predicate["resources"]]
        found = files_digest([digest for _, digest, _ in listed])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("does not list files with their digests") from error
    if method != ("files", "sha256") or any(algorithm != "sha256" for _, _, algorithm in listed):
        raise ValueError("covers the files in another way than one SHA-256 for each")
    if found != expected:
        raise ValueError("contradicts itself: its list of files does not give its own digest")
    if len({path for path, _, _ in listed}) < len(listed):
        raise ValueError("lists a file twice")
    return name, {path: digest for path, digest, _ in listed}

# --- publish/verification/decision.py ------------------------------------------------------------------------------

# The decision that stewards sign: this bundle, with these results of its gates, and who has to agree.

DECISION_PREDICATE = "urn:commonhold:decision:1"
PUBLISH = "publish"
"""The word that stewards sign before the decision's digest."""
GATE_KEYS = frozenset({"name", "verdict", "reason"})
MOST_STEWARDS = 1000


class PublishDecision(NamedTuple):
    """What is decided on."""

    model: str
    bundle_sha256: str
    gates: tuple[Mapping[str, str], ...]
    """Name, verdict and reason, as record.json has them."""
    stewards: tuple[Signatory, ...]
    quorum: int


def decision_bytes(decision: PublishDecision) -> bytes:
    """decision.json: an in-toto statement, in the one form that it can have."""
    predicate = {
        "decision": PUBLISH,
        "gates": [dict(gate) for gate in decision.gates],
        "stewards": [steward._asdict() for steward in decision.stewards],
        "quorum": decision.quorum,
    }
    subject = [{"name": decision.model, "digest": {"sha256": decision.bundle_sha256}}]
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": subject,
        "predicateType": DECISION_PREDICATE,
        "predicate": predicate,
    }
    return canonical_json(statement)


def decision_digest(decision: PublishDecision) -> str:
    """What stewards sign."""
    return sha256_bytes(decision_bytes(decision))


def read_decision(data: bytes) -> PublishDecision:
    """A decision from its bytes.

    Raises:
        ValueError: it is not of that form, or a steward's key is none.
    """
    value = parse_json(data)
    try:
        (subject,), predicate = value["subject"], value["predicate"]
        gates = tuple(_gate(gate) for gate in predicate["gates"])
        stewards = tuple(Signatory(**steward) for steward in predicate["stewards"])
        found = PublishDecision(
            str(subject["name"]), str(subject["digest"]["sha256"]), gates, stewards, predicate["quorum"]
        )
        same = decision_bytes(found) == data
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError("is no decision of this kind") from error
    if not same:
        raise ValueError("is not written in the one form that a decision has")
    check_stewards(found.stewards, found.quorum)
    if not HEX_DIGEST.fullmatch(found.bundle_sha256):
        raise ValueError("names no digest of a bundle")
    return found


def check_stewards(stewards: Sequence[Signatory], quorum: Any) -> None:
    """Whether this can be a community's list of those who decide.

    Raises:
        ValueError: nobody is on it, two are one, a key is none, or the number needed cannot be met.
    """
    if not 1 <= len(stewards) <= MOST_STEWARDS or not all(isinstance(text, str) for each in stewards for text in each):
        raise ValueError("names no stewards")
    for steward in stewards:
        public_key_bytes(steward.public_key)
    names, keys = {each.name.casefold() for each in stewards}, {each.public_key for each in stewards}
    if len(names) < len(stewards) or len(keys) < len(stewards):
        raise ValueError("has two stewards with one name or one key")
    if type(quorum) is not int or not 1 <= quorum <= len(stewards):
        raise ValueError(f"asks for a number of signatures that {len(stewards)} stewards cannot give")


def read_stewards(data: bytes) -> tuple[tuple[Signatory, ...], int]:
    """Stewards and quorum from a JSON file that a person trusts: `{"quorum": 2, "stewards": [{"name", "public_key"}]}`.

    Raises:
        ValueError: it is not of that form.
    """
    value = parse_json(data)
    try:
        stewards, quorum = tuple(Signatory(**steward) for steward in value["stewards"]), value["quorum"]
    except (KeyError, TypeError) as error:
        raise ValueError("is no list of stewards with name and public_key, and a quorum") from error
    check_stewards(stewards, quorum)
    return stewards, quorum


def _gate(gate: Mapping[str, Any]) -> dict[str, str]:
    if gate.keys() != GATE_KEYS or not all(isinstance(text, str) for text in gate.values()):
        raise ValueError("is a gate of another form")
    return dict(gate)

# --- publish/verification/reproduction_statement.py ----------------------------------------------------------------

# What somebody signs who has made a model again: an in-toto statement in a DSSE envelope, with their own key.
#
# The statement names the bundle by its digest and the signer's key, so that neither can be exchanged afterwards. It is
# written without a key where the key is on another machine, and counts once it is signed.

REPRODUCTION_PREDICATE = "urn:commonhold:reproduction:1"
GRADE_WORD = re.compile(r"R[1-4]")
COMPARED_KEYS = frozenset({"what", "equal", "near", "text"})
LONGEST_STATEMENT_TEXT = 4000
MOST_STATEMENT_PARTS = 20
MOST_STEPS = 10**9


class ReproductionStatement(NamedTuple):
    """What came of making a model again."""

    model: str
    bundle_sha256: str
    grade: str
    """`R1` the same bytes, `R2` the same weights within the published tolerance, `R3` the same gates, `R4` none."""
    steps: int
    """First steps that were taken; 0 for the whole training with its evaluation."""
    compared: tuple[Mapping[str, Any], ...]
    """`what`, `equal`, `near` and `text` of each thing that was compared."""
    made_with: Mapping[str, str]
    """Processor, instruction set and version of commonhold, as far as they are known."""
    at: str
    """ISO 8601, UTC, by the signer's clock."""
    reproducer: str
    """The signer's public key as one word; empty while nobody has signed."""


def statement_payload(said: ReproductionStatement) -> bytes:
    """What is signed: canonical JSON, in the one form that it can have."""
    predicate = {
        "grade": said.grade,
        "steps": said.steps,
        "compared": [dict(each) for each in said.compared],
        "made_with": dict(said.made_with),
        "at": said.at,
        "reproducer": said.reproducer,
    }
    subject = [{"name": said.model, "digest": {"sha256": said.bundle_sha256}}]
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
    found = _read_statement(data)
    if found.reproducer:
        raise ValueError("names a key already, but is not signed with it")
    return found


def read_signed_statement(data: bytes) -> tuple[ReproductionStatement, PublicKey]:
    """A statement, and the key that it names and that it is signed with.

    Raises:
        ValueError: it is not of that form, or its signature does not fit.
    """
    envelope = read_envelope(parse_json(data))
    if envelope.payload_type != IN_TOTO_TYPE:
        raise ValueError("signs something else than an in-toto statement")
    found = _read_statement(envelope.payload)
    if not found.reproducer:
        raise ValueError("names no key, so nobody has signed it")
    key = read_public_key(found.reproducer)
    if key.text != found.reproducer:
        raise ValueError("writes its key in another way than as one word")
    if len(envelope.signatures) != 1 or not envelope_signed_by(envelope, key):
        raise ValueError("is not signed with the key that it names; it was changed, or somebody else's key was put in")
    if signed_statement_bytes(envelope.payload, envelope.signatures[0]) != data:
        raise ValueError("is not written in the one form that a signed statement has")
    return found, key


def _read_statement(data: bytes) -> ReproductionStatement:
    value = parse_json(data)
    try:
        (subject,), predicate = value["subject"], value["predicate"]
        found = ReproductionStatement(
            model=subject["name"],
            bundle_sha256=subject["digest"]["sha256"],
            compared=tuple(predicate["compared"]),
            **{name: predicate[name] for name in ("grade", "steps", "made_with", "at", "reproducer")},
        )
        texts = (found.model, found.bundle_sha256, found.grade, found.at, found.reproducer)
        fits_form = all(isinstance(text, str) for text in texts) and statement_payload(found) == data
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError("is no statement of a reproduction") from error
    if not fits_form:
        raise ValueError("is not written in the one form that a statement of a reproduction has")
    _check_statement(found)
    return found


def _check_statement(found: ReproductionStatement) -> None:
    if not HEX_DIGEST.fullmatch(found.bundle_sha256) or not GRADE_WORD.fullmatch(found.grade):
        raise ValueError("names no digest of a bundle, or a grade that there is not")
    if not MOMENT.fullmatch(found.at) or type(found.steps) is not int or not 0 <= found.steps <= MOST_STEPS:
        raise ValueError("names a moment, or a number of steps, that cannot be")
    if not all(_is_part(part) for part in found.compared) or not 1 <= len(found.compared) <= MOST_STATEMENT_PARTS:
        raise ValueError("compares something in another form")
    if not all(_is_text(text) for text in found.made_with.values()):
        raise ValueError("says what it was made with in something else than short texts")
    if (found.grade == "R1") != all(part["equal"] for part in found.compared):
        raise ValueError("contradicts itself: grade R1 is for where everything that was compared is equal")


def _is_part(part: Any) -> bool:
    if not isinstance(part, Mapping) or part.keys() != COMPARED_KEYS:
        return False
    flags = all(isinstance(part[name], bool) for name in ("equal", "near"))
    return flags and all(_is_text(part[name]) for name in ("what", "text"))


def _is_text(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= LONGEST_STATEMENT_TEXT

# --- publish/verification/reproduced.py ----------------------------------------------------------------------------

# Who made a model again: signed statements held against the bundle and the log, and counted; own keys do not count.

NOT_REPRODUCED = "R4"
GRADE_MEANINGS = (
    ("R1", "the same bytes"),
    ("R2", "the same weights, within the tolerance that record.json names"),
    ("R3", "other weights, and every gate says the same"),
    ("R4", "not reproduced"),
)


class Witness(NamedTuple):
    """Somebody's newest word on a bundle."""

    fingerprint: str
    said: ReproductionStatement


def own_keys(found: Attestations, bundle_sha256: str) -> frozenset[str]:
    """Fingerprints of the keys of those who answer for a bundle, and so are not independent: publisher and stewards."""
    texts: list[str] = []
    hint = ""
    with contextlib.suppress(ValueError):
        hint = read_model_signature(found.signature or b"").key_hint
    with contextlib.suppress(ValueError):
        texts += [each.public_key for each in read_decision(found.decision or b"").stewards]
    with contextlib.suppress(ValueError):
        lines = [each for each in read_log(found.log or b"") if each.bundle_sha256 == bundle_sha256]
        texts += [str(each.details.get("key", "")) for each in lines if each.event == "signed"]
    keys = {hint} if hint else set()
    for text in texts:
        with contextlib.suppress(ValueError):
            keys.add(read_public_key(text).fingerprint)
    return frozenset(keys)


def witnesses(statements: Mapping[str, bytes], bundle_sha256: str, own: Collection[str]) -> tuple[Witness, ...]:
    """Everybody independent who made this bundle again, each with their newest statement; best grades first.

    Statements that are not sound, or about another bundle, are left out.
    """
    newest: dict[str, Witness] = {}
    for _, data in sorted(statements.items()):
        with contextlib.suppress(ValueError):
            said, key = read_signed_statement(data)
            before = newest.get(key.fingerprint)
            if said.bundle_sha256 == bundle_sha256 and (before is None or said.at > before.said.at):
                newest[key.fingerprint] = Witness(key.fingerprint, said)
    others = [each for fingerprint, each in newest.items() if fingerprint not in own]
    return tuple(
        sorted(others, key=lambda each: (each.said.grade, each.said.steps > 0, each.said.at, each.fingerprint))
    )


def counted_line(found: Sequence[Witness]) -> str:
    """`independently reproduced: 2 (R1), 1 (R3)`; what failed, and what was a part only, is said apart."""
    whole = [each.said.grade for each in found if not each.said.steps and each.said.grade != NOT_REPRODUCED]
    first = [each.said.grade for each in found if each.said.steps and each.said.grade != NOT_REPRODUCED]
    failed = sum(each.said.grade == NOT_REPRODUCED for each in found)
    line = f"independently reproduced: {_by_grade(whole) or 'by nobody'}"
    line += f"; in its first steps only: {_by_grade(first)}" if first else ""
    return line + (f"; not reproduced: {failed} ({NOT_REPRODUCED})" if failed else "")


def _by_grade(grades: Sequence[str]) -> str:
    return ", ".join(f"{grades.count(grade)} ({grade})" for grade in sorted(set(grades)))


def reproductions_page(
    model: str, bundle_sha256: str, statements: Mapping[str, bytes], own: Collection[str]
) -> bytes | None:
    """reproductions.md, which lies beside the bundle and counts what the card in it cannot; none without statements."""
    if not statements:
        return None
    found = witnesses(statements, bundle_sha256, own)
    lines = [f"# Who made {model} again", "", f"{counted_line(found)}", "", f"Bundle digest: `{bundle_sha256}`", ""]
    if found:
        lines += ["| grade | how much | when | key |", "|---|---|---|---|"]
        for each in found:
            part = f"first {each.said.steps:,} steps" if each.said.steps else "whole training"
            lines.append(f"| {each.said.grade} | {part} | {each.said.at[:10]} | `{each.fingerprint}` |")
        lines.append("")
    lines += [f"- {grade}: {meaning}" for grade, meaning in GRADE_MEANINGS]
    lines += [
        "",
        "Each has signed this with a key of their own; of each key the newest statement counts, and the keys of the",
        f"publisher and the stewards do not count. What they signed is in `{REPRODUCTIONS}/`. Whether a key belongs to",
        "somebody whom you believe, you have to know: `commonhold verify FOLDER --reproducer KEY`.",
    ]
    return ("\n".join(lines) + "\n").encode()


def reproductions(found: Attestations, about: tuple[str, str], entries: Sequence[LogEntry], trust: Trust) -> Findings:
    """What the statements beside a bundle prove; `about` are its model and digest."""
    findings = Findings()
    bundle = about[1]
    known_own = own_keys(found, bundle) | ({trust.key.fingerprint} if trust.key else set())
    findings.problems += _unsound(found.reproductions, about)
    findings.problems += _otherwise_logged(found.reproductions, bundle, entries)
    page = reproductions_page(*about, found.reproductions, known_own)
    if found.reproductions_page != page:
        findings.problems.append(f"{REPRODUCTIONS_PAGE}: does not say what the statements in {REPRODUCTIONS}/ say")
    others = witnesses(found.reproductions, bundle, known_own)
    trusted = {key.fingerprint for key in trust.reproducers}
    for fingerprint in sorted(trusted - {each.fingerprint for each in others}):
        findings.problems.append(
            f"{REPRODUCTIONS}: none that counts is signed with the key {short(fingerprint)}… that you trust"
        )
    if sure := [each for each in others if each.fingerprint in trusted]:
        findings.proven.append(f"reproduced by {_others(sure)}, as they have signed: {_named(sure)}")
    if rest := [each for each in others if each.fingerprint not in trusted]:
        findings.claimed.append(
            f"that it was reproduced by {_others(rest)}: {_named(rest)}; if you know whose keys these are, give them "
            "with --reproducer"
        )
    if own := [each for each in witnesses(found.reproductions, bundle, ()) if each.fingerprint in known_own]:
        findings.claimed.append(
            f"that its own publisher or stewards reproduced it, which does not count as independent: {_named(own)}"
        )
    return findings


def _others(found: Sequence[Witness]) -> str:
    return f"{len(found)} other{'s' if len(found) > 1 else ''}"


def _named(found: Sequence[Witness]) -> str:
    parts = []
    for each in found:
        only = f" in its first {each.said.steps:,} steps" if each.said.steps else ""
        parts.append(f"{each.said.grade}{only} (key {short(each.fingerprint)}…, {each.said.at[:10]})")
    return ", ".join(parts)


def _unsound(statements: Mapping[str, bytes], about: tuple[str, str]) -> Iterator[str]:
    for name, data in sorted(statements.items()):
        try:
            said, _ = read_signed_statement(data)
        except ValueError as error:
            yield f"{REPRODUCTIONS}/{shown(name)}: {error}"
            continue
        if (said.model, said.bundle_sha256) != about:
            yield f"{REPRODUCTIONS}/{shown(name)}: is about another bundle"


def _otherwise_logged(statements: Mapping[str, bytes], bundle: str, entries: Sequence[LogEntry]) -> Iterator[str]:
    """Statements that the log knows and are not here, and those that it does not know."""
    own = [each for each in entries if each.bundle_sha256 == bundle and each.event == "reproduced"]
    known = {str(each.details.get("statement_sha256")) for each in own}
    here = {sha256_bytes(data): name for name, data in statements.items()}
    for sha256 in sorted(known - here.keys()):
        yield f"{REPRODUCTIONS}: the log has {short(sha256)}…, which is not here; it was taken out or changed"
    for name in sorted(here[sha256] for sha256 in here.keys() - known):
        yield f"{REPRODUCTIONS}: the log does not know {shown(name)}"

# --- publish/verification/attested.py ------------------------------------------------------------------------------

# Attestations held against the bundle, against each other, and against what the person who checks trusts.

HAVE_TO_BE_SIGNED = ("signed", "promoted", "withdrawn")
"""Lines of the log that the publisher signs where there is a publisher's key."""


class BundleFacts(NamedTuple):
    """What attestations are held against."""

    model: str
    digest: str
    files: Mapping[str, str]
    """SHA-256 by path, the manifest's too."""
    gates: tuple[Mapping[str, str], ...]
    """As record.json has them."""
    policy: Any = None
    """Who has to agree, as record.json has it."""


def attested(found: Attestations, bundle: BundleFacts, trust: Trust) -> Findings:
    """What the attestations prove about a bundle, and what of them does not fit."""
    findings = Findings(problems=list(found.strays))
    findings.add(_signature(found.signature, bundle, trust))
    entries = _log(found.log, bundle, trust, findings)
    decision = _decision(found.decision, bundle, trust, findings)
    if decision:
        _approvals(found, decision, entries, trust, findings)
    elif trust.stewards or found.approvals:
        findings.problems.append("decision.json: missing, so that no steward's approval can be checked")
    findings.add(reproductions(found, (bundle.model, bundle.digest), entries, trust))
    promoted = standing(entries).champion == bundle.digest
    if trust.promoted and not promoted:
        findings.problems.append("log.jsonl: does not say that this bundle was promoted; it is a candidate only")
    if promoted:
        day = next(each.at[:10] for each in reversed(entries) if each.event == "promoted")
        (findings.proven if trust.key else findings.claimed).append(f"that it was promoted on {day}, as the log says")
    else:
        findings.not_checkable.append("whether the community stands behind it: no promotion is recorded")
    return findings


def _signature(data: bytes | None, bundle: BundleFacts, trust: Trust) -> Findings:
    if data is None:
        if trust.key:
            return Findings(["model.sig: missing, and it should be there with the key that you trust"])
        return Findings(not_checkable=["who made it: the bundle is not signed"])
    try:
        signature = read_model_signature(data)
    except ValueError as error:
        return Findings([f"model.sig: {error}"])
    problems = signature_problems(signature, bundle.files, trust.key)
    if trust.key:
        proven = [f"the holder of the key {short(trust.key.fingerprint)}… has signed exactly these files"]
        return Findings(problems, [] if problems else proven)
    hint = f" {short(signature.key_hint)}…" if signature.key_hint else ""
    return Findings(
        problems,
        not_checkable=[f"who made it: it is signed with a key{hint}; give the publisher's public key with --key"],
    )


def _log(data: bytes | None, bundle: BundleFacts, trust: Trust, findings: Findings) -> Sequence[LogEntry]:
    if data is None:
        if trust.log_head:
            findings.problems.append("log.jsonl: missing, and you know an entry of it")
        return ()
    try:
        entries = read_log(data)
    except ValueError as error:
        findings.problems.append(f"log.jsonl: {error}")
        return ()
    findings.problems += [f"log.jsonl: {problem}" for problem in _log_problems(entries, bundle, trust)]
    findings.proven.append(f"the log of {len(entries)} lines is one chain, and no line in it was changed")
    if trust.log_head:
        findings.proven.append("the log still holds the entry that you know")
    else:
        findings.not_checkable.append(
            f"whether the log was cut off after its last line, {entries[-1].digest if entries else ''}: "
            "compare it with one from another place, with --log-head"
        )
    return entries


def _log_problems(entries: Sequence[LogEntry], bundle: BundleFacts, trust: Trust) -> Iterator[str]:
    own = [entry for entry in entries if entry.bundle_sha256 == bundle.digest]
    if not own:
        yield "says nothing of this bundle"
    signings = [entry for entry in own if entry.event == "signed"]
    for entry in own:
        if entry in signings[:-1]:
            continue  # before it was promoted, the publisher may have signed it anew, with another key
        where = f"line {entry.place + 1} ({entry.event})"
        if entry.model != bundle.model:
            yield f"{where} is about {entry.model!a}, and the bundle is {bundle.model!a}"
        wants = trust.key and (entry.signature or entry.event in HAVE_TO_BE_SIGNED)
        if trust.key and wants and not entry_signed_by(entry, trust.key):
            yield f"{where} is not signed with the key that you trust"
    if trust.log_head and trust.log_head not in {entry.digest for entry in entries}:
        yield f"the entry {short(trust.log_head)}…, which you know, is not in it; it was cut off or written anew"
    for entry in own:
        if entry.event == "withdrawn":
            reason = str(entry.details.get("reason", ""))
            yield f"the publisher withdrew this bundle on {entry.at[:10]}: {reason[:300]!a}. Do not use it"


def _decision(data: bytes | None, bundle: BundleFacts, trust: Trust, findings: Findings) -> PublishDecision | None:
    if data is None:
        return None
    try:
        decision = read_decision(data)
    except ValueError as error:
        findings.problems.append(f"decision.json: {error}")
        return None
    if (decision.model, decision.bundle_sha256) != (bundle.model, bundle.digest):
        findings.problems.append("decision.json: is about another bundle")
    if decision.gates != bundle.gates:
        findings.problems.append("decision.json: tells other results of the gates than the record")
    if _policy(decision) != _written_policy(bundle.policy):
        findings.claimed.append(
            "that the community ruled anew since the record was written: decision.json names other people, keys or "
            "another number than record.json"
        )
    if trust.stewards:
        wanted = {(each.name.casefold(), each.public_key) for each in trust.stewards}
        if {(each.name.casefold(), each.public_key) for each in decision.stewards} != wanted:
            findings.problems.append("decision.json: names other stewards, or other keys, than those that you trust")
        if decision.quorum != trust.quorum:
            findings.problems.append(
                f"decision.json: lets {decision.quorum} stewards decide, and you trust {trust.quorum} and no fewer"
            )
    return decision


def _policy(decision: PublishDecision) -> tuple[Any, list[tuple[str, str]]]:
    keys = [(each.name, read_public_key(each.public_key).fingerprint) for each in decision.stewards]
    return decision.quorum, sorted(keys)


def _written_policy(policy: Any) -> tuple[Any, list[tuple[str, str]]]:
    written = policy if isinstance(policy, Mapping) else {}
    listed = written.get("stewards")
    stewards = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    return written.get("needed"), sorted((str(each.get("name")), str(each.get("fingerprint"))) for each in stewards)


def _approvals(
    found: Attestations, decision: PublishDecision, entries: Sequence[LogEntry], trust: Trust, findings: Findings
) -> None:
    digest = sha256_bytes(found.decision or b"")
    approvals = dict(_readable(found.approvals, findings))
    quorum = quorum_met(decision.stewards, decision.quorum, PUBLISH, digest, list(approvals.values()))
    findings.problems += [f"approvals: {sentence}" for sentence in quorum.refused]
    findings.problems += [f"approvals: {problem}" for problem in _against_log(found, decision, digest, entries)]
    champion = standing(entries).champion == decision.bundle_sha256
    who = f"{len(quorum.approved_by)} of {len(decision.stewards)} stewards"
    if not quorum.met and (trust.stewards or champion or trust.promoted):
        findings.problems.append(f"approvals: {who} have signed, and {decision.quorum} have to")
    _say(quorum, who, champion, trust, findings)


def _say(quorum: Quorum, who: str, champion: bool, trust: Trust, findings: Findings) -> None:
    names = ", ".join(shown_person(name) for name in quorum.approved_by)
    if not quorum.approved_by:
        findings.not_checkable.append("what the stewards think of it: none has signed")
    elif trust.stewards or (trust.key and champion):
        findings.proven.append(f"{who} approved it, as they were told of the gates: {names}; {quorum.needed} have to")
    else:
        findings.claimed.append(
            f"that {names} are the stewards whose {len(quorum.approved_by)} signatures fit: compare their keys with "
            "the community's own list, with --stewards"
        )


def shown_person(name: str) -> str:
    """A person's name as it can be printed."""
    return name if name.isprintable() else ascii(name)


def _readable(approvals: Mapping[str, bytes], findings: Findings) -> Iterator[tuple[str, Approval]]:
    for name, data in sorted(approvals.items()):
        try:
            yield name, read_approval(data)
        except ValueError as error:
            findings.problems.append(f"approvals/{shown(name)}: {error}")


def _against_log(
    found: Attestations, decision: PublishDecision, digest: str, entries: Sequence[LogEntry]
) -> Iterator[str]:
    """Approvals that the log knows and are not here, those that it does not know, and another decision than its own."""
    here = {sha256_bytes(data) for data in found.approvals.values()}
    known: dict[str, str] = {}
    decided = ""
    for entry in entries:
        if entry.bundle_sha256 != decision.bundle_sha256:
            continue
        decided = str(entry.details.get("decision_sha256") or decided)
        if entry.event == "approved" and entry.details.get("decision_sha256") == digest:
            known[str(entry.details.get("approval_sha256"))] = str(entry.details.get("steward"))
        approvals = entry.details.get("approvals")
        if entry.event == "promoted" and isinstance(approvals, Mapping):
            known.update({str(sha): str(steward) for steward, sha in approvals.items()})
    if decided != digest:
        yield f"the log knows the decision {short(decided) or 'none'}…, and decision.json is {short(digest)}…"
    for sha256, steward in sorted(known.items()):
        if sha256 not in here:
            yield f"the log has one of {shown_person(steward)} that is not here; it was taken out or changed"
    for name, data in sorted(found.approvals.items()):
        if sha256_bytes(data) not in known:
            yield f"the log does not know {shown(name)}"


def gates_of(record_gates: object) -> tuple[Mapping[str, str], ...]:
    """Name, verdict and reason of each gate of a record, as decisions tell them."""
    listed = record_gates if isinstance(record_gates, list) else []
    keys = ("name", "verdict", "reason")
    return tuple({key: str(gate.get(key)) for key in keys} for gate in listed if isinstance(gate, Mapping))

# --- publish/verification/record_links.py --------------------------------------------------------------------------

# What record.json says of the other files, held against them, without knowing the rest of its form.

RECORD = "record.json"
ADAPTER = "adapter/adapter_model.safetensors"
FILE_REF_KEYS = frozenset({"path", "sha256", "bytes"})
WRITTEN_BY_PEOPLE = (("training", "settings"), ("artifacts",), ("gaps",))
"""Parts of a record that may look like anything, also like the name of a file."""


def read_plain_record(data: bytes) -> dict[str, Any]:
    """A record as plain data.

    Raises:
        ValueError: it is not canonical JSON, or no record.
    """
    try:
        value = parse_json(data)
        canonical = canonical_json(value)
    except ValueError as error:
        raise ValueError(f"not readable as JSON: it {error}") from error
    if canonical != data:
        raise ValueError("not canonical JSON: keys are sorted and stand once, and there is no space between values")
    if not isinstance(value, dict) or not isinstance(value.get("record_version"), int):
        raise ValueError("no record: it has no record_version")
    return value


def named_files(record: Mapping[str, Any]) -> dict[str, Seen]:
    """Digest and size of every file that a record names, by path."""
    found: dict[str, Seen] = {}
    waiting: list[tuple[tuple[str, ...], Any]] = [((), record)]
    while waiting:
        place, value = waiting.pop()
        if place in WRITTEN_BY_PEOPLE:
            continue
        if isinstance(value, Mapping):
            path, digest, size = (value.get(key) for key in ("path", "sha256", "bytes"))
            if value.keys() == FILE_REF_KEYS and isinstance(path, str) and type(size) is int:
                found[path] = Seen(str(digest), size)
            waiting += [((*place, str(key)), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*place, ""), inner) for inner in value]
    return found


def part(record: Mapping[str, Any], *keys: str) -> Any:
    """What stands at a place of a record; nothing where the place is not there."""
    value: Any = record
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def record_problems(
    folder: Path, files: Mapping[str, Seen], record: Mapping[str, Any], made_from_it: frozenset[str]
) -> Iterator[str]:
    """What the record says and the files do not bear out; `made_from_it` are the files that it cannot name."""
    named = named_files(record)
    for path in sorted(named.keys() | files.keys() - made_from_it - {RECORD}):
        if files.get(path) != named.get(path):
            yield f"{shown(path)}: is not the file that the record names"
    if digest_of(part(record, "base", "files")) != part(record, "base", "sha256"):
        yield "record.json base: its digest is not the one that its list of files gives"
    if _tensors(folder / ADAPTER) != part(record, "outputs", "adapter", "tensors_sha256"):
        yield f"{ADAPTER}: its tensors are not those that the record names"
    merged = part(record, "outputs", "merged", "tensors_sha256")
    if merged is not None and _tensors(*sorted((folder / "merged").rglob("*.safetensors"))) != merged:
        yield "merged: its tensors are not those that the record names"


def _tensors(*paths: Path) -> str:
    try:
        return tensors_digest(paths)
    except (OSError, ValueError):
        return ""

# --- publish/verification/inspection.py ----------------------------------------------------------------------------

# The whole check of a folder or an archive, offline, without running anything in it.

BUNDLE_FOLDER, ATTESTATIONS_FOLDER = "bundle", "attestations"
LARGEST_MANIFEST_BYTES = 16 << 20
CLAIMED = (
    "that this recipe, code and data gave these weights: to see for yourself, run the recipe again",
    "the scores, and what training cost",
    "that people agreed to the use of their records, and under which licence",
)


@dataclass(slots=True)
class Inspection:
    """What a check found, problems among it."""

    folder: Path
    model: str = ""
    digest: str = ""
    files: dict[str, Seen] = field(default_factory=dict)
    """The manifest is not among them."""
    record: Mapping[str, Any] | None = None
    """As plain data; none where it could not be read."""
    findings: Findings = field(default_factory=Findings)
    seconds: float = 0.0

    @property
    def bytes(self) -> int:
        """Of all files but the manifest."""
        return sum(seen.bytes for seen in self.files.values())


def parts_of(target: Path) -> tuple[Path, Path | None, list[str]]:
    """Bundle and attestations in what somebody was given, and what else lies there."""
    if (target / FILE_NAME).exists() or not (target / BUNDLE_FOLDER).is_dir():
        beside = target.absolute().parent / ATTESTATIONS_FOLDER
        return target, beside if target.name == BUNDLE_FOLDER and beside.is_dir() else None, []
    strays = [
        f"{shown(path.name)}: has no place beside {BUNDLE_FOLDER}/ and {ATTESTATIONS_FOLDER}/"
        for path in sorted(target.iterdir())
        if path.name not in (BUNDLE_FOLDER, ATTESTATIONS_FOLDER) or path.is_symlink()
    ]
    return target / BUNDLE_FOLDER, target / ATTESTATIONS_FOLDER, strays


def inspect(
    target: Path, trust: Trust, made_from_record: frozenset[str], beside: Attestations | None = None
) -> Inspection:
    """Checks a bundle, or a folder with `bundle/` and `attestations/`; `beside` are attestations from elsewhere.

    Raises:
        OSError: a file or folder may not be read.
    """
    begun = time.monotonic()
    folder, attestations, strays = parts_of(target)
    found = Inspection(folder, findings=Findings(strays))
    problems = found.findings.problems
    listed = _manifest(folder, problems)
    seen = look_through(folder, {path: each.bytes for path, each in (listed or {}).items()})
    problems += seen.problems
    found.files = {path: each for path, each in seen.files.items() if path != FILE_NAME}
    if listed is not None:
        problems += _against_manifest(listed, found.files)
    found.digest = bundle_digest(found.files)
    if trust.digest and found.digest != trust.digest:
        problems.append(f"the bundle's digest is {found.digest}, but {trust.digest} was expected")
    _look_at_record(found, made_from_record)
    read = beside or (read_attestations(attestations) if attestations else Attestations())
    files = {path: each.sha256 for path, each in seen.files.items()}
    gates = gates_of(part(found.record or {}, "evaluation", "gates"))
    policy = part(found.record or {}, "approvals")
    found.findings.add(attested(read, BundleFacts(found.model, found.digest, files, gates, policy), trust))
    _sum_up(found, trust)
    found.seconds = time.monotonic() - begun
    return found


def _manifest(folder: Path, problems: list[str]) -> dict[str, Seen] | None:
    path = folder / FILE_NAME
    if not path.is_file() or path.is_symlink():
        problems.append(f"{FILE_NAME}: missing")
        return None
    try:
        if path.stat().st_size > LARGEST_MANIFEST_BYTES:
            raise ValueError("is larger than any manifest has to be")
        return read_manifest(path.read_bytes())
    except ValueError as error:
        problems.append(f"{FILE_NAME}: {error}")
        return None


def _against_manifest(listed: Mapping[str, Seen], files: Mapping[str, Seen]) -> Iterator[str]:
    for name in sorted(listed.keys() | files.keys()):
        if name not in files:
            yield f"{shown(name)}: missing"
        elif name not in listed:
            yield f"{shown(name)}: is not in the manifest"
        elif files[name].bytes != listed[name].bytes:
            yield f"{shown(name)}: has {files[name].bytes:,} bytes, but the manifest says {listed[name].bytes:,}"
        elif files[name] != listed[name]:
            was, now = listed[name].sha256[:12], files[name].sha256[:12]
            yield f"{shown(name)}: sha256 is {now}…, but the manifest says {was}…"


def _look_at_record(found: Inspection, made_from_record: frozenset[str]) -> None:
    path, problems = found.folder / RECORD, found.findings.problems
    if not path.is_file() or path.is_symlink():
        problems.append(f"{RECORD}: missing")
        return
    try:
        found.record = read_plain_record(path.read_bytes())
    except ValueError as error:
        problems.append(f"{RECORD}: {error}")
        return
    found.model = str(part(found.record, "identity", "name"))
    problems += record_problems(found.folder, found.files, found.record, made_from_record)


def _sum_up(found: Inspection, trust: Trust) -> None:
    proven = [
        f"each of {len(found.files)} files has the digest that the manifest gives, and there is no other file",
        "the record names these files, and the adapter's tensors are those it names",
        "it holds weights as safetensors or GGUF, and text; no pickle, archive or program",
    ]
    unseen = []
    if trust.digest:
        proven.append("it is the bundle with the digest that was expected")
    elif not trust.key and not trust.stewards:
        unseen.append("whether it was exchanged as a whole: compare its digest with one from another place")
    if any(path.endswith((".jinja", ".gguf", "tokenizer_config.json")) for path in found.files):
        unseen.append("the chat template, which is a program of its own kind: compare it with the base model's")
    base, digest = part(found.record or {}, "base", "id"), part(found.record or {}, "base", "sha256")
    unseen.append(f"the base model: compare your copy of {str(base)[:80]!a} with {str(digest)[:12]}… in the record")
    found.findings.proven[:0] = proven
    found.findings.claimed += CLAIMED
    found.findings.not_checkable += unseen

# --- publish/verification/unpacking.py -----------------------------------------------------------------------------

# What may come out of an archive: plain files with plain names, and no bomb.
#
# Python's own extractors are not used: they follow the archive's word on links, owners and sizes, and several of their
# guards were found to be passable (CVE-2025-4138, -4330, -4517). Nothing is taken from the archive but names and bytes.

MOST_MEMBERS = 2_000
MOST_UNPACKED_BYTES = 64 << 30
MOST_RATIO = 200
"""How many bytes may come out of one; weights hardly shrink, and text rarely below a tenth."""
FREE_BYTES = 16 << 20
"""What may come out whatever the ratio."""
UNPACKED_AT_ONCE = 1 << 20


class Member(NamedTuple):
    """One file in an archive."""

    name: str
    bytes: int


class Readable(Protocol):
    """Bytes that come one after another."""

    def read(self, count: int, /) -> bytes:
        """The next bytes, at most so many; none at the end."""
        ...


class HostileArchiveError(ValueError):
    """An archive with something in it that no bundle has."""


class Unpacking:
    """Writes members below a folder, and stops as soon as there is too much of anything."""

    def __init__(self, folder: Path, archive_bytes: int) -> None:
        self.folder = folder
        self.most = min(MOST_UNPACKED_BYTES, max(FREE_BYTES, MOST_RATIO * archive_bytes))
        self.names: set[str] = set()

    def check(self, name: str) -> None:
        """Refuses a name before anything is made with it."""
        if trouble := trouble_with_name(name):
            raise HostileArchiveError(f"{shown(name)}: {trouble}")
        if name in self.names:
            raise HostileArchiveError(f"{shown(name)}: stands in the archive twice")
        self.names.add(name)
        if len(self.names) > MOST_MEMBERS:
            raise HostileArchiveError(f"there are more than {MOST_MEMBERS:,} files in the archive")

    def write(self, member: Member, source: Readable) -> None:
        """Writes one file, exactly as many bytes as the archive says that it has."""
        self.check(member.name)
        if member.bytes > self.most:
            raise HostileArchiveError(
                f"{shown(member.name)}: what comes out of the archive is more than {MOST_RATIO} times its size"
            )
        self.most -= member.bytes
        path = self.folder / member.name
        left = member.bytes
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                while left and (chunk := source.read(min(UNPACKED_AT_ONCE, left))):
                    out.write(chunk)
                    left -= len(chunk)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise HostileArchiveError(f"{shown(member.name)}: is in the way of another file of the archive") from error
        if left or source.read(1) != b"":
            raise HostileArchiveError(f"{shown(member.name)}: has not as many bytes as the archive says")

    def finish(self) -> None:
        """What can be said only of all names together."""
        for name, trouble in troubles_between(sorted(self.names)):
            raise HostileArchiveError(f"{shown(name)}: {trouble}")

# --- publish/verification/tar_members.py ---------------------------------------------------------------------------

# Tar archives read block by block (POSIX ustar and pax): plain files and folders; other kinds are refused by name.

BLOCK_BYTES = 512
MOST_PAX_BYTES = 64 << 10
MOST_PADDING_BYTES = 1 << 20
FILE_FLAGS, FOLDER_FLAG, PAX_FLAG = (b"0", b"\0"), b"5", b"x"
REFUSED_FLAGS = {
    b"1": "is a hard link; a bundle holds files only",
    b"2": "is a link; a bundle holds files only",
    b"3": "is a device (character); a bundle holds files only",
    b"4": "is a device (block); a bundle holds files only",
    b"6": "is a pipe; a bundle holds files only",
    b"S": "is a sparse file, which can be endless",
    b"L": "has its name in GNU's form; make the archive with: tar --format=pax",
    b"K": "has its link in GNU's form; a bundle holds files only",
    b"g": "is a note for the whole archive; make it with: tar --format=pax",
}
HARMLESS_PAX = frozenset({"path", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname"})


class _Limited:
    """So many bytes of a stream, and no more."""

    def __init__(self, stream: Readable, left: int) -> None:
        self.stream = stream
        self.left = left

    def read(self, count: int, /) -> bytes:
        data = self.stream.read(min(count, self.left))
        self.left -= len(data)
        return data


class _Head(NamedTuple):
    name: str
    size: int
    flag: bytes


def unpack_tar(stream: Readable, unpacking: Unpacking) -> None:
    """Writes what a tar archive holds.

    Raises:
        HostileArchiveError: it is no tar archive, or holds what no bundle holds.
    """
    long_name = ""
    while (block := stream.read(BLOCK_BYTES)) and block.strip(b"\0"):
        head = _head(block)
        if head.flag == PAX_FLAG:
            long_name = _pax_name(stream, head)
            continue
        name, long_name = (long_name or head.name).removeprefix("./"), ""
        if head.flag == FOLDER_FLAG:
            name = name.rstrip("/") or name
            if name and (trouble := trouble_with_name(name)):
                raise HostileArchiveError(f"{shown(name)}: {trouble}")
            if head.size:
                raise HostileArchiveError(f"{shown(name)}: is a folder with bytes of its own")
        elif head.flag in FILE_FLAGS:
            unpacking.write(Member(name, head.size), _Limited(stream, head.size))
            stream.read(-head.size % BLOCK_BYTES)
        else:
            trouble = REFUSED_FLAGS.get(head.flag, f"is of the unknown kind {head.flag!a}")
            raise HostileArchiveError(f"{shown(name)}: {trouble}")
    rest = stream.read(MOST_PADDING_BYTES)
    if rest.strip(b"\0") or len(rest) == MOST_PADDING_BYTES:
        raise HostileArchiveError("there is something behind the end of the archive")


def _head(block: bytes) -> _Head:
    if len(block) < BLOCK_BYTES:
        raise HostileArchiveError("this is no archive of a kind that is read here (.tar, .tar.gz, .zip)")
    total = sum(block) - sum(block[148:156]) + 8 * 32
    if block[148:156].strip(b" \0") not in (b"%o" % total, b"%06o" % total):
        raise HostileArchiveError("this is no archive of a kind that is read here (.tar, .tar.gz, .zip), or is damaged")
    prefix = _tar_text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    name = _tar_text(block[:100])
    return _Head(f"{prefix}/{name}" if prefix else name, _octal(block[124:136]), block[156:157])


def _octal(field: bytes) -> int:
    digits = field.strip(b" \0")
    if any(digit not in b"01234567" for digit in digits):
        raise HostileArchiveError("the archive has a size that is no number, or is over 8 GiB")
    return int(digits or b"0", 8)


def _tar_text(field: bytes) -> str:
    name = field.split(b"\0")[0]
    try:
        return name.decode()
    except UnicodeDecodeError as error:
        raise HostileArchiveError(f"{name!a}: has a name that is no text in UTF-8") from error


def _pax_name(stream: Readable, head: _Head) -> str:
    """The name that a pax header gives to the next file; all that changes what it is, is refused."""
    if head.size > MOST_PAX_BYTES:
        raise HostileArchiveError("a header of the archive is longer than 64 KiB")
    rest, name = stream.read(head.size), ""
    stream.read(-head.size % BLOCK_BYTES)
    while rest:
        length, _, record = rest.partition(b" ")
        count = int(length) if length.isdigit() and len(length) < 6 else 0
        key, _, value = record[: count - len(length) - 1].partition(b"=")
        if not len(length) + 3 < count <= len(rest) or not value.endswith(b"\n"):
            raise HostileArchiveError("a header of the archive is damaged")
        word = key.decode("ascii", "replace")
        if word not in HARMLESS_PAX:
            raise HostileArchiveError(f"a header of the archive changes {word[:40]!a}, which no bundle needs")
        if word == "path":
            name = _tar_text(value[:-1])
        rest = rest[count:]
    return name

# --- publish/verification/zip_members.py ---------------------------------------------------------------------------

# Zip archives: plain files, stored or deflated, each in its own bytes; every other kind is refused by name.

LOCAL_HEADER_BYTES = 30


def unpack_zip(stream: IO[bytes], unpacking: Unpacking) -> None:
    """Writes what a zip archive holds.

    Raises:
        HostileArchiveError: it is no zip archive, or holds what no bundle holds.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            _refuse_shared_bytes(members, archive.start_dir)
            for member in members:
                if _is_folder(member):
                    continue
                with archive.open(member) as source:
                    unpacking.write(Member(member.filename, member.file_size), source)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, HostileArchiveError):
            raise
        raise HostileArchiveError(f"the archive is damaged: {error}") from error


def _is_folder(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a folder; refuses what is neither folder nor plain file."""
    name = member.orig_filename
    if "\0" in name:
        raise HostileArchiveError(f"{shown(name)}: has a control character in its name")
    if trouble := trouble_with_name(name.rstrip("/") or name):
        raise HostileArchiveError(f"{shown(name)}: {trouble}")
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        kind = "is a link" if stat.S_ISLNK(mode) else "is a device or a pipe"
        raise HostileArchiveError(f"{shown(name)}: {kind}; a bundle holds files only")
    if member.flag_bits & 1:
        raise HostileArchiveError(f"{shown(name)}: is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise HostileArchiveError(f"{shown(name)}: is compressed in a way that is not read here")
    if name.endswith("/") and member.file_size:
        raise HostileArchiveError(f"{shown(name)}: is a folder with bytes of its own")
    return name.endswith("/")


def _refuse_shared_bytes(members: list[zipfile.ZipInfo], end: int) -> None:
    """Members that share their bytes make a bomb of a small archive."""
    place = 0
    if members and min(member.header_offset for member in members) > 0:
        raise HostileArchiveError("there is something before the first file of the archive")
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < place:
            raise HostileArchiveError(
                f"{shown(member.orig_filename)}: shares its bytes with another file of the archive"
            )
        place = member.header_offset + LOCAL_HEADER_BYTES + len(member.orig_filename) + member.compress_size
    if place > end:
        raise HostileArchiveError("the archive's list of files does not fit its bytes")

# --- publish/verification/archives.py ------------------------------------------------------------------------------

# A .zip, .tar or .tar.gz put into an empty folder of its own, looked at there, and removed.

@contextlib.contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """The folder with what an archive holds, for the length of a block; nobody else can look into it.

    Raises:
        HostileArchiveError: it is no archive of a known kind, or holds what no bundle holds.
        OSError: the disk is full, or the archive may not be read.
    """
    with tempfile.TemporaryDirectory(prefix="commonhold-verify-") as made, archive.open("rb") as stream:
        unpacking = Unpacking(Path(made), archive.stat().st_size)
        head = stream.read(4)
        stream.seek(0)
        try:
            if head == b"PK\x03\x04":
                unpack_zip(stream, unpacking)
            elif head[:2] == b"\x1f\x8b":
                with gzip.GzipFile(fileobj=stream) as plain:
                    unpack_tar(plain, unpacking)
            else:
                unpack_tar(stream, unpacking)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise HostileArchiveError(f"the archive is damaged: {error}") from error
        unpacking.finish()
        yield Path(made)


def only_folder(folder: Path) -> Path:
    """The folder inside, where an archive holds one folder and nothing else."""
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() and inside[0].name != "bundle" else folder

# --- publish/verification/verdict.py -------------------------------------------------------------------------------

# What a check found, as text for people and as plain data for programs.

TITLES = (
    ("proven", "proven"),
    ("claimed", "claimed by the publisher"),
    ("not_checkable", "cannot be checked here"),
)


def verdict_lines(found: Inspection) -> Iterator[str]:
    """The verdict, a line each; everything that is wrong, or else what follows and what does not."""
    problems = found.findings.problems
    if problems:
        yield f"{found.folder}: not the bundle that was published, {counted_problems(len(problems))}:"
        yield from (f"  {problem}" for problem in problems)
        yield "Do not use it; take it again from where it was published"
        return
    rate = found.bytes / 1e6 / max(found.seconds, 1e-3)
    yield f"{len(found.files)} files match, bundle digest {found.digest}"
    yield f"{found.bytes / 1e6:,.1f} MB in {found.seconds:.1f} s ({rate:,.0f} MB/s)"
    for name, title in TITLES:
        yield ""
        yield f"{title}:"
        yield from (f"  {line}" for line in getattr(found.findings, name))


def verdict_data(found: Inspection) -> dict[str, Any]:
    """The same for programs."""
    findings = found.findings
    return {
        "model": found.model,
        "bundle_sha256": found.digest,
        "files": len(found.files),
        "bytes": found.bytes,
        "seconds": round(found.seconds, 3),
        "sound": not findings.problems,
        "problems": findings.problems,
        **{name: getattr(findings, name) for name, _ in TITLES},
    }


def counted_problems(number: int) -> str:
    """`1 problem`, `2 problems`."""
    return f"{number} problem{'s' if number > 1 else ''}"

# --- publish/verification/command.py -------------------------------------------------------------------------------

# The command of the standalone verifier: the check, its text, and its exit code.

WRONG_REQUEST, MISMATCH = 2, 4
NOT_SEEN = (
    "the whole form of record.json, and whether card, label and views say the same: commonhold itself compares these",
)


def verify_main(argv: Sequence[str]) -> int:
    """Checks what the command line names; 0 for sound, 4 for anything that does not match, 2 for a wrong request."""
    parser = argparse.ArgumentParser(
        prog="verify_commonhold.py",
        description="Verify a model that was published with commonhold, offline.",
        epilog="exit codes: 0 sound, 2 the request is wrong, 4 something does not match",
    )
    parser.add_argument("target", type=Path, help="the folder or archive that you were given")
    parser.add_argument("--digest", default="", metavar="SHA256", help="the bundle's digest, from another place")
    parser.add_argument("--key", default="", metavar="KEY", help="the publisher's public key: a file, or p256:… itself")
    parser.add_argument("--stewards", type=Path, metavar="FILE", help="stewards, their keys and the quorum, as JSON")
    parser.add_argument(
        "--reproducer", action="append", default=[], metavar="KEY",
        help="public key of somebody who made the model again, as you know; may be given several times",
    )  # fmt: skip
    parser.add_argument("--log-head", default="", metavar="SHA256", help="a line of the log that must still be in it")
    parser.add_argument("--promoted", action="store_true", help="refuse what the stewards have not let out")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    arguments = parser.parse_args(argv)
    try:
        trust = _trust(arguments)
    except (OSError, ValueError) as error:
        print(f"verify_commonhold: {error}", file=sys.stderr)  # noqa: T201 - this file has no other voice
        return WRONG_REQUEST
    if not arguments.target.exists():
        print(f"verify_commonhold: {arguments.target}: there is no such file or folder", file=sys.stderr)  # noqa: T201
        return WRONG_REQUEST
    found = inspect_target(arguments.target, trust)
    found.findings.not_checkable += NOT_SEEN
    text = json.dumps(verdict_data(found), indent=2) if arguments.json else "\n".join(verdict_lines(found))
    print(text)  # noqa: T201
    return MISMATCH if found.findings.problems else 0


def inspect_target(target: Path, trust: Trust) -> Inspection:
    """The check of a folder or an archive; what cannot be read is a problem like any other."""
    try:
        if target.is_dir():
            return inspect(target, trust, MADE_FROM_RECORD)
        with unpacked(target) as folder:
            return inspect(only_folder(folder), trust, MADE_FROM_RECORD)
    except (HostileArchiveError, OSError) as error:
        found = Inspection(target)
        found.findings.problems.append(str(error))
        return found


def _trust(arguments: argparse.Namespace) -> Trust:
    stewards, quorum = read_stewards(arguments.stewards.read_bytes()) if arguments.stewards else ((), 0)
    return Trust(
        digest=arguments.digest.lower(),
        key=_key_of(arguments.key) if arguments.key else None,
        stewards=stewards,
        quorum=quorum,
        log_head=arguments.log_head.lower(),
        reproducers=tuple(map(_key_of, arguments.reproducer)),
        promoted=arguments.promoted,
    )


def _key_of(text: str) -> PublicKey:
    path = Path(text)
    return read_public_key(path.read_text(encoding="utf-8") if path.is_file() else text)


if __name__ == "__main__":
    sys.exit(verify_main(sys.argv[1:]))
