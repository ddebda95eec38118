"""A published bundle to a hub, if the licences of what it is made of allow it."""

from collections.abc import Callable, Collection
from pathlib import Path

from commonhold.curate.rights.compatible import LicensedSource, Publication, compatible
from commonhold.errors import FormError
from commonhold.publish.push import Target, licences_used, push
from commonhold.publish.record import FILE_NAME, read_record
from commonhold.publish.verify import verify


def push_bundle(folder: Path, target: Target, approved: Collection[str], say: Callable[[str], None]) -> str:
    """Uploads a bundle and gives the address of the commit.

    `approved` are identifiers of licences that stewards have decided on. What a recipe's run allowed is asked again:
    the bundle may come from elsewhere, and publishing to a hub is giving to everybody.

    Raises:
        DigestError: the bundle is not what its manifest and record say.
        FormError: a licence forbids it.
        GateError: a condition for publication failed.
        RequestError: there is no token, or the hub refuses or cannot be reached.
    """
    verify(folder)
    record = read_record((folder / FILE_NAME).read_bytes())
    file = str(folder / FILE_NAME)
    sources = [LicensedSource(name, licence, file, 0, "licence") for name, licence in licences_used(record)]
    if problems := compatible(sources, Publication(record.identity.licence, file, 0, "identity.licence"), approved):
        raise FormError(problems)
    return push(folder, target, say)
