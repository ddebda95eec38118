"""What a person reads from `commonhold plan`."""

from collections.abc import Iterator
from dataclasses import asdict

from commonhold.models.memory_budget import SCREEN_BYTES
from commonhold.number_format import count, duration, percent
from commonhold.stages.estimate import GIB, Truncation
from commonhold.stages.plan import RunPlan

BASES = {
    "measured": "measured here before",
    "probed": "from a short probe of this processor",
    "guessed": "a guess: no such card is here",
}
SAVINGS = {"False": "activations kept", "True": "gradient checkpointing", "offload": "activations offloaded"}


def plan_text(plan: RunPlan) -> str:
    """The plan in plain words: stages, memory, time, price, data."""
    return "\n".join([*_stages(plan), "", *_memory(plan), "", *_training(plan), *_data(plan.truncation)])


def _stages(plan: RunPlan) -> Iterator[str]:
    for stage in plan.stages:
        cost = f"about {duration(stage.seconds)}" if stage.runs else "-"
        yield f"{stage.stage:<9} {'runs' if stage.runs else 'kept':<5} {cost:<15} {stage.why}"


def _memory(plan: RunPlan) -> Iterator[str]:
    yield f"memory of training on {plan.device}, GiB"
    for name, size in asdict(plan.memory).items():
        yield f"  {name:<12} {size / GIB:>6.2f}"
    yield f"  {'total':<12} {plan.memory_bytes / GIB:>6.2f} of {plan.usable_bytes / GIB:.1f}"
    if plan.memory.runtime and "graphics card" in plan.device:
        yield f"  (a card that also drives a screen loses about {SCREEN_BYTES / 1e9:.0f} GB; taken off)"
    if not plan.fits:
        words = " ".join(f"--set {word}" for word in plan.nearest_change)
        yield f"this does not fit. {f'It does with {words}' if words else 'No base of the catalog fits there'}"


def _training(plan: RunPlan) -> Iterator[str]:
    saving = SAVINGS[str(plan.gradient_checkpointing)]
    yield f"batches of {count(plan.batch_size, 'row')}, {plan.gradient_accumulation_steps} to a step, {saving}"
    yield (
        f"training reads about {plan.tokens:,} tokens in {count(plan.steps, 'step')}, "
        f"about {duration(plan.training_seconds)} ({BASES[plan.basis]})"
    )
    if plan.energy_kwh is not None:
        yield f"and takes about {1000 * plan.energy_kwh:.1f} Wh (8 W a busy core; without screen and cooling)"
    if plan.cost is not None:
        yield f"which costs about {plan.cost:.2f} at the price given"


def _data(truncation: Truncation | None) -> Iterator[str]:
    if truncation is None:
        yield "how many examples are too long is known once they are curated and the base is here"
    elif not truncation.too_long:
        yield f"no example is too long; the longest has {truncation.longest:,} tokens"
    else:
        yield (
            f"{count(truncation.too_long, 'example')} of {truncation.examples:,} are too long and left out, "
            f"{percent(truncation.lost_tokens)} of the tokens; train.max_tokens={truncation.longest} keeps all"
        )
