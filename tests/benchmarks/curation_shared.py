"""Our own code on the steps that datatrove and Data-Juicer have too, on the same file; see `curation_peers.py`.

Clean characters, mask e-mail and IP addresses, lengths, repetition, exact copies, near copies of the whole text at 0.8
(word runs of three, MinHash for long texts, and every pair verified, which neither peer does), JSON lines.
"""

import json
from itertools import compress
from pathlib import Path

import numpy as np

from commonhold.curate.dedup.exact_duplicates import repeats, text_hashes
from commonhold.curate.dedup.near_duplicates import copies
from commonhold.curate.dedup.ragged import write_sets
from commonhold.curate.dedup.shingles import shingle_sets
from commonhold.curate.engine.exchange import TextSets, near_links
from commonhold.curate.engine.executor import Inline
from commonhold.curate.engine.shards import in_parts
from commonhold.curate.privacy.redactor import RedactionSettings, Redactor
from commonhold.curate.text.characters import clean
from commonhold.curate.text.repetition import Repetitive
from commonhold.curate.text.words import word_count

BATCH = 5_000
THRESHOLD = 0.8


def run(folder: Path, work: Path) -> dict[str, int]:
    """Texts in and left."""
    redactor, repetitive = Redactor(RedactionSettings(("email", "ip_address"))), Repetitive()
    came = 0
    firsts: list[int] = []
    folders: list[Path] = []
    texts: list[str] = []
    hashes = []
    with (folder / "texts.jsonl").open(encoding="utf-8") as lines:
        for batch in in_parts(lines, BATCH):
            came += len(batch)
            masked = [redactor.redact(clean(json.loads(line)["text"]).text).text for line in batch]
            long = [text for text in masked if 4 <= word_count(text) <= 800]
            sound = [text for text, finding in zip(long, repetitive.judge(long), strict=True) if not finding]
            firsts.append(len(texts))
            folders.append(work / f"sets-{len(folders)}")
            folders[-1].mkdir()
            write_sets(folders[-1], shingle_sets(sound))
            hashes.append(text_hashes(sound))
            texts += sound
    items = np.arange(len(texts))
    stays = np.ones(len(texts), np.bool_)
    joined = np.concatenate(hashes)
    stays[repeats(np.stack([joined, joined], axis=1), items).item] = False
    sets = TextSets(tuple(folders), tuple(firsts))
    links = near_links(sets, items[stays], THRESHOLD, Inline(), work / "near")
    stays[copies(links, sets.stored(), THRESHOLD).item] = False
    with (work / "out.jsonl").open("w", encoding="utf-8") as out:
        for text in compress(texts, stays.tolist()):
            out.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    return {"in": came, "out": int(stays.sum())}
