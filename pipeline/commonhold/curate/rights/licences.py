"""The licences that are known, and what each demands of what is made from the records."""

import difflib
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import model_validator

from commonhold.curate.rows.form_fields import Text
from commonhold.forms import Form, parse_yaml, validate

Use = Literal["all", "non_commercial", "academic", "unspecified"]
"""For whom, from open to strict; the classes of the Data Provenance Initiative."""


class Licence(Form):
    """What one licence demands."""

    id: Text
    """SPDX identifier, or LicenseRef-… where SPDX has none."""
    also: tuple[Text, ...] = ()
    """Other ways to write it; capitals, spaces and hyphens do not matter."""
    use: Use
    attribution: bool
    """Whoever gave the records is named."""
    share_alike: tuple[Text, ...] = ()
    """The only licences under which something made from the records may be passed on; empty for any."""
    no_derivatives: bool = False
    """Nothing made from the records may be passed on."""
    free_results: bool = False
    """The demands are on the text; what is computed from it, a model too, is free of them."""
    approval: Text | None = None
    """Why a person has to decide: the licence's terms do not fit the classes."""


class LicenceTable(Form):
    """The file of licences."""

    licences: tuple[Licence, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "LicenceTable":
        ids = {licence.id for licence in self.licences}
        names = [name for licence in self.licences for name in dict.fromkeys(map(_key, (licence.id, *licence.also)))]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two licences are called {', '.join(twice)}")
        if lost := sorted({kept for licence in self.licences for kept in licence.share_alike} - ids):
            raise ValueError(f"'share_alike' names licences that are not in the table: {', '.join(lost)}")
        return self


@cache
def licences() -> Mapping[str, Licence]:
    """The table that ships with the package, by identifier, in the order in which licences are suggested."""
    text = resources.files("commonhold.curate.rights").joinpath("licences.yaml").read_text(encoding="utf-8")
    table = validate(LicenceTable, parse_yaml(text, "licences.yaml"), "licences.yaml")
    return {licence.id: licence for licence in table.licences}


def find_licence(name: str) -> Licence | None:
    """The licence that a person means by a name; None when it is not in the table."""
    return _by_key().get(_key(name))


def near_licence(name: str) -> str | None:
    """The identifier that looks most like a name that is not in the table."""
    versions = [_key(each) for each in licences() if _key(each).startswith(f"{_key(name)}-")]
    near = versions or difflib.get_close_matches(_key(name), _by_key(), n=1, cutoff=0.7)
    return _by_key()[near[0]].id if near else None


@cache
def _by_key() -> Mapping[str, Licence]:
    return {_key(name): licence for licence in licences().values() for name in (licence.id, *licence.also)}


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name.strip()).casefold()
