"""ECDSA signatures on the curve P-256 checked with nothing but Python's whole numbers (FIPS 186-5, SEC 1).

The OpenSSF's model-signing signs with this curve. Everything here is public, so time may tell what it likes; signing is
left to a library.
"""

import hashlib

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
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        total = _p256_double(total)
        if choice := (a >> bit & 1) + 2 * (b >> bit & 1):
            total = _p256_add(total, choices[choice])
    return total
