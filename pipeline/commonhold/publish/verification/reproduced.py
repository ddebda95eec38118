"""Who made a model again: signed statements compared with bundle and log, and counted; own keys do not count."""

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
    """Somebody's newest statement on a bundle."""

    fingerprint: str
    statement: ReproductionStatement


def own_keys(attestations: Attestations, bundle_sha256: str) -> frozenset[str]:
    """Fingerprints of the keys of those who answer for a bundle, and so are not independent: publisher and stewards."""
    texts: list[str] = []
    hint = ""
    with contextlib.suppress(ValueError):
        hint = read_model_signature(attestations.signature or b"").key_hint
    with contextlib.suppress(ValueError):
        texts += [each.public_key for each in read_decision(attestations.decision or b"").stewards]
    with contextlib.suppress(ValueError):
        lines = [each for each in read_log(attestations.log or b"") if each.bundle_sha256 == bundle_sha256]
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
            statement, key = read_signed_statement(data)
            before = newest.get(key.fingerprint)
            if statement.bundle_sha256 == bundle_sha256 and (before is None or statement.at > before.statement.at):
                newest[key.fingerprint] = Witness(key.fingerprint, statement)
    others = [each for fingerprint, each in newest.items() if fingerprint not in own]
    return tuple(
        sorted(
            others,
            key=lambda each: (each.statement.grade, each.statement.steps > 0, each.statement.at, each.fingerprint),
        )
    )


def counted_line(counted: Sequence[Witness]) -> str:
    """`independently reproduced: 2 (R1), 1 (R3)`; what failed, and what was a part only, is counted apart."""
    whole = [
        each.statement.grade for each in counted if not each.statement.steps and each.statement.grade != NOT_REPRODUCED
    ]
    first = [
        each.statement.grade for each in counted if each.statement.steps and each.statement.grade != NOT_REPRODUCED
    ]
    failed = sum(each.statement.grade == NOT_REPRODUCED for each in counted)
    line = f"independently reproduced: {_by_grade(whole) or 'by nobody'}"
    line += f"; in its first steps only: {_by_grade(first)}" if first else ""
    return line + (f"; not reproduced: {failed} ({NOT_REPRODUCED})" if failed else "")


def _by_grade(grades: Sequence[str]) -> str:
    return ", ".join(f"{grades.count(grade)} ({grade})" for grade in sorted(set(grades)))


def reproductions_page(
    model: str, bundle_sha256: str, statements: Mapping[str, bytes], own: Collection[str]
) -> bytes | None:
    """reproductions.md, which is beside the bundle and counts what the card in it cannot; none without statements."""
    if not statements:
        return None
    counted = witnesses(statements, bundle_sha256, own)
    lines = [f"# Who made {model} again", "", f"{counted_line(counted)}", "", f"Bundle digest: `{bundle_sha256}`", ""]
    if counted:
        lines += ["| grade | how much | when | key |", "|---|---|---|---|"]
        for each in counted:
            part = f"first {each.statement.steps:,} steps" if each.statement.steps else "whole training"
            lines.append(f"| {each.statement.grade} | {part} | {each.statement.at[:10]} | `{each.fingerprint}` |")
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
    attestations: Attestations, about: tuple[str, str], entries: Sequence[LogEntry], trust: Trust
) -> VerificationFindings:
    """What the statements beside a bundle prove; `about` are its model and digest."""
    findings = VerificationFindings()
    bundle = about[1]
    excluded = own_keys(attestations, bundle) | ({trust.key.fingerprint} if trust.key else set())
    findings.problems += _unsound(attestations.reproductions, about)
    findings.problems += _otherwise_logged(attestations.reproductions, bundle, entries)
    page = reproductions_page(*about, attestations.reproductions, excluded)
    if attestations.reproductions_page != page:
        findings.problems.append(f"{REPRODUCTIONS_PAGE}: does not say what the statements in {REPRODUCTIONS}/ say")
    others = witnesses(attestations.reproductions, bundle, excluded)
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
    if own := [each for each in witnesses(attestations.reproductions, bundle, ()) if each.fingerprint in excluded]:
        findings.claimed.append(
            f"that its own publisher or stewards reproduced it, which does not count as independent: {_named(own)}"
        )
    return findings


def _others(counted: Sequence[Witness]) -> str:
    return f"{len(counted)} other{'s' if len(counted) > 1 else ''}"


def _named(counted: Sequence[Witness]) -> str:
    parts = []
    for each in counted:
        only = f" in its first {each.statement.steps:,} steps" if each.statement.steps else ""
        parts.append(f"{each.statement.grade}{only} (key {short(each.fingerprint)}…, {each.statement.at[:10]})")
    return ", ".join(parts)


def _unsound(statements: Mapping[str, bytes], about: tuple[str, str]) -> Iterator[str]:
    for name, data in sorted(statements.items()):
        try:
            statement, _ = read_signed_statement(data)
        except ValueError as error:
            yield f"{REPRODUCTIONS}/{shown(name)}: {error}"
            continue
        if (statement.model, statement.bundle_sha256) != about:
            yield f"{REPRODUCTIONS}/{shown(name)}: is about another bundle"


def _otherwise_logged(statements: Mapping[str, bytes], bundle: str, entries: Sequence[LogEntry]) -> Iterator[str]:
    """Statements that the log knows and are not here, and those that it does not know."""
    own = [each for each in entries if each.bundle_sha256 == bundle and each.event == "reproduced"]
    logged = {str(each.details.get("statement_sha256")) for each in own}
    present = {sha256_bytes(data): name for name, data in statements.items()}
    for sha256 in sorted(logged - present.keys()):
        yield f"{REPRODUCTIONS}: the log has {short(sha256)}…, which is not here; it was taken out or changed"
    for name in sorted(present[sha256] for sha256 in present.keys() - logged):
        yield f"{REPRODUCTIONS}: the log does not know {shown(name)}"
