"""What a person reads of `commonhold sweep`: settings in the order of their loss, and what may be concluded."""

from commonhold.number_format import listed
from commonhold.stages.sweep import Sweep, Trial


def sweep_text(sweep: Sweep) -> str:
    """The trials by loss, how sure the best one is, and what to write into the recipe."""
    keys = list(sweep.own.values)
    lines = [
        f"Sweep {sweep.name}, by validation loss (nats a token):",
        "",
        "  ".join(
            ["trial", f"{'loss':>8}", *(f"{key.removeprefix('train.'):>14}" for key in keys), "with other seeds"]
        ),
        *(_row(trial, keys) for trial in sweep.trials),
        "",
        verdict(sweep),
    ]
    best = sweep.trials[0]
    if best.overrides and sweep.gains:
        lines += ["", "In the recipe, or after --set:", *(f"  {text.replace('=', ': ', 1)}" for text in best.overrides)]
    return "\n".join(lines)


def _row(trial: Trial, keys: list[str]) -> str:
    values = (f"{trial.values[key]:.3g}" if isinstance(trial.values[key], float) else trial.values[key] for key in keys)
    cells = [f"{trial.number:>5}", _loss(trial.loss), *(f"{value!s:>14}" for value in values)]
    own = "  (the recipe)" if trial.number == 0 else ""
    return "  ".join([*cells, ", ".join(_loss(loss).strip() for loss in trial.repeats)]).rstrip() + own


def _loss(loss: float | None) -> str:
    return "diverged" if loss is None else f"{loss:>8.4f}"


def verdict(sweep: Sweep) -> str:
    """What the best trial's lead over the recipe's own setting is worth, in a sentence or two."""
    gains = sweep.gains
    if sweep.trials[0].loss is None:
        return "Every trial diverged. Lower train.learning_rate, or raise train.warmup_ratio."
    if sweep.trials[0].number == 0:
        return "The recipe's own setting is the best of these. Keep it."
    if not gains:
        return "The recipe's own setting diverged; the best of the others did not."
    if len(gains) == 1:
        return (
            f"The best one's loss is {gains[0]:.4f} lower than the recipe's. That is one training each, and the best "
            f"of {len(sweep.trials)}: how far the loss moves by chance is not known. --seeds 3 repeats the best ones."
        )
    each = listed([f"{gain:+.4f}" for gain in gains])
    lead = f"With {len(gains)} seeds the lead over the recipe is {each}"
    if min(gains) <= 0:
        return f"{lead}: no difference beyond chance. Keep the recipe."
    return f"{lead}: lower each time, by {min(gains):.4f} at least."
