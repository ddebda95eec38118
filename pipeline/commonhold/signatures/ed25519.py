"""Ed25519 signatures checked with nothing but Python's whole numbers (RFC 8032, section 5.1.7).

Everything here is public, so time may tell what it likes; signing, where it may not, is left to a library. Stricter
than the RFC where it leaves a choice: the equation without the cofactor, as OpenSSL has it, and numbers in their one
form.
"""

import hashlib

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
    point = _ed_sum(scalar, ED_BASE, challenge, (-x % ED_PRIME, y, z, -t % ED_PRIME))
    # x/z and y/z are compared without dividing.
    return all((point[i] * claimed[2] - claimed[i] * point[2]) % ED_PRIME == 0 for i in (0, 1))


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
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        total = _ed_add(total, total)
        if choice := (a >> bit & 1) + 2 * (b >> bit & 1):
            total = _ed_add(total, choices[choice])
    return total


def _ed_base_point() -> EdPoint:
    point = _ed_decode((4 * pow(5, -1, ED_PRIME) % ED_PRIME).to_bytes(32, "little"))
    assert point is not None
    return point


ED_BASE = _ed_base_point()
