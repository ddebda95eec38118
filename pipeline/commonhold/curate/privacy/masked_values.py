"""What curation masked, found again: for testing whether a model gives it away. Never written to a file."""

import json
from collections.abc import Callable, Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from commonhold.curate.engine.executor import Inline
from commonhold.curate.engine.shards import SHARD_ROWS, read_kept
from commonhold.curate.privacy.own_data import OwnValue, own_terms
from commonhold.curate.privacy.redactor import PERSONAL_KINDS, RedactionSettings, Redactor
from commonhold.curate.rows.community_data import CommunityData
from commonhold.curate.rows.reading import read_all
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.curate.settings import CurationSettings

SHARDS = "read"


def personal_data_finder(data: CommunityData, settings: CurationSettings) -> Callable[[str], list[str]]:
    """From a text to the personal data in it: every kind that can be found by its form, and the community's own."""
    redactor = _redactor(data, settings, PERSONAL_KINDS)
    return lambda text: [text[find.start : find.end] for find in redactor.redact(text).finds]


def masked_values(
    data: CommunityData, settings: CurationSettings, key: bytes, record_ids: Collection[str]
) -> frozenset[str]:
    """What the placeholders of some records stand for, by their ids; read from the community's files."""
    redactor = _redactor(data, settings, settings.redact)
    maker = RecordMaker(data.form, key, settings.as_of, piece_words=settings.max_words)
    values: set[str] = set()
    with TemporaryDirectory() as work:
        for shard in read_all(data, maker, Inline(), Path(work) / SHARDS, SHARD_ROWS).shards:
            for record in read_kept(shard):
                if record.record_id in record_ids:
                    own = own_terms([OwnValue(*pair) for pair in json.loads(record.own)]) if record.own else ()
                    for text in record.texts.values():
                        values |= {text[find.start : find.end] for find in redactor.redact(text, own).finds}
    return frozenset(values)


def _redactor(data: CommunityData, settings: CurationSettings, kinds: tuple[str, ...]) -> Redactor:
    return Redactor(
        RedactionSettings(
            tuple(kinds), data.form.region, data.patterns, settings.taggers, settings.names, data.form.public
        )
    )
