"""What others take for the same records, each in an environment of its own; started by `curation_speed.py`.

    VENV/bin/python tests/benchmarks/curation_peers.py plain|datatrove|data_juicer FOLDER

`plain` (presidio-analyzer, datasketch) is what a script does that somebody writes in an afternoon, on the same CSV
file: consent, NFC, regular expressions for white space and invisible characters, Presidio's pattern recognisers on
message and reply without a language model, word counts, exact copies by SHA-256, near copies of messages with
datasketch's MinHash (128 permutations, word runs of three) and its LSH at 0.8, a random split, JSON lines.

`datatrove` and `data_juicer` do the steps that both have, with their own defaults, on message and reply joined into one
text of a JSON lines file: ftfy, e-mail and IP addresses, lengths, repetition, exact copies (Data-Juicer only), MinHash
(datatrove's 112 permutations and Data-Juicer's 256, runs of five words), JSON lines. Their steps are called one after
the other in one process, without their executors.

Prints one line of JSON: processor seconds without imports and after a run on a few records, records left, peak memory.
"""

import csv
import hashlib
import importlib
import json
import random
import re
import resource
import sys
import tempfile
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
SPACES, LINES, WORD = re.compile(r"[^\S\n]+"), re.compile(r"\s*\n\s*\n\s*"), re.compile(r"\w+")
WARM_UP = 100
"""Lines of the files that are worked on once before the clock runs."""
Run = Callable[[Path, Path], int]
"""The work itself, from a folder to a file, all libraries loaded; gives the number of records left."""


def plain() -> Run:
    """The script of an afternoon."""
    analyzer = _analyzer()
    sketch = importlib.import_module("datasketch")
    analyzer.analyze(text="Mail ana@example.org or call 212 555 0123.", language="en")

    def redacted(text: str) -> str:
        for found in sorted(analyzer.analyze(text=text, language="en"), key=lambda each: -each.start):
            text = f"{text[: found.start]}[{found.entity_type}]{text[found.end :]}"
        return text

    def run(folder: Path, out: Path) -> int:
        lsh = sketch.MinHashLSH(threshold=0.8, num_perm=128)
        seen: set[bytes] = set()
        drawn, left = random.Random(1), 0
        with (folder / "rows.csv").open(encoding="utf-8", newline="") as rows, out.open("w", encoding="utf-8") as lines:
            for number, row in enumerate(csv.DictReader(rows)):
                if row["OK?"] not in ("yes", "sí"):
                    continue
                prompt, reply = (redacted(_tidied(row[name])) for name in ("Message", "Reply"))
                if not all(2 <= len(WORD.findall(text)) <= 400 for text in (prompt, reply)):
                    continue
                digest = hashlib.sha256(" ".join(f"{prompt}\0{reply}".lower().split()).encode()).digest()
                sketched = sketch.MinHash(num_perm=128)
                sketched.update_batch([run.encode() for run in _runs(prompt)])
                if digest in seen or lsh.query(sketched):
                    continue
                seen.add(digest)
                lsh.insert(number, sketched)
                left += 1
                split = drawn.choices(("train", "validation", "test"), (0.84, 0.08, 0.08))[0]
                line = {"prompt": prompt, "completion": reply, "split": split, "row": number}
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
        return left

    return run


def _analyzer() -> Any:
    """Presidio with its pattern recognisers only, on a blank model."""
    presidio = importlib.import_module("presidio_analyzer")
    engines = importlib.import_module("presidio_analyzer.nlp_engine")
    spacy = importlib.import_module("spacy")
    # A list of suffixes that comes with tldextract, not from the network.
    importlib.import_module("tldextract").tldextract.TLD_EXTRACTOR.suffix_list_urls = ()
    engine = engines.SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.nlp = {"en": spacy.blank("en")}
    registry = presidio.RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    for recognizer in list(registry.recognizers):
        if not isinstance(recognizer, (presidio.PatternRecognizer, _phones())):
            registry.remove_recognizer(recognizer.name)
    return presidio.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])


def _phones() -> Any:
    return importlib.import_module("presidio_analyzer.predefined_recognizers").PhoneRecognizer


def _tidied(text: str) -> str:
    text = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    return LINES.sub("\n\n", SPACES.sub(" ", text)).strip()


def _runs(text: str) -> set[str]:
    words = text.casefold().split()
    return {" ".join(words[start : start + 3]) for start in range(max(len(words) - 2, 1))}


def datatrove() -> Run:
    """Its formatters, filters and four stages of MinHash."""
    data = importlib.import_module("datatrove.data")
    formatters = importlib.import_module("datatrove.pipeline.formatters")
    filters = importlib.import_module("datatrove.pipeline.filters")
    dedup = importlib.import_module("datatrove.pipeline.dedup")
    importlib.import_module("loguru").logger.remove()
    config = dedup.MinhashConfig()

    def documents(folder: Path) -> Iterator[Any]:
        with (folder / "texts.jsonl").open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                yield data.Document(text=json.loads(line)["text"], id=str(number))

    def through(given: Iterable[Any] | None, *steps: Any) -> Any:
        for step in steps:
            given = step(given, rank=0, world_size=1)
        return given

    def formed(given: Iterable[Any], *steps: Any) -> Iterator[Any]:
        for document in given:
            for step in steps:
                document.text = step.format(document.text)
            yield document

    def run(folder: Path, out: Path) -> int:
        steps = (formatters.FTFYFormatter(), formatters.PIIFormatter(only_remove_public_ips=False))
        length = filters.LambdaFilter(lambda document: 4 <= len(document.text.split()) <= 800)
        kept = list(through(formed(documents(folder), *steps), length, filters.GopherRepetitionFilter()))
        signed, buckets, removed = (str(out.with_suffix(f".{name}")) for name in ("signed", "buckets", "removed"))
        deque(through(kept, dedup.MinhashDedupSignature(output_folder=signed, config=config)) or (), maxlen=0)
        for bucket in range(config.num_buckets):
            step = dedup.MinhashDedupBuckets(input_folder=signed, output_folder=buckets, config=config)
            deque(step(None, rank=bucket, world_size=config.num_buckets) or (), maxlen=0)
        clusters = dedup.MinhashDedupCluster(input_folder=buckets, output_folder=removed, config=config)
        deque(clusters(None, rank=0, world_size=1) or (), maxlen=0)
        left = through(kept, dedup.MinhashDedupFilter(input_folder=removed))
        return _write(out, (document.text for document in left))

    return run


def data_juicer() -> Run:
    """Its operators with one process each."""
    ops = "data_juicer.ops"
    core = importlib.import_module("data_juicer.core.data")
    mappers = [
        getattr(importlib.import_module(f"{ops}.mapper.{module}"), name)(num_proc=1)
        for module, name in (
            ("fix_unicode_mapper", "FixUnicodeMapper"),
            ("clean_email_mapper", "CleanEmailMapper"),
            ("clean_ip_mapper", "CleanIpMapper"),
        )
    ]
    words = importlib.import_module(f"{ops}.filter.words_num_filter").WordsNumFilter
    repetition = importlib.import_module(f"{ops}.filter.word_repetition_filter").WordRepetitionFilter
    exact = importlib.import_module(f"{ops}.deduplicator.document_deduplicator").DocumentDeduplicator
    near = importlib.import_module(f"{ops}.deduplicator.document_minhash_deduplicator").DocumentMinhashDeduplicator
    steps = [
        *mappers,
        words(min_num=4, max_num=800, num_proc=1),
        repetition(num_proc=1),
        exact(lowercase=True, num_proc=1),
        near(jaccard_threshold=0.8, num_proc=1),
    ]

    def run(folder: Path, out: Path) -> int:
        with (folder / "texts.jsonl").open(encoding="utf-8") as lines:
            dataset = core.NestedDataset.from_list([json.loads(line) for line in lines])
        for step in steps:
            dataset = step.run(dataset)
        return _write(out, dataset["text"])

    return run


def _write(path: Path, texts: Iterable[str]) -> int:
    number = 0
    with path.open("w", encoding="utf-8") as lines:
        for text in texts:
            lines.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
            number += 1
    return number


def seconds() -> float:
    """Processor time of this process and of its children that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def main() -> None:
    """Runs one of the three."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    peers: dict[str, Callable[[], Run]] = {"plain": plain, "datatrove": datatrove, "data_juicer": data_juicer}
    run = peers[name]()
    with tempfile.TemporaryDirectory() as work:
        for file in ("rows.csv", "texts.jsonl"):
            with (folder / file).open(encoding="utf-8") as lines:
                Path(work, file).write_text("".join(islice(lines, WARM_UP)), encoding="utf-8")
        run(Path(work), Path(work, "warm.jsonl"))
        before = seconds()
        left = run(folder, Path(work, "out.jsonl"))
        taken = seconds() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": taken, "peak_mb": peak, "out": left}))


if __name__ == "__main__":
    main()
