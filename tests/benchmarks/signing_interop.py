"""Our signatures held against the OpenSSF's own tool, both ways.

    python -m venv /tmp/model-signing
    /tmp/model-signing/bin/pip install model-signing==1.1.1 pyopenssl
    python -m tests.benchmarks.signing_interop --tool /tmp/model-signing/bin/model_signing

pyopenssl has to be named, because 1.1.1 imports it without asking for it. With `--golden FOLDER` the signatures that
the tool made are kept, for the tests that run without it.
"""

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.publish.verification.handing_out import files_of

from commonhold.publish.sign import sign_files
from commonhold.publish.verification.model_signature import ModelSignature, read_model_signature, signature_problems
from commonhold.signatures.private_key import PrivateKey, make_private_key, write_private_key

TREE = {
    "README.md": "# A model",
    "a-b/c.txt": "sorts before a/c.txt",
    "a/c.txt": "sorts after it",
    "a/.hidden.json": "{}",
    "weights/one.safetensors": "not looked at",
}


def main() -> None:
    """Prints what each tool says of the other's signature."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", required=True, type=Path)
    parser.add_argument("--golden", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        tree = write_tree(work / "model")
        key = make_private_key("p256")
        write_private_key(work / "key.pem", key)
        (work / "key.pub").write_text(key.public.pem, encoding="utf-8")
        theirs_reads_ours(arguments.tool, work, tree, key)
        ours_reads_theirs(arguments.tool, work, tree, key)
        if arguments.golden:
            arguments.golden.mkdir(parents=True, exist_ok=True)
            for name in ("theirs.sig", "theirs_with_git.sig", "key.pub"):
                shutil.copy(work / name, arguments.golden / name)


def write_tree(folder: Path) -> Path:
    """A small model-like folder, always the same."""
    for name, text in TREE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def theirs_reads_ours(tool: Path, work: Path, tree: Path, key: PrivateKey) -> None:
    """Our signature, and ours over a changed file, an added one and a hidden one."""
    signature = work / "ours.sig"
    signature.write_bytes(sign_files(tree.name, files_of(tree), key))

    def check() -> bool:
        command = [str(tool), "verify", "key", str(tree), "--signature", str(signature)]
        return (
            subprocess.run(
                [*command, "--public_key", str(work / "key.pub")], check=False, capture_output=True
            ).returncode
            == 0
        )

    print("model-signing on our signature:          ", said(check()))
    with_change(
        tree / "README.md", "# Another", lambda: print("  a changed file:                        ", said(check()))
    )
    with_change(tree / "more.txt", "x", lambda: print("  an added file:                         ", said(check())))
    with_change(tree / ".git/x", "x", lambda: print("  a file added below .git:               ", said(check())))
    signature.write_bytes(sign_files(tree.name, files_of(tree), make_private_key("p256")))
    print("  another key:                           ", said(check()))
    signature.write_bytes(sign_files(tree.name, files_of(tree), make_private_key("ed25519")))
    print("  an Ed25519 key:                        ", said(check()))


def ours_reads_theirs(tool: Path, work: Path, tree: Path, key: PrivateKey) -> None:
    """Their signature with and without the paths that they leave out by default."""
    for name, option in (("theirs.sig", "--no-ignore-git-paths"), ("theirs_with_git.sig", "--ignore-git-paths")):
        command = [str(tool), "sign", "key", str(tree), "--signature", str(work / name)]
        subprocess.run([*command, "--private_key", str(work / "key.pem"), option], check=True, capture_output=True)
        signature = read_model_signature((work / name).read_bytes())

        def tell(words: str, other: PrivateKey = key, signature: ModelSignature = signature) -> None:
            print(words, said(not signature_problems(signature, files_of(tree), other.public)))

        tell(f"commonhold on theirs ({option}):")
        with_change(tree / "README.md", "# Another", partial(tell, "  a changed file:"))
        with_change(tree / ".git/x", "x", partial(tell, "  a file added below .git:"))
        tell("  another key:", make_private_key("p256"))


def with_change(path: Path, text: str, act: Callable[[], object]) -> None:
    """Writes a file, acts, and puts back what was there."""
    before = path.read_bytes() if path.is_file() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    act()
    if before is None:
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    else:
        path.write_bytes(before)


def said(accepted: bool) -> str:
    """A word for a table."""
    return "accepted" if accepted else "refused"


if __name__ == "__main__":
    main()
