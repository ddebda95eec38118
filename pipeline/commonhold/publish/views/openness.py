"""The model's class in the Model Openness Framework 1.0 (White et al. 2024, arXiv 2403.13784), component by component.

The form is that of the Model Openness Tool, with the class and the reasons added. Class III asks for the model and its
papers, II for the code and the evaluation's data too, I for the training data too. Nothing is called released that
whoever has the bundle cannot get at, so the class is lower than what the community may hold ready for those who ask.
"""

from dataclasses import dataclass
from typing import Any, Literal

from commonhold.publish.record_form import ModelRecord

OpennessClass = Literal["I", "II", "III", "none"]
OPEN_LICENCES = frozenset({
    "apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "isc", "mpl-2.0", "gpl-2.0", "gpl-3.0", "lgpl-3.0", "agpl-3.0",
    "eupl-1.2", "unlicense", "zlib", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cdla-permissive-1.0",
    "cdla-permissive-2.0", "odc-by", "odbl-1.0", "pddl-1.0",
})  # fmt: skip
"""Licences that let anybody use, study, change and share; others may do so and are not known here."""
CODE_LICENCE = "Apache-2.0"
CODE = "the commonhold source, whose digest the record names"
RANKS: tuple[OpennessClass, ...] = ("III", "II", "I")
"""From the least open class that there is to the most open."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of the framework."""

    name: str
    asked_from: OpennessClass
    """The lowest class that asks for it; `none` where no class does."""
    location: str
    """Where it is; empty where it is not released."""
    licence: str
    why: str

    @property
    def is_open(self) -> bool:
        """Whether it is released under an open licence."""
        return bool(self.location) and self.licence.lower() in OPEN_LICENCES


def openness_class(record: ModelRecord) -> tuple[OpennessClass, list[str]]:
    """The class, and what keeps the model from the next better one."""
    reached: OpennessClass = "none"
    for rank in RANKS:
        asked = [each for each in components(record) if each.asked_from == rank]
        missing = [f"{each.name}: {each.why}" for each in asked if not each.is_open]
        if missing:
            return reached, missing
        reached = rank
    return reached, []


def model_openness(record: ModelRecord) -> dict[str, Any]:
    """The form of the Model Openness Tool, with the class and its reasons."""
    reached, missing = openness_class(record)
    identity = record.identity
    return {
        "framework": {"name": "Model Openness Framework", "version": "1.0", "date": "2024-12-15"},
        "class": reached,
        "not_better_because": missing,
        "release": {
            "name": identity.name,
            "version": identity.created,
            "date": identity.created[:10],
            "type": "language",
            "architecture": "transformer decoder",
            "treatment": "chat fine-tuned",
            "origin": record.base.id,
            "producer": ", ".join(record.oversight.stewards),
            "contact": record.oversight.contact,
            "components": [
                {
                    "name": each.name,
                    "description": each.why,
                    "location": each.location,
                    "license_name": each.licence if each.location else "",
                    "license_path": "",
                }
                for each in components(record)
            ],
        },
    }


def components(record: ModelRecord) -> list[Component]:
    """The seventeen components."""
    return [*_of_the_model(record), *_of_the_code(), *_of_the_data(record)]


def _of_the_model(record: ModelRecord) -> list[Component]:
    own, base = record.identity.licence, record.base.licence
    weakest = own if base.lower() in OPEN_LICENCES else base
    whole = "merged/" if record.outputs.merged else "adapter/"
    return [
        Component("Model architecture", "III", f"{whole}*.json", weakest, f"That of {record.base.id}, with a LoRA."),
        Component("Model parameters", "III", whole, weakest, f"Adapter: {own}; base: {base}. Final ones only."),
        Component("Technical report", "III", "README.md", own, "The model card tells purpose, data, training, limits."),
        Component("Evaluation results", "III", "evaluation/results.json", own, "With intervals, and the gates."),
        Component("Model card", "III", "README.md", own, "Made from record.json."),
        Component("Data card", "III", "views/croissant.json", own, "With the community's datasheet.yaml."),
        Component("Sample model outputs", "none", "evaluation/report.html", own, "Answers won and lost."),
        Component("Model metadata", "none", "record.json", own, "Everything the other views say."),
    ]


def _of_the_code() -> list[Component]:
    parts: tuple[tuple[str, OpennessClass, str], ...] = (
        ("Training, validation and testing code", "II", "Repeats the training from recipe and data."),
        ("Inference code", "II", "commonhold serve."),
        ("Evaluation code", "II", "Scorers by registered name and version."),
        ("Supporting libraries and tools", "none", "Listed in environment/installed.json."),
        ("Data preprocessing code", "I", "Steps of curation by registered name and version."),
    )
    return [Component(name, asked_from, CODE, CODE_LICENCE, why) for name, asked_from, why in parts]


def _of_the_data(record: ModelRecord) -> list[Component]:
    own = record.identity.licence
    texts = "The rows stay with the people who gave them; digests and counts are published."
    return [
        Component("Model Openness Framework configuration file", "III", "views/openness.json", own, "This file."),
        Component("Evaluation data", "II", "", "", "The questions are the community's and not in the bundle."),
        Component("Datasets", "I", "", record.data.declared.licence, texts),
        Component("Research paper", "I", "", "", "None was written about this model."),
    ]
