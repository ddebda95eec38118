"""Language tags (BCP 47): which ones may stand for the same language."""

import functools

from commonhold.curate.text.macrolanguages import LONG_CODES, MEMBERS, OTHER_CODES

UNDETERMINED = "und"
NO_SINGLE_LANGUAGE = frozenset({"", "und", "mul", "mis", "zxx", "x", "i"})
"""Undetermined, several languages, no code, nothing linguistic, and tags of private use."""


@functools.lru_cache(maxsize=4096)
def primary(tag: str) -> str:
    """The language of a tag in its shortest code: `pt` of `pt-BR`, `en` of `eng`, `he` of `iw`; `und` of nonsense."""
    code = tag.strip().replace("_", "-").partition("-")[0].lower()
    code = _codes().get(code, code)
    return code if code.isascii() and code.isalpha() else UNDETERMINED


@functools.lru_cache(maxsize=4096)
def family(tag: str) -> str:
    """The macrolanguage that a tag belongs to, or its own language: `no` of `nb`, `sh` of `hr`, `ms` of `id`."""
    code = primary(tag)
    return _macrolanguages().get(code, code)


@functools.lru_cache(maxsize=4096)
def mismatch(declared: str, identified: str) -> bool:
    """True when the two tags cannot mean the same language.

    Regions and scripts do not count (`zh-Hans`, `sr-Latn`), nor do differences inside a macrolanguage: `nb` for `no`,
    `id` for `ms`, `hr`, `bs` and `sr` for one another. An empty or undetermined tag contradicts nothing.
    """
    if primary(declared) in NO_SINGLE_LANGUAGE or primary(identified) in NO_SINGLE_LANGUAGE:
        return False
    return family(declared) != family(identified)


@functools.cache
def _codes() -> dict[str, str]:
    return dict(pair.split("=") for pair in (LONG_CODES + OTHER_CODES).split())


@functools.cache
def _macrolanguages() -> dict[str, str]:
    macro_of: dict[str, str] = {}
    macro = ""
    for word in MEMBERS.split():
        if word.endswith(":"):
            macro = word.removesuffix(":")
        else:
            macro_of[word] = macro
    return macro_of
