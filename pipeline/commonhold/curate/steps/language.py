"""language/1: is a text in the language that its row declares?"""

from collections.abc import Sequence
from typing import Literal

from commonhold.curate.record import Record
from commonhold.curate.step import STEPS, Outcome, Step, Verdict
from commonhold.curate.text.language import LanguageCheck
from commonhold.curate.text.trained import TrainedIdentifier


@STEPS.register("language/1")
def language(wrong: Literal["drop", "flag"], own: TrainedIdentifier | None = None) -> Step:
    """Flags or drops rows whose message or reply is surely in another language than declared.

    A row that declares none, in a language that no identifier knows, or in two at once, goes on.
    """
    check = LanguageCheck(own=own)

    def step(records: Sequence[Record]) -> Outcome:
        texts = [text for record in records for text in (record.prompt, record.completion)]
        declared = [record.language for record in records for _ in range(2)]
        heard = check.check(texts, declared)
        kept, verdicts = [], []
        for place, record in enumerate(records):
            sides = zip(("message", "reply"), heard[2 * place : 2 * place + 2], strict=True)
            told = [f"the {side}: {one.finding.detail}" for side, one in sides if one.finding]
            if told:
                verdicts.append(Verdict(record, wrong, "language_mismatch", "; ".join(told)))
            if not (told and wrong == "drop"):
                kept.append(record)
        return Outcome(kept, verdicts)

    return step
