"""Commands of those who answer for a model: keygen, sign, approve, promote, withdraw, export."""

import argparse
import getpass
import sys
from pathlib import Path

from commonhold.cli.dispatch import talk
from commonhold.digests import short
from commonhold.errors import RequestError
from commonhold.figures import listed
from commonhold.files import write_bytes
from commonhold.signatures.approvals import approval_bytes
from commonhold.signatures.private_key import (
    PrivateKey,
    is_locked,
    make_private_key,
    read_private_key,
    write_private_key,
)
from commonhold.stages import approving, promotion
from commonhold.stages.workspace import Workspace

LEAST_PASSPHRASE = 8


def keygen(arguments: argparse.Namespace) -> int:
    """A new key: the private part into a file, the public part beside it and onto the screen."""
    path = arguments.file.expanduser()
    public_path = path.with_name(f"{path.stem}.pub")
    if public_path.exists():
        raise RequestError(f"{public_path}: there is such a file, and a key is never written over. Name another")
    passphrase = _passphrase(arguments.passphrase_file, path, new=True) if arguments.locked else ""
    key = make_private_key("ed25519" if arguments.role == "steward" else "p256")
    write_private_key(path, key, passphrase)
    public_path.write_text(key.public.pem, encoding="utf-8")
    print(
        f"private key   {path}  (readable by you alone{', locked' if passphrase else ''}; keep a copy somewhere safe)"
    )
    print(f"public key    {public_path}")
    print(f"              {key.public.text}")
    print(f"fingerprint   {_spaced(key.public.fingerprint)}")
    if any((folder / ".git").exists() for folder in path.absolute().parents):
        talk("note: this folder is kept in git. A private key does not belong there: move it before you commit")
    return 0


def sign(arguments: argparse.Namespace) -> int:
    """A signature over every file."""
    key = private_key_of(arguments)
    found = promotion.sign(Workspace(arguments.workspace), arguments.model, key, arguments.version)
    print(f"{_named(found)}, is signed: {found.verification.files} files, bundle digest {found.bundle.sha256}")
    print(f"with the key {_spaced(key.public.fingerprint)}")
    return 0


def approve(arguments: argparse.Namespace) -> int:
    """A steward's yes, made here or taken from a file."""
    copy, workspace = Path(arguments.model), Workspace(arguments.workspace)
    if (arguments.key is None) == (arguments.add is None):
        raise RequestError("approve with your key (--key FILE), or take an approval that was sent (--add FILE)")
    here = (workspace.releases / f"{arguments.model}.json").is_file()
    if copy.is_dir() and not here and arguments.add is None:
        key = private_key_of(arguments)
        made, gates = approving.approve_copy(copy, key)
        out = arguments.out or Path(f"approval-{short(key.public.fingerprint)}.json")
        write_bytes(out, approval_bytes(made))
        _show_gates(gates)
        print(f"{made.steward} approves. Send {out} to whoever publishes the model")
        return 0
    if arguments.add is not None:
        found, made = approving.add_approval(workspace, arguments.model, arguments.add, arguments.version)
    else:
        found, made = approving.approve_release(
            workspace, arguments.model, private_key_of(arguments), arguments.version
        )
    _show_gates(found.gates)
    quorum = found.quorum
    assert quorum is not None
    print(f"{made.steward} approves {_named(found)}: {len(quorum.approved_by)} of {quorum.needed} that have to sign")
    if quorum.met:
        print(f"Next: commonhold promote {found.bundle.model}")
    return 0


def promote(arguments: argparse.Namespace) -> int:
    """The alias champion, after gates and approvals."""
    from commonhold.stages.tracking import track_standing

    workspace, key = Workspace(arguments.workspace), private_key_of(arguments) if arguments.key else None
    found = promotion.promote(workspace, arguments.model, key, arguments.version, arguments.despite_undecided)
    assert found.quorum is not None
    print(
        f"{_named(found)}, is the champion, approved by {listed(list(found.quorum.approved_by))}. It is what is served"
    )
    print(f"log head {promotion.log_head(workspace, arguments.model)}")
    track_standing(workspace, talk)
    return 0


def withdraw(arguments: argparse.Namespace) -> int:
    """The alias withdrawn, for ever."""
    from commonhold.stages.tracking import track_standing

    workspace, key = Workspace(arguments.workspace), private_key_of(arguments) if arguments.key else None
    bundle = promotion.withdraw(workspace, arguments.model, arguments.reason, key, arguments.version)
    print(f"{bundle.model}, version {bundle.version}, is withdrawn. A server that runs has to be started again")
    print(f"log head {promotion.log_head(workspace, arguments.model)}")
    track_standing(workspace, talk)
    return 0


def export(arguments: argparse.Namespace) -> int:
    """Bundle and attestations in one folder."""
    workspace = Workspace(arguments.workspace)
    found = promotion.hand_out(workspace, arguments.model, arguments.folder, arguments.version)
    print(f"{arguments.folder}: {found.files} files, bundle digest {found.digest}")
    print(f"log head {promotion.log_head(workspace, arguments.model)}")
    print("Publish the digest, your public key and the log head somewhere else than the folder")
    return 0


def _named(found: approving.Published) -> str:
    return f"{found.bundle.model}, version {found.bundle.version}"


def _show_gates(gates: tuple[approving.GateWords, ...]) -> None:
    for gate in gates:
        talk(f"gate {gate['name']}: {gate['verdict']}, {gate['reason']}")


def private_key_of(arguments: argparse.Namespace) -> PrivateKey:
    """The key that `--key` names, unlocked.

    Raises:
        CommonholdError: as `read_private_key`; also where nobody can type its passphrase.
    """
    path = arguments.key.expanduser()
    return read_private_key(path, _passphrase(arguments.passphrase_file, path) if is_locked(path) else "")


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


def _spaced(fingerprint: str) -> str:
    """In groups of four, to be read over the telephone."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4))
