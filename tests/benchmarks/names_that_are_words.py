"""What it costs and saves that a declared name which is a word as well, such as Will, is not masked everywhere.

    python tests/benchmarks/names_that_are_words.py generated_large.json health_qa.csv

Recall on the sentences with labelled spans, each person declared as the writer; then the finds in other people's texts,
were every such word the name of their writer, with the rule and without.
"""

import argparse
import csv
import json
from pathlib import Path

from commonhold.curate.privacy.folding import fold
from commonhold.curate.privacy.name_words import NAMES_THAT_ARE_WORDS
from commonhold.curate.privacy.own_data import OwnTerm, OwnValue, find_own, own_terms

TEXTS = 4000


def recall(path: Path) -> tuple[int, int]:
    """How many of the people have a name that is a word, and how many of these are masked whole."""
    people = found = 0
    for item in json.loads(path.read_text(encoding="utf-8")):
        text: str = item["full_text"]
        for span in (each for each in item["spans"] if each["entity_type"] == "PERSON"):
            start, end = span["start_position"], span["end_position"]
            if NAMES_THAT_ARE_WORDS.isdisjoint(fold(text[start:end]).split()):
                continue
            finds = find_own(text, own_terms([OwnValue("name", text[start:end])]))
            people += 1
            found += any(find.start <= start and find.end >= end for _, find in finds)
    return people, found


def finds(texts: list[str], *, capital: bool) -> int:
    """Finds of all these words, each declared as a name."""
    terms = [OwnTerm("name", word, capital) for word in sorted(NAMES_THAT_ARE_WORDS)]
    return sum(1 for text in texts for _ in find_own(text, terms))


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentences", type=Path)
    parser.add_argument("texts", type=Path)
    arguments = parser.parse_args()
    people, found = recall(arguments.sentences)
    print(f"{people} people have a name that is a word; {found} are masked whole")
    csv.field_size_limit(1 << 30)
    with arguments.texts.open(encoding="utf-8", newline="") as file:
        texts = [cell for row in csv.reader(file) for cell in row][:TEXTS]
    print(f"{finds(texts, capital=False):,} finds in {len(texts):,} cells without the rule", end="; ")
    print(f"{finds(texts, capital=True):,} with it")


if __name__ == "__main__":
    main()
