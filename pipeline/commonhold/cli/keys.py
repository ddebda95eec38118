"""The command keygen, and the private keys that other commands sign with."""

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.options import json_option, passphrase_option
from commonhold.cli.value_types import FILE
from commonhold.errors import RequestError

if TYPE_CHECKING:
    from commonhold.signatures.private_key import PrivateKey

LEAST_PASSPHRASE = 8


@command("keygen")
@click.argument("file", type=FILE, help="where the private key goes, such as ~/.config/commonhold/ana.pem")
@click.option(
    "--for", "role", required=True, type=click.Choice(["steward", "publisher"]),
    help="a steward's key is Ed25519, a publisher's P-256, as the OpenSSF's model-signing reads it",
)  # fmt: skip
@click.option("--locked", is_flag=True, help="ask for a passphrase and lock the key with it")
@passphrase_option
@json_option
def keygen(
    file: Path, role: Literal["steward", "publisher"], locked: bool, passphrase_file: Path | None, answer: CommandAnswer
) -> int:
    """Make a key pair to sign with.

    The private key goes into the file, the public key beside it, with .pub at the end. A key is never overwritten.
    """
    from commonhold.signatures.private_key import make_private_key, write_private_key

    path = file.expanduser()
    public_path = path.with_name(f"{path.stem}.pub")
    if public_path.exists():
        raise RequestError(f"{public_path}: there is such a file, and a key is never written over. Name another")
    passphrase = _passphrase(passphrase_file, path, new=True) if locked else ""
    key = make_private_key("ed25519" if role == "steward" else "p256")
    write_private_key(path, key, passphrase)
    public_path.write_text(key.public.pem, encoding="utf-8")
    data = {"private_key": path, "locked": bool(passphrase), "public_key_file": public_path}
    answer(
        {**data, "public_key": key.public.text, "fingerprint": key.public.fingerprint},
        [
            f"private key   {path}  (readable by you alone{', locked' if passphrase else ''}; keep a copy somewhere "
            "safe)",
            f"public key    {public_path}",
            f"              {key.public.text}",
            f"fingerprint   {spaced(key.public.fingerprint)}",
        ],
    )
    if any((folder / ".git").exists() for folder in path.absolute().parents):
        console("note: this folder is kept in git. A private key does not belong there: move it before you commit")
    return 0


def private_key_of(key: Path, passphrase_file: Path | None) -> "PrivateKey":
    """The key that `--key` names, unlocked.

    Raises:
        CommonholdError: as `read_private_key`; also where nobody can type its passphrase.
    """
    from commonhold.signatures.private_key import is_locked, read_private_key

    path = key.expanduser()
    return read_private_key(path, _passphrase(passphrase_file, path) if is_locked(path) else "")


def spaced(fingerprint: str) -> str:
    """In groups of four, to be read over the telephone."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4))


def _passphrase(file: Path | None, path: Path, *, new: bool = False) -> str:
    if file is not None:
        return _long_enough(file.read_text(encoding="utf-8").rstrip("\n"), new)
    if not sys.stdin.isatty():
        raise RequestError(f"{path}: nobody is here to type its passphrase. Give it with --passphrase-file FILE")
    words = getpass.getpass(f"passphrase for {path}: ")
    if new and getpass.getpass("once more: ") != words:
        raise RequestError("these are two different passphrases; no key was made. Try again")
    return _long_enough(words, new)


def _long_enough(words: str, new: bool) -> str:
    if new and len(words) < LEAST_PASSPHRASE:
        raise RequestError(f"a passphrase has {LEAST_PASSPHRASE} characters or more; no key was made. Try again")
    return words
