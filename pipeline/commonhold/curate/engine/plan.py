"""What a curation was asked for: the same for all shards, and sent to workers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from commonhold.curate.privacy.community_patterns import CommunityPattern
from commonhold.curate.privacy.pseudonyms import Pseudonyms
from commonhold.curate.privacy.redactor import RedactionSettings
from commonhold.curate.settings import CurationSettings
from commonhold.curate.text.flagged_words import FlaggedWords


@dataclass(frozen=True, slots=True)
class Plan:
    """Recipe and datasheet, as far as the steps ask for them."""

    settings: CurationSettings
    regions: tuple[str, ...]
    """Countries (ISO 3166-1 alpha-2) whose numbers are expected."""
    outdated_before: date | None
    patterns: tuple[CommunityPattern, ...]
    word_lists: tuple[FlaggedWords, ...]
    identifier: Path | None
    """Of the community's own languages."""
    survey: Path
    key: bytes = field(repr=False)
    seed: int
    plain: bool = False
    """Whether the records are texts without messages."""
    rated: bool = False
    """Whether a column says what people thought of the replies."""
    licences: Mapping[str, str] = field(default_factory=lambda: {"": ""})
    """Of the rows of each file that say nothing else; the datasheet's under no name."""
    public: tuple[str, ...] = ()
    """Values that stay in the texts."""
    sealing_keys: tuple[bytes, ...] = ()
    """Public keys of those who may undo a masking; without one, no map is kept."""

    @property
    def redaction(self) -> RedactionSettings:
        """What is masked, and how."""
        numbers = self.settings.placeholder_numbers
        return RedactionSettings(
            kinds=self.settings.redact,
            regions=self.regions,
            patterns=self.patterns,
            taggers=self.settings.taggers,
            names=self.settings.names,
            public=self.public,
            pseudonyms=Pseudonyms(self.key, numbers) if numbers else None,
        )

    @property
    def keeps_map(self) -> bool:
        """Whether what was masked is sealed for the stewards."""
        return bool(self.sealing_keys) and self.settings.placeholder_numbers is not None

    @property
    def extra_steps(self) -> Mapping[str, Mapping[str, object]]:
        """Steps from other packages that the recipe names, each with the settings that it gives them."""
        return {extra.step: extra.settings for extra in self.settings.extra_steps}
