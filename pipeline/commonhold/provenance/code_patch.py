"""What differs between the code that ran and its commit, as git shows it, unless it holds what looks like a secret."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

from commonhold.provenance.capture import SOURCE_FOLDER, git_answer

MAX_BYTES = 1 << 20
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:hf_|ghp_|gho_|glpat-|xox[abp]-|sk-)[A-Za-z0-9_-]{16,}|\bAKIA[0-9A-Z]{16}\b"
    r"|(?i:password|passwd|secret_key|api_key|access_token)[\"']?\s*[:=]\s*[\"'][^\"'\s]{8,}[\"']"
)
"""Beginnings of the keys that get into code most often; a person who commits secrets on purpose is not stopped."""


class Patch(NamedTuple):
    """The difference, or why it is kept back."""

    text: str
    withheld: str = ""
    """A sentence; empty where it is not kept back."""


def dirty_patch(folder: Path = SOURCE_FOLDER) -> Patch:
    """The package's difference from its commit, new files too; empty where none differs or git knows nothing."""
    git = shutil.which("git")
    if git is None or not git_answer(git, folder, "ls-files", "--error-unmatch", "__init__.py"):
        return Patch("")
    text = git_answer(git, folder, "diff", "--no-color", "--no-ext-diff", "HEAD", "--", ".")
    for name in git_answer(git, folder, "ls-files", "--others", "--exclude-standard", "--", ".").splitlines():
        text += _as_new(folder, name)
    if len(text.encode()) > MAX_BYTES:
        return Patch("", "The difference from the commit is larger than 1 MiB; the code's digest is given.")
    if SECRET.search(text):
        return Patch(
            "", "The difference from the commit holds what looks like a password or key; its code is not shown."
        )
    return Patch(text)


def _as_new(folder: Path, name: str) -> str:
    """A file that git does not know yet, as an addition."""
    try:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return f"--- /dev/null\n+++ b/{name}\n# not text\n"
    added = "".join(f"+{line}\n" for line in lines)
    return f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,{len(lines)} @@\n{added}"
