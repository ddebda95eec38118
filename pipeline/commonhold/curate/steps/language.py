"""language/2: is a text in the language that its row declares?"""

from collections.abc import Sequence
from typing import Literal

from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Outcome, Step, Verdict
from commonhold.curate.text.language import LanguageCheck
from commonhold.curate.text.trained import TrainedIdentifier


@STEPS.register("language/2")
def language(wrong: Literal["drop", "flag"], own: TrainedIdentifier | None = None) -> Step:
    """Flags or drops rows whose message or reply is surely in another language than declared.

    A row that declares none, in a language that no identifier knows, or in two at once, goes on.
    """
    check = LanguageCheck(own=own)

    def step(records: Sequence[Record]) -> Outcome:
        sides = TextColumn.of(records)
        # What declares no language that can be known is in no wrong one.
        known = {tag: check.can_contradict(tag) for tag in {record.language for record in records}}
        asked = [n for n, place in enumerate(sides.places) if known[records[place].language]]
        tags = [records[sides.places[n]].language for n in asked]
        heard = zip(asked, check.check([sides.texts[n] for n in asked], tags), strict=True)
        verdicts, wrongs = [], set[int]()
        for place, told in sides.by_record({n: one.finding.detail for n, one in heard if one.finding}):
            record = records[place]
            detail = "; ".join(f"the {record.side(name)}: {each}" for name, each in told.items())
            verdicts.append(Verdict(record, wrong, "language_mismatch", detail))
            wrongs.add(place)
        if wrong == "flag" or not wrongs:
            return Outcome(records, verdicts)
        return Outcome([record for place, record in enumerate(records) if place not in wrongs], verdicts)

    return step
