r"""How much personal data is found, and how much is found that is none, on sentences with labelled spans.

    python tests/benchmarks/personal_data.py generated_large.json [--regions US,GB] [--kinds street_address] \
        [--half first] [--show LABEL-OR-KIND]

The file is a list of {full_text, spans: [{entity_type, start_position, end_position}]}, as presidio-research writes
it. Recall counts a labelled span that any find overlaps, of whichever kind, since all finds are masked; `in full`
counts one of which no letter and no digit is left. A find that overlaps no labelled span is false; one over a label of
another sort (a date, a driver's licence) is counted apart. `--half` takes every second sentence, so that rules can be
written on one half and measured on the other.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from commonhold.curate.privacy.find import Find
from commonhold.curate.privacy.redactor import KINDS, RedactionSettings, Redactor

REGIONS = "US,GB,DE,AT,CH,FR,BE,NL,ES,PT,IT,DK,SE,NO,FI,IS,PL,CZ,HU,GR,SI,EE,CY,AU,NZ,BR,TN,GL,RU,ZA"
"""Countries whose phone numbers the sentences hold, or nearly: a wide declaration."""
WANTED = {
    "EMAIL_ADDRESS": 1.0, "IBAN_CODE": 1.0, "IP_ADDRESS": 1.0, "US_SSN": 1.0, "CREDIT_CARD": 1.0, "PHONE_NUMBER": 0.95,
    "ADDRESS": 0.85,
}  # fmt: skip
"""Recall by label."""
Item = dict[str, Any]


def touched(find: Find, item: Item) -> list[Item]:
    """The labelled spans that a find overlaps."""
    return [span for span in item["spans"] if find.start < span["end_position"] and span["start_position"] < find.end]


def is_masked_in_full(finds: Sequence[Find], span: Item, text: str) -> bool:
    """Whether no letter and no digit of a labelled span is outside every find."""
    masked = {place for find in finds for place in range(find.start, find.end)}
    places = range(span["start_position"], span["end_position"])
    return all(place in masked or not text[place].isalnum() for place in places)


def print_recall(items: Sequence[Item], found: Sequence[Sequence[Find]], show: str) -> None:
    """Recall of every label that has a wanted one."""
    labelled: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for item, finds in zip(items, found, strict=True):
        hit = {(span["start_position"], span["end_position"]) for find in finds for span in touched(find, item)}
        for span in item["spans"]:
            start, end = span["start_position"], span["end_position"]
            labelled[span["entity_type"]] += 1
            caught[span["entity_type"]] += (start, end) in hit
            in_full = is_masked_in_full(finds, span, item["full_text"])
            whole[span["entity_type"]] += in_full
            if show == span["entity_type"] and not in_full:
                left = "left over" if (start, end) in hit else "missed"
                print(f"{left} {item['full_text'][max(0, start - 30) : end + 30]!r}")
    print(f"{'label':<18}{'spans':>7}{'recall':>9}{'in full':>9}{'wanted':>8}")
    for label, wanted in WANTED.items():
        spans = max(labelled[label], 1)
        print(f"{label:<18}{labelled[label]:>7}{caught[label] / spans:>9.3f}{whole[label] / spans:>9.3f}{wanted:>8}")


def print_finds(items: Sequence[Item], found: Sequence[Sequence[Find]], show: str) -> None:
    """Finds by kind, per 1,000 sentences, and how many characters are masked that no label covers."""
    rows: dict[str, Counter[str]] = {}
    masked = unlabelled = 0
    for item, finds in zip(items, found, strict=True):
        for find in finds:
            spans = touched(find, item)
            right = any(span["entity_type"] in WANTED for span in spans)
            verdict = "right" if right else "other label" if spans else f"false, {find.tier}"
            rows.setdefault(find.kind, Counter())[verdict] += 1
            inside = {place for span in spans for place in range(span["start_position"], span["end_position"])}
            masked += find.end - find.start
            unlabelled += len(set(range(find.start, find.end)) - inside)
            if show == find.kind and not right:
                print(f"{verdict} {item['full_text'][max(0, find.start - 30) : find.end + 30]!r}")
    rows["all"] = sum(rows.values(), Counter())
    columns = ("right", "other label", "false, certain", "false, likely")
    print(f"\n{'per 1,000':<18}" + "".join(f"{column:>16}" for column in columns))
    for kind, counts in rows.items():
        print(f"{kind:<18}" + "".join(f"{counts[column] * 1000 / len(items):>16.1f}" for column in columns))
    print(f"\n{masked:,} characters masked, {unlabelled:,} of them outside every label")


def main() -> None:
    """Prints recall by label and finds by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--regions", default=REGIONS)
    parser.add_argument("--kinds", default=",".join(KINDS), help="what is looked for")
    parser.add_argument("--half", choices=("first", "second"), help="every second sentence only")
    parser.add_argument("--show", default="", help="a label: what was missed of it; a kind: what was found wrongly")
    arguments = parser.parse_args()
    items: list[Item] = json.loads(arguments.file.read_text(encoding="utf-8"))
    if arguments.half:
        items = items[arguments.half == "second" :: 2]
    kinds = tuple(arguments.kinds.split(","))
    redactor = Redactor(RedactionSettings(kinds=kinds, regions=tuple(arguments.regions.split(","))))
    started = time.process_time()
    found = [redactor.redact(item["full_text"]).finds for item in items]
    seconds = time.process_time() - started
    print(f"{len(items)} sentences, {len(items) / seconds:,.0f} a second of processor time\n")
    print_recall(items, found, arguments.show)
    print_finds(items, found, arguments.show)


if __name__ == "__main__":
    main()
