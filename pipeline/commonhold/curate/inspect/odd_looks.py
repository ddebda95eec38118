"""What looks odd in columns of texts, before anything is made of them: for a person to say whether it is meant.

Nothing here refuses anything. Thresholds are shares of the rows that were looked at, so that a few odd rows in many are
not called a mistake of the whole.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from commonhold.curate.privacy.folding import fold
from commonhold.curate.text.words import words

FEWEST_ROWS = 3
"""Fewer say nothing about a column."""
MUCH = 0.2
"""Share of rows from which file names, links or bare numbers look like a column that was chosen by mistake."""
MOST = 0.8
"""Share of rows from which one text for all, an echo or an empty column does."""
LABEL_WORDS = 4
"""Longest text that can be a label."""
LABEL_ROWS = 3
"""Rows a label has on average, at least, in a column of labels."""
MOST_NAMED = 5
FILE_NAME = re.compile(
    r"(?:[\w.:~ -]*[\\/])*[\w() .-]{1,120}\.(?:m4a|mp3|wav|ogg|oga|opus|aac|amr|flac|jpe?g|png|gif|heic|webp|svg|tiff?|"
    r"pdf|docx?|odt|rtf|xlsx?|ods|pptx?|mp4|mov|avi|mkv|3gp|webm|zip|eml|msg|vcf)",
    re.IGNORECASE,
)
LINK = re.compile(r"(?:https?|ftp|file|content|gs|s3)://\S+|www\.\S+", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?[\d.,:/ -]*\d[\d.,:/ %-]*")
MARKUP = re.compile(r"<(?:p|br|div|span|a|b|i|ul|ol|li|table|h[1-6])(?:\s[^<>]*)?/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something that may be a mistake."""

    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}"


def odd_texts(sides: Mapping[str, Sequence[str]]) -> Iterator[Oddity]:
    """What looks odd in the texts of the same rows, by what people call each side: `message`, `reply`, `text`."""
    for side, texts in sides.items():
        if len(texts) >= FEWEST_ROWS:
            yield from _odd_side(side, texts)
    if len(sides) > 1:
        yield from _echo(sides)


def unused_columns(header: Sequence[str], used: Sequence[str]) -> Oddity | None:
    """Columns of a file that the datasheet gives no meaning."""
    unused = [name for name in header if name.strip() and name not in used]
    if not unused:
        return None
    return Oddity(
        f"{_named(unused)} {'is' if len(unused) == 1 else 'are'} not used",
        "If one of them says who wrote, when, or agreed to what, name it in datasheet.yaml",
    )


def _odd_side(side: str, texts: Sequence[str]) -> Iterator[Oddity]:
    filled = [text.strip() for text in texts if text.strip()]
    if len(filled) < (1 - MOST) * len(texts):
        yield Oddity(
            f"{len(texts) - len(filled)} of {len(texts)} rows have no {side}", f"Is another column the {side}?"
        )
    if len(filled) < FEWEST_ROWS:
        return
    for what, is_one in KINDS.items():
        if len(hits := [text for text in filled if is_one(text)]) >= max(FEWEST_ROWS, MUCH * len(filled)):
            examples = f", such as {_short(hits[0])!r}" if what in SHOWN else ""
            yield Oddity(
                f"{len(hits)} of {len(filled)} times, the {side} is {what}{examples}",
                REMEDIES.get(what, f"Is another column the {side}?"),
            )
            break
    same, number = Counter(filled).most_common(1)[0]
    if number >= MOST * len(filled):
        yield Oddity(
            f"{number} of {len(filled)} rows have the same {side}: {_short(same)!r}", "Is it the right column?"
        )
    yield from _label_variants(side, filled)


KINDS: Mapping[str, Callable[[str], object]] = {
    "the name of a file": FILE_NAME.fullmatch,
    "a link": LINK.fullmatch,
    "a number": NUMBER.fullmatch,
    "marked up as a web page": MARKUP.search,
}
"""What a text may be that nobody would write to another, by how it is called."""
SHOWN = ("the name of a file", "a link")
"""Kinds with an example; a bare number may be somebody's."""
REMEDIES = {
    "the name of a file": "Only text is learnt: put what the recording, picture or document says into the cell",
    "a link": "Only text is learnt, and no link is followed: put what it leads to into the cell",
    "marked up as a web page": "The tags would be learnt. Export plain text",
}


def _label_variants(side: str, filled: Sequence[str]) -> Iterator[Oddity]:
    """Labels that differ by capitals, accents, blanks or marks alone, in a column of labels."""
    spelt = Counter(filled)
    labels: dict[str, list[str]] = {}
    for text, _ in spelt.most_common():
        labels.setdefault(" ".join(words(fold(text))), []).append(text)
    if len(labels) * LABEL_ROWS > len(filled) or any(len(label.split()) > LABEL_WORDS for label in labels):
        return
    several = [
        " / ".join(f"{_short(text)!r} {spelt[text]}×" for text in group) for group in labels.values() if len(group) > 1
    ]
    if several:
        more = f" and {len(several) - MOST_NAMED} more" if len(several) > MOST_NAMED else ""
        yield Oddity(
            f"a {side} that differs by capitals, accents or marks alone is learnt as a different one: "
            f"{'; '.join(several[:MOST_NAMED])}{more}",
            "Write each label in one way",
        )


def _echo(sides: Mapping[str, Sequence[str]]) -> Iterator[Oddity]:
    (one, first), (other, second), *_ = sides.items()
    same = sum(left.strip() == right.strip() != "" for left, right in zip(first, second, strict=True))
    if same >= max(FEWEST_ROWS, MUCH * len(first)):
        yield Oddity(
            f"{same} of {len(first)} rows have the same text as {one} and as {other}, so a model learns to repeat what "
            "it is told",
            f"Name the column with the {other} under columns.{COLUMN[other]} in datasheet.yaml",
        )


COLUMN = {"message": "prompt", "reply": "completion", "other reply": "rejected"}


def _named(texts: Sequence[str]) -> str:
    shown = ", ".join(repr(_short(text)) for text in texts[:MOST_NAMED])
    return f"{shown} and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else shown


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
