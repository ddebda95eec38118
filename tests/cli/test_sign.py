"""Keys, signatures and promotions as people type them, with their messages and exit codes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.publish.conftest import toy_inputs
from tests.publish.verification.handing_out import Keys, make_keys
from tests.releases.released import MODEL, release

from commonhold.cli import main
from commonhold.publish.bundle import assemble
from commonhold.publish.verify import verify
from commonhold.records.reproduction import Reproduction, ReproductionCheck
from commonhold.signatures.private_key import PrivateKey, read_private_key, write_private_key
from commonhold.signatures.public_key import read_public_key
from commonhold.stages.workspace import Workspace


class Desk:
    """A workspace with a published model, its keys in files, and a mouth."""

    def __init__(self, folder: Path, keys: Keys, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.workspace = folder / "work"
        self._capsys = capsys
        for name, key in {"publisher": keys.publisher, **keys.stewards}.items():
            write_private_key(self.key(name), key)
            (folder / f"{name}.pub").write_text(key.public.pem, encoding="utf-8")
        stewards = {"quorum": 2, "stewards": [each._asdict() for each in keys.signatories]}
        (folder / "stewards.json").write_text(json.dumps(stewards), encoding="utf-8")

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.pem"

    def __call__(self, *words: object, code: int = 0) -> str:
        """Runs a command in the workspace; gives all that it said."""
        place = [] if words[0] == "keygen" else ["--workspace", str(self.workspace)]
        assert main([*map(str, words), *place]) == code
        said = self._capsys.readouterr()
        assert "Traceback" not in said.err
        return said.out + said.err


@pytest.fixture
def keys() -> Keys:
    return make_keys()


@pytest.fixture
def desk(tmp_path: Path, keys: Keys, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    # The tracker has a test of its own; loading it takes seconds.
    monkeypatch.setattr("commonhold.releases.tracking.track_standing", lambda *_: None)
    bundle = assemble(toy_inputs(tmp_path / "stages"), tmp_path / "bundle").path
    release(Workspace(tmp_path / "work"), bundle, keys)
    return Desk(tmp_path, keys, capsys)


@pytest.mark.parametrize(("role", "kind"), [("steward", "ed25519"), ("publisher", "p256")])
def test_keygen_writes_a_pair_and_prints_the_public_part(role: str, kind: str, desk: Desk) -> None:
    said = desk("keygen", desk.folder / "new/me.pem", "--for", role)
    key: PrivateKey = read_private_key(desk.folder / "new/me.pem")
    assert key.public.kind == kind
    assert key.public.text in said
    assert read_public_key((desk.folder / "new/me.pub").read_text(encoding="utf-8")) == key.public
    assert "PRIVATE" not in said
    assert "never written over" in desk("keygen", desk.folder / "new/me.pem", "--for", role, code=2)


def test_keygen_locks_a_key_with_a_passphrase_from_a_file(desk: Desk) -> None:
    (desk.folder / "words").write_text("eight words or so\n", encoding="utf-8")
    desk("keygen", desk.folder / "me.pem", "--for", "steward", "--locked", "--passphrase-file", desk.folder / "words")
    assert read_private_key(desk.folder / "me.pem", "eight words or so")
    said = desk("sign", MODEL, "--key", desk.folder / "me.pem", code=2)
    assert "nobody is here to type its passphrase" in said
    desk("sign", MODEL, "--key", desk.folder / "me.pem", "--passphrase-file", desk.folder / "words")
    (desk.folder / "words").write_text("short", encoding="utf-8")
    again = (
        "keygen",
        desk.folder / "b.pem",
        "--for",
        "steward",
        "--locked",
        "--passphrase-file",
        desk.folder / "words",
    )
    assert "8 characters or more; no key was made" in desk(*again, code=2)
    assert not (desk.folder / "b.pem").exists()


def test_keygen_warns_where_a_key_would_be_committed(desk: Desk) -> None:
    (desk.folder / ".git").mkdir()
    said = desk("keygen", desk.folder / "me.pem", "--for", "steward")
    assert "A private key does not belong there" in said


def test_from_candidate_to_champion_and_to_a_stranger(desk: Desk, keys: Keys) -> None:
    said = desk("sign", MODEL, "--key", desk.key("publisher"))
    assert "water-desk, version 1, is signed: " in said
    said = desk("approve", MODEL, "--key", desk.key("Ana"))
    assert "Ana approves water-desk, version 1: 1 of 2 that have to sign" in said
    assert "gate desk: min_gain 0: pass" in said
    said = desk("promote", MODEL, "--key", desk.key("publisher"), code=3)
    assert "Still to ask: Ben and Cai" in said
    assert "Next: commonhold promote water-desk" in desk("approve", MODEL, "--key", desk.key("Ben"))
    said = desk("promote", MODEL, "--key", desk.key("publisher"))
    assert "is the champion, approved by Ana and Ben" in said
    head = said.split("log head ")[1].split()[0]
    desk("export", MODEL, desk.folder / "out")
    trust = ("--key", desk.folder / "publisher.pub", "--stewards", desk.folder / "stewards.json", "--log-head", head)
    said = desk("verify", desk.folder / "out", *trust, "--promoted")
    assert "2 of 3 stewards approved it" in said
    assert "MB/s)" in said
    (
        desk.folder / "out/attestations/approvals" / next((desk.folder / "out/attestations/approvals").iterdir()).name
    ).unlink()
    assert "it was taken out or changed" in desk("verify", desk.folder / "out", code=4)


def test_a_verdict_for_programs_is_json_whatever_it_says(desk: Desk) -> None:
    desk("export", MODEL, desk.folder / "out")
    value = json.loads(desk("verify", desk.folder / "out", "--json"))
    assert (value["sound"], value["problems"]) == (True, [])
    assert value["files"] >= 18
    said = desk("verify", desk.folder / "out", "--json", "--promoted", code=4)
    assert json.JSONDecoder().raw_decode(said)[0]["sound"] is False


def test_a_withdrawal_needs_its_reason_on_the_command_line(desk: Desk) -> None:
    assert "missing option --reason REASON: for people who use the model" in desk("withdraw", MODEL, code=2)
    assert "water-desk, version 1, is withdrawn" in desk("withdraw", MODEL, "--reason", "it repeats a name")
    assert "was withdrawn: it repeats a name" in desk("approve", MODEL, "--key", desk.key("Ana"), code=2)


def test_a_steward_approves_a_copy_and_the_publisher_takes_the_file(desk: Desk) -> None:
    desk("export", MODEL, desk.folder / "out")
    approval = desk.folder / "ana.json"
    assert "Ana approves" in desk("approve", desk.folder / "out", "--key", desk.key("Ana"), "--out", approval)
    assert "1 of 2 that have to sign" in desk("approve", MODEL, "--add", approval)
    assert "there is no such file" in desk("approve", MODEL, "--add", desk.folder / "nothing.json", code=2)


FOUND = Reproduction(MODEL, "", "R1", 0, (ReproductionCheck("weights", True, "the same to the byte"),), True)


def test_somebody_makes_it_again_signs_it_and_is_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk("keygen", desk.folder / "me.pem", "--for", "steward")
    desk("sign", MODEL, "--key", desk.key("publisher"))
    desk("export", MODEL, desk.folder / "before")
    found = replace(FOUND, bundle_digest=verify(desk.folder / "before").digest)
    monkeypatch.setattr("commonhold.stages.reproduction.reproduce", lambda *_: found)
    statement = desk.folder / "again.json"
    said = desk("reproduce", desk.folder / "before/bundle", "--statement", statement, "--key", desk.folder / "me.pem")
    assert said.startswith("water-desk: R1, the same bytes.")
    assert "Send it to whoever published the model" in said
    said = desk("attest", MODEL, "--add", statement, "--by", desk.folder / "me.pub")
    assert "water-desk, version 1: R1 counts. independently reproduced: 1 (R1)" in said
    desk("export", MODEL, desk.folder / "out")
    said = desk("verify", desk.folder / "out", "--reproducer", desk.folder / "me.pub")
    assert "  reproduced by 1 other, as they have signed: R1 (key " in said
    assert "is signed with the key" in desk(
        "attest", MODEL, "--add", statement, "--by", desk.folder / "Ana.pub", code=2
    )


def test_a_statement_without_a_key_says_how_to_sign_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = replace(
        FOUND, grade="R4", compared=(ReproductionCheck("inputs", False, "other rows"),), bundle_digest="ab" * 32
    )
    monkeypatch.setattr("commonhold.stages.reproduction.reproduce", lambda *_: failed)
    path = desk.folder / "again.json"
    said = desk("reproduce", desk.folder, "--statement", path, code=4)
    assert f"Next: commonhold attest {path} --key FILE" in said
    assert "water-desk, R4, is signed with the key" in desk("attest", path, "--key", desk.key("Ana"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("attest", MODEL), "sign a statement with your key"),
        (("attest", MODEL, "--add", "sent.json"), "whose is it?"),
        (("attest", "nowhere.json", "--key", "{Ana}"), "there is no such file"),
        (("reproduce", "bundle", "--key", "{Ana}"), "a key signs a statement"),
        (("verify", ".", "--reproducer", "nonsense"), "Give the reproducer's public key"),
        (("approve", MODEL), "approve with your key"),
        (("verify",), "verify what?"),
        (("verify", "nowhere"), "neither a recipe nor a folder"),
        (("sign", MODEL, "--key", "nowhere.pem"), "there is no such key"),
        (("verify", ".", "--key", "nonsense"), "a public key is written ed25519:"),
        (("verify", ".", "--stewards", "nowhere"), "Give GOVERNANCE.yaml, or a list of stewards as JSON"),
        (("promote", "another"), "nothing is published yet"),
    ],
)
def test_a_wrong_request_is_told_with_its_remedy(words: tuple[str, ...], message: str, desk: Desk) -> None:
    assert message in desk(*(word.replace("{Ana}", str(desk.key("Ana"))) for word in words), code=2)


def test_the_standalone_verifier_is_written_with_its_digest(desk: Desk) -> None:
    said = desk("verify", "--standalone-to", desk.folder / "v.py")
    assert f"{desk.folder / 'v.py'}: sha256 " in said
    assert (desk.folder / "v.py").read_text(encoding="utf-8").startswith("#!/usr/bin/env python3\n")


def test_stewards_are_read_from_a_communitys_own_file(desk: Desk, keys: Keys) -> None:
    stewards = "\n".join(
        f"  - {{name: {each.name}, contact: x, public_key: '{each.public_key}'}}" for each in keys.signatories
    )
    rules = "purposes: [train]\npublication_licences: [CC0-1.0]\nredress: x\nreviewed: 2026-01-01\nreview_days: 365\n"
    path = desk.folder / "GOVERNANCE.yaml"
    path.write_text(f"governance: 1\nquorum: 2\n{rules}stewards:\n{stewards}\n", encoding="utf-8")
    desk("export", MODEL, desk.folder / "out")
    said = desk("verify", desk.folder / "out", "--stewards", path, code=4)
    assert "0 of 3 stewards have signed, and 2 have to" in said
    path.write_text(path.read_text(encoding="utf-8").replace("quorum: 2", "quorum: 3"), encoding="utf-8")
    assert "lets 2 stewards decide, and you trust 3" in desk("verify", desk.folder / "out", "--stewards", path, code=4)
