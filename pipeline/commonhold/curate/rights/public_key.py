"""Keys as GOVERNANCE.yaml writes them: `ed25519:` (RFC 8032) or `x25519:` (RFC 7748) and the base64 of the 32 bytes."""

import base64

PREFIX = "ed25519:"
SEALING_PREFIX = "x25519:"
KEY_BYTES = 32
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


def public_key_bytes(text: str) -> bytes:
    """The 32 bytes of a public key.

    Raises:
        ValueError: it is not written that way, or is a point under which everybody's signature fits.
    """
    key = _bytes(text, PREFIX)
    if key[:-1] + bytes([key[-1] & 0x7F]) in SMALL_ORDER:
        raise ValueError("this is no steward's key: anybody can sign for it; put in the real one")
    return key


def sealing_key_bytes(text: str) -> bytes:
    """The 32 bytes of a public key that a map of personal data is sealed for.

    Raises:
        ValueError: it is not written that way.
    """
    return _bytes(text, SEALING_PREFIX)


def _bytes(text: str, prefix: str) -> bytes:
    if not text.startswith(prefix):
        raise ValueError(f"a public key is written {prefix} and base64, 44 characters")
    try:
        key = base64.b64decode(text.removeprefix(prefix), validate=True)
    except ValueError as error:
        raise ValueError(f"what follows {prefix} is not base64") from error
    if len(key) != KEY_BYTES or prefix + base64.b64encode(key).decode() != text:
        raise ValueError(f"what follows {prefix} is not the base64 of {KEY_BYTES} bytes")
    return key


def public_key_text(key: bytes) -> str:
    """A public key's 32 bytes as text."""
    return PREFIX + base64.b64encode(key).decode()
