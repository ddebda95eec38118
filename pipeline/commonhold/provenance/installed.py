"""Everything installed, so that the environment of a run can be set up again: version, licence, digest of files."""

import sys
from collections.abc import Iterable
from email.parser import HeaderParser
from pathlib import Path

from commonhold.digests import sha256_bytes
from commonhold.records.run_environment import InstalledPackage


def installed(folders: Iterable[Path] = ()) -> dict[str, InstalledPackage]:
    """Each distribution by its normalised name; the first folder wins.

    `files_sha256` is over the names and digests of its files as the installer listed them (RECORD), but for programs
    and the installer's own notes, which differ from folder to folder; empty where there is no such list. `licence` is
    what the distribution says of itself.
    """
    packages: dict[str, InstalledPackage] = {}
    for folder in tuple(folders) or tuple(map(Path, sys.path)):
        if folder.is_dir():
            for path in sorted(folder.glob("*.dist-info")):
                name, _, version = path.name.removesuffix(".dist-info").rpartition("-")
                package = InstalledPackage(version, _licence(path / "METADATA"), _files(path))
                packages.setdefault(name.replace("_", "-").lower(), package)
    return dict(sorted(packages.items()))


def _files(folder: Path) -> str:
    try:
        listed = (folder / "RECORD").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    notes = ("../", f"{folder.name}/")
    return sha256_bytes(
        "\n".join(sorted(line for line in listed if ",sha256=" in line and not line.startswith(notes))).encode()
    )


def _licence(metadata: Path) -> str:
    try:
        head = HeaderParser().parsestr(metadata.read_text(encoding="utf-8", errors="replace").partition("\n\n")[0])
    except OSError:
        return ""
    if expression := head.get("License-Expression"):
        return str(expression)
    classifiers = [text for text in head.get_all("Classifier", []) if text.startswith("License ::")]
    licence = classifiers[-1].rpartition(":: ")[2] if classifiers else str(head.get("License", ""))
    return " ".join(licence.split())[:100]
