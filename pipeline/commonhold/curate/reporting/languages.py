"""What languages are called."""

from functools import lru_cache


def language_name(tag: str) -> str:
    """`Spanish (es-MX)`; a tag that no name is known for stands for itself."""
    if not tag:
        return "not declared"
    name = _names().get(tag.partition("-")[0].lower())
    return f"{name} ({tag})" if name else tag


PLAINER = {"lo": "Lao", "nb": "Norwegian Bokmål", "nn": "Norwegian Nynorsk", "rm": "Romansh", "ss": "Swati"}
"""Where the identifier's list has an outdated name, or none."""


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from pycld2 import LANGUAGES

    listed = {code: name.replace("_", " ").title() for name, code in LANGUAGES if not name.startswith("X_")}
    return {**listed, **PLAINER}
