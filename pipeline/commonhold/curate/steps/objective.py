"""objective/1: what the method of training learns from."""

from collections.abc import Callable

from commonhold.curate.dedup.exact_duplicates import same
from commonhold.curate.rows.record import Record
from commonhold.curate.settings import Method
from commonhold.curate.steps.step import STEPS, Step, sift

Refusal = tuple[str, str]


@STEPS.register("objective/1")
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
