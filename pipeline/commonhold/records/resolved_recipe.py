"""A recipe as it was run, for rooms that know no recipes."""

from collections.abc import Mapping
from dataclasses import dataclass

from commonhold.strict_json import JsonObject


@dataclass(frozen=True, slots=True)
class ResolvedRecipe:
    """Every section with its defaults filled in and the overrides applied; of any version, so a setting may be absent.

    Absent settings are empty texts.
    """

    sections: JsonObject
    """As plain data; what a bundle's `recipe/resolved.json` holds."""

    @property
    def base_id(self) -> str:
        """Name of the base model in the catalog."""
        return self._text("base", "id")

    @property
    def quantisation(self) -> str:
        """How the base's weights are stored while the adapter is trained."""
        return self._text("base", "quantisation")

    @property
    def data_folder(self) -> str:
        """Where the community's records are, as written."""
        return self._text("data", "folder")

    @property
    def system_prompt(self) -> str:
        """Instruction before every message."""
        return self._text("data", "system_prompt")

    @property
    def training(self) -> JsonObject:
        """The section `train`."""
        return self._section("train")

    @property
    def model(self) -> str:
        """Name under which the model is published."""
        return self._text("publish", "model")

    @property
    def purpose(self) -> str:
        """What the model is for, in the community's words."""
        return self._text("governance", "purpose")

    def _section(self, name: str) -> JsonObject:
        section = self.sections.get(name)
        return section if isinstance(section, Mapping) else {}

    def _text(self, section: str, key: str) -> str:
        return str(self._section(section).get(key) or "")
