"""Where a workspace keeps what: one folder, `.commonhold` unless another is named."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from commonhold.files import locked, write_bytes

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Workspace:
    """One folder with everything that was made; deleting it loses no source."""

    root: Path

    @property
    def objects(self) -> Path:
        """Finished artifacts, by stage and key."""
        return self.root / "objects"

    @property
    def refused(self) -> Path:
        """The last attempt at each recipe whose rows could not be learnt from, by stage; nothing is made of them."""
        return self.root / "refused"

    @property
    def work(self) -> Path:
        """What stages in progress have, checkpoints among it."""
        return self.root / "work"

    @property
    def bases(self) -> Path:
        """Base models, unpacked."""
        return self.root / "bases"

    @property
    def releases(self) -> Path:
        """Which bundles were published under which model name."""
        return self.root / "releases"

    @property
    def attestations(self) -> Path:
        """What publisher and stewards signed, by the digest of the bundle."""
        return self.root / "attestations"

    @property
    def logs(self) -> Path:
        """One log for each model: what was published, approved, promoted and withdrawn."""
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        """Held while a pipeline runs."""
        return self.root / "workspace.lock"

    def secret(self) -> bytes:
        """The workspace's key for record ids, made at first use; it never leaves the machine."""
        path = self.root / "secret.key"
        if not path.is_file():
            with locked(self.root / "secret.lock", "making the workspace's key"):
                if not path.is_file():
                    write_bytes(path, secrets.token_bytes(KEY_BYTES))
                    path.chmod(0o600)
        return path.read_bytes()
