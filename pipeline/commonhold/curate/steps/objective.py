"""objective/1: what the method of training learns from."""

from collections.abc import Callable

from commonhold.curate.dedup.exact_duplicates import same
from commonhold.curate.engine.plan import Plan
from commonhold.curate.rows.record import Record
from commonhold.curate.settings import Method
from commonhold.curate.steps.step import STEPS, PerRecordStep, Place, Reason, Step, sift

Refusal = tuple[str, str]


def objective(method: Method) -> Step:
    """Drops rows that a method cannot learn from.

    `sft` learns every reply but those that people rated down, `kto` those that they rated, `dpo` those beside which
    they put another one.
    """
    refusal = REFUSALS[method]
    return lambda records: sift(records, refusal)


def _sft(record: Record) -> Refusal | None:
    return ("rated_down", "") if record.rating == "down" else None


def _kto(record: Record) -> Refusal | None:
    return None if record.rating else ("not_rated", "")


def _dpo(record: Record) -> Refusal | None:
    if not record.rejected:
        return "nothing_rejected", ""
    return ("replies_alike", "") if same(record.rejected) == same(record.completion) else None


REFUSALS: dict[Method, Callable[[Record], Refusal | None]] = {
    "sft": _sft, "kto": _kto, "dpo": _dpo, "continued_pretraining": lambda _: None,
}  # fmt: skip


def _idle(plan: Plan) -> bool:
    method = plan.settings.method
    return method == "continued_pretraining" or (method == "sft" and not plan.rated)


STEPS.register("objective/1")(
    PerRecordStep(
        make=lambda inputs: objective(inputs.plan.settings.method),
        place=Place(
            "cleaning", 30, "before what takes time, since whole rows go; behind empty, which is plainer to say"
        ),
        question="Can the model learn from it in the way that was asked for?",
        idle=_idle,
        reasons={
            "rated_down": Reason(
                "Rated down",
                "people rated its reply down",
                "people rated their reply down",
                "a reply that people like",
                remedy="Set train.objective.method to kto in the recipe to learn from thumbs down",
            ),
            "not_rated": Reason(
                "Not rated",
                "nobody rated its reply",
                "nobody rated their reply",
                "a thumb up or down",
                remedy="Rate replies, or set train.objective.method to sft in the recipe",
            ),
            "nothing_rejected": Reason(
                "No second reply to compare",
                "it has no reply that people liked less",
                "they have no reply that people liked less",
                "a second reply that people like less",
                remedy="Write a second, worse reply to messages, or set train.objective.method to sft in the recipe",
            ),
            "replies_alike": Reason(
                "Two replies that say the same",
                "its two replies say the same",
                "their two replies say the same",
                "two replies of which people like one less",
                remedy="Write another reply into one of the two columns",
            ),
        },
    )
)
