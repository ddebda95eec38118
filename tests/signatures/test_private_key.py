"""Private keys stay with their owner, and what they sign fits the public part."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from commonhold.errors import MissingInputError, RequestError
from commonhold.signatures.envelope import fits
from commonhold.signatures.private_key import is_locked, make_private_key, read_private_key, write_private_key
from commonhold.signatures.public_key import KeyKind


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
@pytest.mark.parametrize("passphrase", ["", "eight words or so"])
def test_a_key_signs_after_it_was_written_and_read(kind: KeyKind, passphrase: str, tmp_path: Path) -> None:
    made = make_private_key(kind)
    write_private_key(tmp_path / "key.pem", made, passphrase)
    key = read_private_key(tmp_path / "key.pem", passphrase)
    assert is_locked(tmp_path / "key.pem") is bool(passphrase)
    assert key.public == made.public
    assert fits(made.public, b"message", key.sign(b"message"))
    assert not fits(made.public, b"another", key.sign(b"message"))


def test_a_key_file_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    write_private_key(tmp_path / "new" / "key.pem", make_private_key("ed25519"))
    assert (tmp_path / "new" / "key.pem").stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("older", encoding="utf-8")
    with pytest.raises(RequestError, match="a key is never written over"):
        write_private_key(tmp_path / "key.pem", make_private_key("ed25519"))
    assert (tmp_path / "key.pem").read_text(encoding="utf-8") == "older"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(mode: int, tmp_path: Path) -> None:
    write_private_key(tmp_path / "key.pem", make_private_key("ed25519"))
    (tmp_path / "key.pem").chmod(mode)
    with pytest.raises(RequestError, match="others on this machine may read this key"):
        read_private_key(tmp_path / "key.pem")


def test_a_locked_key_needs_its_passphrase_and_no_other(tmp_path: Path) -> None:
    write_private_key(tmp_path / "key.pem", make_private_key("ed25519"), "right one")
    with pytest.raises(RequestError, match="not how the key is locked"):
        read_private_key(tmp_path / "key.pem")
    with pytest.raises(RequestError, match="the passphrase is wrong"):
        read_private_key(tmp_path / "key.pem", "wrong one")


def test_a_passphrase_for_an_open_key_is_told(tmp_path: Path) -> None:
    write_private_key(tmp_path / "key.pem", make_private_key("p256"))
    with pytest.raises(RequestError, match="It has none"):
        read_private_key(tmp_path / "key.pem", "superfluous")


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="there is no such key"):
        read_private_key(tmp_path / "key.pem")
    (tmp_path / "key.pem").write_text("hello", encoding="utf-8")
    (tmp_path / "key.pem").chmod(0o600)
    with pytest.raises(RequestError, match="no private key as PEM"):
        read_private_key(tmp_path / "key.pem")
    other = ec.generate_private_key(ec.SECP384R1())
    (tmp_path / "key.pem").write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(RequestError, match="neither Ed25519 nor P-256"):
        read_private_key(tmp_path / "key.pem")


def test_a_key_does_not_show_itself() -> None:
    key = make_private_key("ed25519")
    assert str(key) == f"PrivateKey(of {key.public.fingerprint[:12]})"


def test_a_key_made_by_openssl_is_read(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.touch(0o600)
    command = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    path.chmod(0o600)
    assert read_private_key(path).public.kind == "ed25519"
