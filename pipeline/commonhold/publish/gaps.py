"""What a reader of a record would expect and does not find, each with its reason."""

from collections.abc import Iterator, Mapping
from typing import Any

ALWAYS = (
    ("signature", "not_yet_built", "Nobody has signed this bundle: its digest says what it is, not who made it."),
    ("approvals", "not_yet_built", "Who approved the publication, and when, is not recorded."),
    (
        "standard_views",
        "not_yet_built",
        "There is no SLSA, CycloneDX, SPDX, Croissant or RO-Crate view of this record.",
    ),
    (
        "environment.lock",
        "unknown",
        "Installed packages are known by name, version and one digest, not by their files.",
    ),
    ("data.records", "withheld", "The texts belong to the people who gave them; their files are named by digest."),
    (
        "data.decisions",
        "withheld",
        "One line for every row, with the file and line it stands on, leads back to people; counts are given.",
    ),
    ("training.schedule", "withheld", "Which row was learnt from at which step leads back to people."),
    ("evaluation.scores", "withheld", "Every answer to every item stays with the publisher; the report shows a part."),
    ("resources.co2_grams", "unknown", "The emissions of the electricity where it was made are not known."),
)


def find_gaps(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """The gaps of a record that has none yet: what is missing in every bundle, and what is missing in this one."""
    return [{"what": what, "reason": reason, "why": why} for what, reason, why in (*ALWAYS, *_of_this(data))]


def _of_this(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if data["code"]["commit"] is None:
        yield "code.commit", "unknown", "The code was not in a git work tree; its digest is given."
    if data["code"]["dirty"] is None:
        yield "code.dirty", "not_applicable", "There is no commit to compare the code with."
    if data["hardware"]["instructions"] is None:
        yield "hardware.instructions", "unknown", "The instruction set that the arithmetic used was not asked for."
    if data["hardware"]["gpu_driver"] is None:
        yield "hardware.gpu_driver", "not_applicable", "The machine has no graphics card with a driver that tells."
    if data["base"]["repository"] is None:
        yield "base.repository", "not_applicable", "The base model was not taken from the Hugging Face hub."
    if data["base"]["openness"] is None:
        yield "base.openness", "unknown", "The catalog does not say how open the base model is."
    for number, source in enumerate(data["data"]["sources"]):
        if source["sha256"] is None:
            yield f"data.sources.{number}.sha256", "unknown", "No digest of this file was kept."
    yield from _of_outputs(data["outputs"]["merged"])
    yield from _of_evaluation(data["evaluation"])
    if not data["resources"]["whole_run"]:
        yield "resources.first_part", "unknown", "Training was resumed; the cost of its first part is not counted."


def _of_outputs(merged: Mapping[str, Any] | None) -> Iterator[tuple[str, str, str]]:
    if merged is None:
        yield "outputs.merged", "not_applicable", "Only the adapter is published."
    elif merged["equivalence"] is None:
        yield "outputs.merged.merged_from", "unknown", "Which weights the adapter was merged into was not kept."
        yield "outputs.merged.equivalence", "unknown", "The merged model was not compared with base and adapter."


def _of_evaluation(evaluation: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if not evaluation["gates"]:
        yield "evaluation.gates", "not_applicable", "The recipe sets no condition for publication."
    for number, task in enumerate(evaluation["tasks"]):
        if task["worst"] is None:
            why = "The items name no two languages or groups, or none of them has the 20 items it takes to judge."
            yield f"evaluation.tasks.{number}.worst", "unknown", why
