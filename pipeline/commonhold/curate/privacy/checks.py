"""Check digits by name, for patterns of communities; python-stdnum does the arithmetic."""

import re
from collections.abc import Callable, Mapping


def _plain(value: str) -> str:
    return re.sub(r"[\W_]", "", value).upper()


def luhn(value: str) -> bool:
    """ISO/IEC 7812-1: payment cards, SIM cards, many member numbers."""
    from stdnum import luhn as check

    return bool(check.is_valid(_plain(value)))


def verhoeff(value: str) -> bool:
    """Verhoeff 1969: Aadhaar."""
    from stdnum import verhoeff as check

    return bool(check.is_valid(_plain(value)))


def damm(value: str) -> bool:
    """Damm 2004."""
    from stdnum import damm as check

    return bool(check.is_valid(_plain(value)))


def mod_97_10(value: str) -> bool:
    """ISO/IEC 7064 MOD 97-10, letters as numbers: IBAN with its head moved to the end, LEI."""
    from stdnum.iso7064 import mod_97_10 as check

    return bool(check.is_valid(_plain(value)))


def mod_11_10(value: str) -> bool:
    """ISO/IEC 7064 MOD 11-10: Croatia's OIB, Germany's tax id."""
    from stdnum.iso7064 import mod_11_10 as check

    return bool(check.is_valid(_plain(value)))


def mod_37_36(value: str) -> bool:
    """ISO/IEC 7064 MOD 37-36, letters and digits."""
    from stdnum.iso7064 import mod_37_36 as check

    return bool(check.is_valid(_plain(value)))


CHECKS: Mapping[str, Callable[[str], bool]] = {
    check.__name__: check for check in (luhn, verhoeff, damm, mod_97_10, mod_11_10, mod_37_36)
}
"""What a pattern's `checksum` may name."""
