"""A pack as files: a page and a table for the people who are asked, a record of both, and apart from them the key."""

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from commonhold.errors import DigestError, MissingInputError, RequestError
from commonhold.evaluate.people.draw import Drawn
from commonhold.evaluate.people.pack import SECRET_BYTES, Pack, PackKey, PackQuestion, SealedQuestion, SealedTask
from commonhold.evaluate.people.page import render_page
from commonhold.files import read_json, write_bytes, write_json, write_text

PAGE, SHEET, RECORD = "rate.html", "rate.csv", "pack.json"
SHOWN_COLUMNS = ("language", "message", "reply_a", "reply_b")
ANSWER_COLUMNS = ("verdict", "a_right", "b_right", "comment")
SHEET_COLUMNS = ("pack", "rater", "question", *SHOWN_COLUMNS, *ANSWER_COLUMNS)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_pack(drawn: Drawn, out: Path, key_file: Path) -> None:
    """Writes page, table and record into a folder, and the key elsewhere, for its owner's eyes only.

    Raises:
        RequestError: the key would lie in the folder that is given away, or would overwrite another pack's key.
    """
    if key_file.resolve().is_relative_to(out.resolve()):
        raise RequestError(f"{key_file}: the key must not lie in the folder that people get. Name another place: --key")
    if key_file.exists() and key_file.read_bytes() != _key_bytes(drawn.key):
        raise RequestError(f"{key_file}: there is a key already, and its pack needs it. Name another file: --key")
    write_bytes(key_file, _key_bytes(drawn.key))
    key_file.chmod(0o600)
    write_text(out / PAGE, render_page(drawn.pack))
    write_bytes(out / SHEET, _sheet(drawn.pack))
    write_json(out / RECORD, {"format": 1, "id": drawn.pack.id, **asdict(drawn.pack)})


def _key_bytes(key: PackKey) -> bytes:
    text = json.dumps({"format": 1, "secret": key.secret.hex(), **key.content}, indent=1, ensure_ascii=False)
    return text.encode() + b"\n"


def _sheet(pack: Pack) -> bytes:
    """With a byte-order mark, without which spreadsheet programs misread it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, SHEET_COLUMNS, restval="")
    writer.writeheader()
    for question in pack.questions:
        row = {
            "pack": pack.id,
            "question": question.id,
            "language": question.language,
            "message": question.prompt,
            "reply_a": question.a,
            "reply_b": question.b,
        }
        writer.writerow({name: harmless_cell(value) for name, value in row.items()})
    return text.getvalue().encode("utf-8-sig")


def harmless_cell(text: str) -> str:
    """A cell that no spreadsheet program takes for a formula: an apostrophe is put before what would start one."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def read_pack(folder: Path) -> Pack:
    """A pack's record, checked against its own digest.

    Raises:
        MissingInputError: there is no pack in the folder.
        RequestError: the record cannot be read.
        DigestError: the record was changed.
    """
    file = folder / RECORD if folder.is_dir() else folder
    if not file.is_file():
        raise MissingInputError(f"{file}: there is no pack here. Name the folder that commonhold eval pack has made")
    data = _read(file, "the record of a pack")
    try:
        questions = tuple(PackQuestion(**question) for question in data["questions"])
        pack = Pack(data["title"], data["page_language"], data["asks_right"], questions, data["seal"])
        claimed = data["id"]
    except (KeyError, TypeError) as error:
        raise RequestError(f"{file}: not the record of a pack. Name the folder that holds pack.json") from error
    if pack.id != claimed:
        raise DigestError(f"{file}: changed after the pack was made. Take the pack as it was given out")
    return pack


def read_key(file: Path, pack: Pack) -> PackKey:
    """The key of a pack, checked against the seal that the pack carries.

    Raises:
        MissingInputError: there is no such file.
        RequestError: it is no key.
        DigestError: it is another pack's key, or was changed.
    """
    if not file.is_file():
        raise MissingInputError(f"{file}: there is no key here. Name the file that stayed with you: --key FILE")
    data = _read(file, "the key of a pack")
    try:
        secret = bytes.fromhex(data["secret"])
        questions = tuple(SealedQuestion(**question) for question in data["questions"])
        tasks = tuple(SealedTask(**task) for task in data["tasks"])
        key = PackKey(secret, data["scores"], questions, tasks)
    except (KeyError, TypeError, ValueError) as error:
        raise RequestError(f"{file}: not the key of a pack. Name the file that stayed with you: --key FILE") from error
    if len(secret) != SECRET_BYTES or key.seal != pack.seal:
        raise DigestError(
            f"{file}: not the key that pack {pack.id} was sealed with, or it was changed since. "
            "Find the one that was made with this pack; without it nobody knows whose reply is whose"
        )
    return key


def _read(file: Path, what: str) -> Any:
    try:
        data = read_json(file)
    except (ValueError, UnicodeDecodeError) as error:
        raise RequestError(f"{file}: not {what}. Name the right file, or restore it from a copy") from error
    return data
