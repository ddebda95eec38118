"""Who made a model again: signed statements held against the bundle and the log, and counted; own keys do not count."""

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from commonhold.digests import sha256_bytes, short
from commonhold.publish.verification.attestations import REPRODUCTIONS, REPRODUCTIONS_PAGE, Attestations
from commonhold.publish.verification.decision import read_decision
from commonhold.publish.verification.findings import Trust, VerificationFindings
from commonhold.publish.verification.model_signature import read_model_signature
from commonhold.publish.verification.names import shown
from commonhold.publish.verification.reproduction_statement import ReproductionStatement, read_signed_statement
from commonhold.signatures.chain import LogEntry, read_log
from commonhold.signatures.public_key import read_public_key

NOT_REPRODUCED = "R4"
GRADE_MEANINGS = (
    ("R1", "the same bytes"),
    ("R2", "the same weights, within the tolerance that record.json names"),
    ("R3", "other weights, and every gate says the same"),
    ("R4", "not reproduced"),
)


class Witness(NamedTuple):
    """Somebody's newest word on a bundle."""

    fingerprint: str
    said: ReproductionStatement


def own_keys(found: Attestations, bundle_sha256: str) -> frozenset[str]:
    """Fingerprints of the keys of those who answer for a bundle, and so are not independent: publisher and stewards."""
    texts: list[str] = []
    hint = ""
    with contextlib.suppress(ValueError):
        hint = read_model_signature(found.signature or b"").key_hint
    with contextlib.suppress(ValueError):
        texts += [each.public_key for each in read_decision(found.decision or b"").stewards]
    with contextlib.suppress(ValueError):
        lines = [each for each in read_log(found.log or b"") if each.bundle_sha256 == bundle_sha256]
        texts += [str(each.details.get("key", "")) for each in lines if each.event == "signed"]
    keys = {hint} if hint else set()
    for text in texts:
        with contextlib.suppress(ValueError):
            keys.add(read_public_key(text).fingerprint)
    return frozenset(keys)


def witnesses(statements: Mapping[str, bytes], bundle_sha256: str, own: Collection[str]) -> tuple[Witness, ...]:
    """Everybody independent who made this bundle again, each with their newest statement; best grades first.

    Statements that are not sound, or about another bundle, are left out.
    """
    newest: dict[str, Witness] = {}
    for _, data in sorted(statements.items()):
        with contextlib.suppress(ValueError):
            said, key = read_signed_statement(data)
            before = newest.get(key.fingerprint)
            if said.bundle_sha256 == bundle_sha256 and (before is None or said.at > before.said.at):
                newest[key.fingerprint] = Witness(key.fingerprint, said)
    others = [each for fingerprint, each in newest.items() if fingerprint not in own]
    return tuple(
        sorted(others, key=lambda each: (each.said.grade, each.said.steps > 0, each.said.at, each.fingerprint))
    )


def counted_line(found: Sequence[Witness]) -> str:
    """`independently reproduced: 2 (R1), 1 (R3)`; what failed, and what was a part only, is said apart."""
    whole = [each.said.grade for each in found if not each.said.steps and each.said.grade != NOT_REPRODUCED]
    first = [each.said.grade for each in found if each.said.steps and each.said.grade != NOT_REPRODUCED]
    failed = sum(each.said.grade == NOT_REPRODUCED for each in found)
    line = f"independently reproduced: {_by_grade(whole) or 'by nobody'}"
    line += f"; in its first steps only: {_by_grade(first)}" if first else ""
    return line + (f"; not reproduced: {failed} ({NOT_REPRODUCED})" if failed else "")


def _by_grade(grades: Sequence[str]) -> str:
    return ", ".join(f"{grades.count(grade)} ({grade})" for grade in sorted(set(grades)))


def reproductions_page(
    model: str, bundle_sha256: str, statements: Mapping[str, bytes], own: Collection[str]
) -> bytes | None:
    """reproductions.md, which lies beside the bundle and counts what the card in it cannot; none without statements."""
    if not statements:
        return None
    found = witnesses(statements, bundle_sha256, own)
    lines = [f"# Who made {model} again", "", f"{counted_line(found)}", "", f"Bundle digest: `{bundle_sha256}`", ""]
    if found:
        lines += ["| grade | how much | when | key |", "|---|---|---|---|"]
        for each in found:
            part = f"first {each.said.steps:,} steps" if each.said.steps else "whole training"
            lines.append(f"| {each.said.grade} | {part} | {each.said.at[:10]} | `{each.fingerprint}` |")
        lines.append("")
    lines += [f"- {grade}: {meaning}" for grade, meaning in GRADE_MEANINGS]
    lines += [
        "",
        "Each has signed this with a key of their own; of each key the newest statement counts, and the keys of the",
        f"publisher and the stewards do not count. What they signed is in `{REPRODUCTIONS}/`. Whether a key belongs to",
        "somebody whom you believe, you have to know: `commonhold verify FOLDER --reproducer KEY`.",
    ]
    return ("\n".join(lines) + "\n").encode()


def reproductions(
    found: Attestations, about: tuple[str, str], entries: Sequence[LogEntry], trust: Trust
) -> VerificationFindings:
    """What the statements beside a bundle prove; `about` are its model and digest."""
    findings = VerificationFindings()
    bundle = about[1]
    known_own = own_keys(found, bundle) | ({trust.key.fingerprint} if trust.key else set())
    findings.problems += _unsound(found.reproductions, about)
    findings.problems += _otherwise_logged(found.reproductions, bundle, entries)
    page = reproductions_page(*about, found.reproductions, known_own)
    if found.reproductions_page != page:
        findings.problems.append(f"{REPRODUCTIONS_PAGE}: does not say what the statements in {REPRODUCTIONS}/ say")
    others = witnesses(found.reproductions, bundle, known_own)
    trusted = {key.fingerprint for key in trust.reproducers}
    for fingerprint in sorted(trusted - {each.fingerprint for each in others}):
        findings.problems.append(
            f"{REPRODUCTIONS}: none that counts is signed with the key {short(fingerprint)}… that you trust"
        )
    if sure := [each for each in others if each.fingerprint in trusted]:
        findings.proven.append(f"reproduced by {_others(sure)}, as they have signed: {_named(sure)}")
    if rest := [each for each in others if each.fingerprint not in trusted]:
        findings.claimed.append(
            f"that it was reproduced by {_others(rest)}: {_named(rest)}; if you know whose keys these are, give them "
            "with --reproducer"
        )
    if own := [each for each in witnesses(found.reproductions, bundle, ()) if each.fingerprint in known_own]:
        findings.claimed.append(
            f"that its own publisher or stewards reproduced it, which does not count as independent: {_named(own)}"
        )
    return findings


def _others(found: Sequence[Witness]) -> str:
    return f"{len(found)} other{'s' if len(found) > 1 else ''}"


def _named(found: Sequence[Witness]) -> str:
    parts = []
    for each in found:
        only = f" in its first {each.said.steps:,} steps" if each.said.steps else ""
        parts.append(f"{each.said.grade}{only} (key {short(each.fingerprint)}…, {each.said.at[:10]})")
    return ", ".join(parts)


def _unsound(statements: Mapping[str, bytes], about: tuple[str, str]) -> Iterator[str]:
    for name, data in sorted(statements.items()):
        try:
            said, _ = read_signed_statement(data)
        except ValueError as error:
            yield f"{REPRODUCTIONS}/{shown(name)}: {error}"
            continue
        if (said.model, said.bundle_sha256) != about:
            yield f"{REPRODUCTIONS}/{shown(name)}: is about another bundle"


def _otherwise_logged(statements: Mapping[str, bytes], bundle: str, entries: Sequence[LogEntry]) -> Iterator[str]:
    """Statements that the log knows and are not here, and those that it does not know."""
    own = [each for each in entries if each.bundle_sha256 == bundle and each.event == "reproduced"]
    known = {str(each.details.get("statement_sha256")) for each in own}
    here = {sha256_bytes(data): name for name, data in statements.items()}
    for sha256 in sorted(known - here.keys()):
        yield f"{REPRODUCTIONS}: the log has {short(sha256)}…, which is not here; it was taken out or changed"
    for name in sorted(here[sha256] for sha256 in here.keys() - known):
        yield f"{REPRODUCTIONS}: the log does not know {shown(name)}"
