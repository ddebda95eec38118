"""How likely the model finds the right reply, without writing one."""

import math
from collections.abc import Iterator, Sequence
from typing import ClassVar

from commonhold.errors import CommonholdError
from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer
from commonhold.records.answer import ChoiceScore

SMALLEST = 1e-12
"""Below it a probability is written as this: a score of exactly 0 has no perplexity."""


@SCORERS.register("likelihood/1")
class Likelihood(Scorer):
    """The geometric mean of the probabilities of the answer's tokens; perplexity is one divided by it."""

    kind: ClassVar[Kind] = "likelihood"
    columns: ClassVar[frozenset[str]] = frozenset({"answer"})
    graded: ClassVar[bool] = True
    follows: ClassVar[str] = (
        "exp of the mean log-likelihood of a token. It compares a model with its own tuned self; models with other "
        "tokenizers have other tokens. `|` has no meaning here."
    )

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """No answer."""
        if not item.answer:
            yield Complaint("answer", "the answer is empty", "Write the reply that is right")

    def expected(self, item: Item) -> str:
        """The reference."""
        return item.answer

    def candidates(self, item: Item) -> tuple[str, ...]:
        """The reference alone."""
        return (item.answer,)

    def output(self, item: Item, scores: Sequence[ChoiceScore]) -> str:
        """The probability as text; `score` reads it.

        Raises:
            CommonholdError: the log-likelihood is not a number.
        """
        (score,) = scores
        if math.isnan(score.log_likelihood):
            raise CommonholdError(
                f"item {item.id}: the model's log-likelihood of the answer is not a number; its weights are damaged, "
                "often because training diverged. Train again with a lower train.learning_rate"
            )
        probability = math.exp(min(score.log_likelihood, 0.0) / max(score.tokens, 1))
        return f"{max(probability, SMALLEST):.9g}"

    def score(self, item: Item, output: str) -> float:  # noqa: ARG002 - the likelihood is in the output
        """The probability that `output` made."""
        return float(output)

    def right_reply(self, item: Item) -> str:  # noqa: ARG002 - the model writes nothing
        """None: no reply is written."""
        return ""


def perplexity(score: float) -> float:
    """How many equally likely tokens the model wavers between, on average."""
    return 1 / score
