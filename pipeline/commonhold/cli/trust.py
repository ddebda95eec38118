"""What a person who verifies says they know: keys, stewards and digests, from the command line and from files."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from commonhold.errors import FormError, MissingInputError, Problem, RequestError

if TYPE_CHECKING:
    from commonhold.publish.verification.findings import Trust
    from commonhold.signatures.approvals import Signatory
    from commonhold.signatures.public_key import PublicKey


class TrustOptions(TypedDict):
    """What a person who verifies knows already, as they typed it."""

    digest: str
    key: str
    stewards: Path | None
    reproducer: tuple[str, ...]
    log_head: str
    promoted: bool


def trust_of(**options: Unpack[TrustOptions]) -> "Trust":
    """What `verify` is told to trust.

    Raises:
        RequestError: a key is none.
        MissingInputError: a file is not there.
        FormError: a file of stewards has problems.
    """
    from commonhold.publish.verification.findings import Trust

    stewards, quorum = stewards_of(options["stewards"]) if options["stewards"] else ((), 0)
    return Trust(
        digest=options["digest"].strip().lower(),
        key=public_key_of(options["key"]) if options["key"] else None,
        stewards=stewards,
        quorum=quorum,
        log_head=options["log_head"].strip().lower(),
        reproducers=tuple(public_key_of(text, "the reproducer's") for text in options["reproducer"]),
        promoted=options["promoted"],
    )


def public_key_of(text: str, whose: str = "the publisher's") -> "PublicKey":
    """A public key that is given as a file or as one word.

    Raises:
        RequestError: it is neither.
    """
    from commonhold.signatures.public_key import read_public_key

    path = Path(text)
    try:
        return read_public_key(path.read_text(encoding="utf-8") if path.is_file() else text)
    except (ValueError, OSError) as error:
        raise RequestError(f"{text[:100]}: {error}. Give {whose} public key, or the file with it") from error


def stewards_of(path: Path) -> "tuple[tuple[Signatory, ...], int]":
    """Stewards and quorum from GOVERNANCE.yaml, or from JSON.

    Raises:
        MissingInputError: there is no such file.
        FormError: it has problems.
    """
    from commonhold.publish.verification.decision import read_stewards
    from commonhold.signatures.approvals import Signatory

    if not path.is_file():
        raise MissingInputError(f"{path}: there is no such file. Give GOVERNANCE.yaml, or a list of stewards as JSON")
    if path.suffix in (".yaml", ".yml"):
        from commonhold.curate.rights.governance import read_governance_file

        form = read_governance_file(path).form
        return tuple(Signatory(each.name, each.public_key) for each in form.stewards), form.quorum
    try:
        return read_stewards(path.read_bytes())
    except ValueError as error:
        raise FormError([Problem(str(path), 0, "", f"it {error}")]) from error
