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
        sides = [(place, name, text) for place, record in enumerate(records) for name, text in record.texts.items()]
        heard = check.check([text for *_, text in sides], [records[place].language for place, *_ in sides])
        found: dict[int, list[str]] = {}
        for (place, name, _), one in zip(sides, heard, strict=True):
            if one.finding:
                found.setdefault(place, []).append(f"the {records[place].side(name)}: {one.finding.detail}")
        kept, verdicts = [], []
        for place, record in enumerate(records):
            told = found.get(place)
            if told:
                verdicts.append(Verdict(record, wrong, "language_mismatch", "; ".join(told)))
            if not (told and wrong == "drop"):
                kept.append(record)
        return Outcome(kept, verdicts)

    return step
