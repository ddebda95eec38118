"""What a check found, as text for people and as plain data for programs."""

from collections.abc import Iterator

from commonhold.publish.verification.inspection import Inspection
from commonhold.strict_json import JsonObject

TITLES = (
    ("proven", "proven"),
    ("claimed", "claimed by the publisher"),
    ("not_checkable", "cannot be checked here"),
)


def verdict_lines(inspection: Inspection) -> Iterator[str]:
    """The verdict, a line each; everything that is wrong, or else what follows and what does not."""
    problems = inspection.findings.problems
    if problems:
        yield f"{inspection.folder}: not the bundle that was published, {counted_problems(len(problems))}:"
        yield from (f"  {problem}" for problem in problems)
        yield "Do not use it; take it again from where it was published"
        return
    rate = inspection.bytes / 1e6 / max(inspection.seconds, 1e-3)
    yield f"{len(inspection.files)} files match, bundle digest {inspection.digest}"
    yield f"{inspection.bytes / 1e6:,.1f} MB in {inspection.seconds:.1f} s ({rate:,.0f} MB/s)"
    for name, title in TITLES:
        yield ""
        yield f"{title}:"
        yield from (f"  {line}" for line in getattr(inspection.findings, name))


def verdict_data(inspection: Inspection) -> JsonObject:
    """The same for programs."""
    findings = inspection.findings
    return {
        "model": inspection.model,
        "bundle_sha256": inspection.digest,
        "files": len(inspection.files),
        "bytes": inspection.bytes,
        "seconds": round(inspection.seconds, 3),
        "sound": not findings.problems,
        "problems": findings.problems,
        **{name: getattr(findings, name) for name, _ in TITLES},
    }


def counted_problems(number: int) -> str:
    """`1 problem`, `2 problems`."""
    return f"{number} problem{'s' if number > 1 else ''}"
