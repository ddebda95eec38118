"""The registered steps: their order, which of them are part of a run, and the words for their reasons."""

import json
from collections.abc import Mapping
from functools import lru_cache

from commonhold.curate.engine.plan import Plan
from commonhold.curate.steps.step import STEPS, CrossRecordStep, PerRecordStep, Reason
from commonhold.forms import Form
from commonhold.registry import Package


def in_order() -> dict[str, PerRecordStep | CrossRecordStep]:
    """All steps, by name."""
    steps = {name: STEPS.get(name) for name in STEPS}
    return dict(sorted(steps.items(), key=lambda item: (*item[1].place.order, item[0])))


def per_record_steps(plan: Plan) -> dict[str, PerRecordStep]:
    """Those of a run that look at one record at a time; of other packages' steps the ones that the recipe names."""
    return {
        name: step
        for name, step in in_order().items()
        if isinstance(step, PerRecordStep) and step.used(plan) and _asked_for(name, plan)
    }


def own_settings(step: PerRecordStep, written: Mapping[str, object]) -> Form:
    """What a recipe says for a step, as the step's own form; it was checked when the run started."""
    return step.settings.model_validate_json(json.dumps(dict(written)), strict=True)


def cross_record_steps(plan: Plan) -> dict[str, CrossRecordStep]:
    """Those of a run that compare records with each other."""
    return {name: step for name, step in in_order().items() if isinstance(step, CrossRecordStep) and step.used(plan)}


def _asked_for(name: str, plan: Plan) -> bool:
    return STEPS.package_of(name) is None or name in plan.extra_steps


def idle_steps(plan: Plan) -> tuple[str, ...]:
    """Steps, without their versions, that leave nothing out as they were asked."""
    return tuple(
        name.partition("/")[0] for name, step in in_order().items() if _asked_for(name, plan) and step.idle(plan)
    )


def packages_of(plan: Plan) -> dict[str, Package]:
    """The packages from outside that steps of a run come from, by the step."""
    packages = {name: STEPS.package_of(name) for name in per_record_steps(plan)}
    return {name: package for name, package in packages.items() if package}


def purposes(plan: Plan) -> tuple[str, ...]:
    """What records are drawn for."""
    drawing = tuple(step.draws for step in cross_record_steps(plan).values() if step.draws)
    return (*drawing, "rephrase") if plan.settings.rephrase.styles else drawing


@lru_cache(maxsize=1)
def reasons() -> Mapping[str, Reason]:
    """The words for every reason that a step gives."""
    return {name: words for step in in_order().values() for name, words in step.reasons.items()}


def for_review() -> frozenset[str]:
    """Reasons of changes that a person should look through."""
    return frozenset(name for name, words in reasons().items() if words.review)


def masking() -> frozenset[str]:
    """Reasons of changes that masked personal data."""
    return frozenset(name for name, words in reasons().items() if words.masks)
