"""A made-up community of any size: a folder with a CSV file and a datasheet, the same for the same seed.

Rows hold 1.4 kB of message and reply on the mean, in English or Spanish: half of the words are the language's own
small words, half are made of its syllables, by Zipf's law. A twentieth of the rows repeat an earlier one, a tenth
repeat it with some words changed, mostly by the same contributor. One row in eight holds personal data, one in fifty
has characters that want tidying, one in a hundred says no. A contributor gives 20 rows on the mean, some many more.
"""

import csv
import itertools
import json
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

DATASHEET = """\
datasheet: 1
title: Made-up desk
description: Messages to a desk that does not exist.
licence: CC0-1.0
contact: desk@toy.example
withdrawal: Write to the contact with the row's number.
collected:
  from: 2025-01-01
  to: 2026-02-01
  method: A form.
languages: [en, es]
region: US
files:
  - path: rows.csv
columns:
  prompt: Message
  completion: Reply
  contributor: Who
  language: Language
  date: Date
  source: Channel
consent:
  basis: Asked at the desk.
  column: OK?
  accepted: [yes, sí]
"""
COLUMNS = ("Message", "Reply", "Who", "Language", "Date", "Channel", "OK?")
SMALL_WORDS = {
    "en": (
        "the of and to in is you that it for on are as with they at be this have from or by not but what all were when "
        "we there can an your which their if do will each about how up out them then she many some so these would "
        "other into has more her like him see time could no make than been its who now people my over did down only "
        "way find use may water long little very after words called just where most know get through back much before "
        "go good new write our used me man too any day same right look think also around another came come work three "
        "must because does part even place well such here take why things help put years different away again off "
        "went old number great tell men say small every found still between name should home give open office"
    ),
    "es": (
        "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin "
        "sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está mi porque "
        "qué sólo han yo hay vez puede todos así nos ni parte tiene él uno donde bien tiempo mismo ese ahora cada e "
        "vida otro después te otros aunque esa eso hace otra gobierno tan durante siempre día tanto ella tres sí dijo "
        "sido gran país según menos mundo año antes estado contra sino forma caso nada hacer general estaba poco estos "
        "presidente mayor ante unos les algo hacia casa ellos ayer hecho primera mucho mientras además quien momento "
        "millones esto españa hombre están pues hoy lugar madrid nacional trabajo otras mejor nuevo decir algunos"
    ),
}
SYLLABLES = {
    "en": (
        "ter ing low min sand ker rid dor plan un est ig gar hous wat er bright sto pen ble ton shire wick ment field "
        "craft stone hill mark son ley ridge fen born well ham ford den"
    ),
    "es": (
        "ca sa mon te rí o que brar ción mien to dad lla nu eva ven ta na puer ta pla za fuen te al cal de ro sa lo "
        "ñe gui tar bue no cá ma ra lé on pue blo ji"
    ),
}
VOCABULARY = 20_000
REMEMBERED = 5_000
"""Rows that may still be copied."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file, in the order of its columns."""

    message: str
    reply: str
    who: str
    language: str
    day: str
    channel: str
    consent: str


class _Writer:
    """Texts in one language."""

    def __init__(self, language: str) -> None:
        drawn = random.Random(f"words of {language}")
        syllables = SYLLABLES[language].split()
        own = {"".join(drawn.choices(syllables, k=drawn.choice((1, 2, 2, 3, 3, 4)))) for _ in range(VOCABULARY)}
        self.words = sorted(own, key=lambda word: (len(word) + drawn.random() * 6, word))
        self._own = _cumulated(len(self.words))
        self._small = SMALL_WORDS[language].split()
        self._weights = _cumulated(len(self._small))

    def text(self, drawn: random.Random, words: int) -> str:
        """Sentences of 6 to 18 words, some of them paragraphs."""
        own = drawn.choices(self.words, cum_weights=self._own, k=words - words // 2)
        small = drawn.choices(self._small, cum_weights=self._weights, k=words - words // 2)
        mixed = [word for pair in zip(small, own, strict=True) for word in pair]
        sentences = []
        while mixed:
            size = drawn.randint(6, 18)
            part, mixed = mixed[:size], mixed[size:]
            if len(part) > 12:
                part[4] += ","
            sentences.append(" ".join(part).capitalize() + drawn.choice((".", ".", ".", "?", "!", ".\n\n")))
        return " ".join(sentences).replace("\n ", "\n").strip()


def _cumulated(size: int) -> list[float]:
    """Cumulated weights after Zipf and Mandelbrot."""
    return list(itertools.accumulate(1 / (rank + 2.7) for rank in range(size)))


def rows(number: int, seed: int = 7) -> Iterator[Row]:
    """So many rows; the first of them are the same for every number."""
    writers = {language: _Writer(language) for language in SMALL_WORDS}
    drawn = random.Random(seed)
    earlier: deque[Row] = deque(maxlen=REMEMBERED)
    for place in range(number):
        kind = drawn.random()
        if earlier and kind < 0.05:
            yield _again(drawn, drawn.choice(earlier), place)
        elif earlier and kind < 0.15:
            old = drawn.choice(earlier)
            yield _again(drawn, _changed(drawn, old, writers[old.language or "en"]), place)
        else:
            row = _new(drawn, writers, place)
            earlier.append(row)
            yield row


def _new(drawn: random.Random, writers: dict[str, _Writer], place: int) -> Row:
    language = "en" if drawn.random() < 0.7 else "es"
    writer = writers[language]
    message, reply = writer.text(drawn, drawn.randint(14, 60)), writer.text(drawn, drawn.randint(150, 255))
    kind = drawn.random()
    if kind < 0.125:
        message = f"{message} {personal(drawn)}"
    elif kind < 0.145:
        message = drawn.choice((f" {message}", f"{message}\u200b", message.replace(" ", "  ", 3), f"{message}\r\n"))
    return Row(
        message=message,
        reply=reply,
        who=_who(drawn, place),
        language=language if drawn.random() < 0.9 else "",
        day=str(date(2025, 1, 1) + timedelta(drawn.randrange(390))),
        channel=drawn.choice(("form", "phone log", "mail")),
        consent="no" if drawn.random() < 0.01 else "yes",
    )


def _who(drawn: random.Random, place: int) -> str:
    """New people come as long as rows come: a twentieth of the rows are somebody's first."""
    return f"person {int(drawn.random() ** 1.5 * (200 + place / 20))}"


def _again(drawn: random.Random, row: Row, place: int) -> Row:
    return row if drawn.random() < 0.9 else replace(row, who=_who(drawn, place))


def _changed(drawn: random.Random, row: Row, writer: _Writer) -> Row:
    reply = row.reply.split(" ")
    for _ in range(drawn.randint(1, 8)):
        reply[drawn.randrange(len(reply))] = drawn.choice(writer.words)
    return replace(row, message=f"{row.message} {drawn.choice(writer.words)}", reply=" ".join(reply))


def personal(drawn: random.Random) -> str:
    """A sentence with personal data of one kind, made up."""
    digits = "".join(drawn.choices("0123456789", k=16))
    return drawn.choice(
        (
            f"Mail me at {drawn.choice(('ana', 'bo.k', 'cy_42'))}{digits[:3]}@example.org please.",
            f"My phone is 212 555 {digits[:4]}.",
            f"Call (646) 555-{digits[:4]} after five.",
            f"I came from 192.168.{int(digits[:2])}.{int(digits[2:4])} yesterday.",
            f"My number is 123-{digits[:2]}-{digits[2:6]}.",
            f"My card is {_card(digits)}.",
            f"Pay to {_iban(digits)}.",
            f"I was born on 19{int(digits[:2]) % 90 + 10}-05-12.",
            f"The invoice {digits[:5]} of 2024 is {digits[:3]} dollars.",
        )
    )


def _card(digits: str) -> str:
    """Sixteen digits with the check digit of ISO/IEC 7812 (Luhn), in groups of four."""
    start = f"4{digits[:14]}"
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(start))
    check = -sum(number - 9 if number > 9 else number for number in doubled) % 10
    return " ".join(f"{start}{check}"[place : place + 4] for place in range(0, 16, 4))


def _iban(digits: str) -> str:
    """A German account number with the check digits of ISO 13616 (modulo 97)."""
    account = f"{digits}12"
    check = 98 - int(f"{account}131400") % 97
    whole = f"DE{check:02}{account}"
    return " ".join(whole[place : place + 4] for place in range(0, 22, 4))


def write_community(folder: Path, number: int, seed: int = 7) -> int:
    """Writes `rows.csv` and `datasheet.yaml` into a new folder; bytes of all messages and replies.

    `texts.jsonl` has message and reply as one text, for what knows no columns.
    """
    folder.mkdir(parents=True)
    (folder / "datasheet.yaml").write_text(DATASHEET, encoding="utf-8")
    size = 0
    with (
        (folder / "rows.csv").open("w", encoding="utf-8", newline="") as stream,
        (folder / "texts.jsonl").open("w", encoding="utf-8") as texts,
    ):
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for row in rows(number, seed):
            size += len(row.message.encode()) + len(row.reply.encode())
            texts.write(json.dumps({"text": f"{row.message}\n\n{row.reply}"}, ensure_ascii=False) + "\n")
            writer.writerow((row.message, row.reply, row.who, row.language, row.day, row.channel, row.consent))
    return size


def questions(number: int) -> tuple[str, ...]:
    """Questions of an evaluation that no row holds."""
    drawn, writer = random.Random("questions"), _Writer("en")
    return tuple(writer.text(drawn, drawn.randint(8, 30)) for _ in range(number))
