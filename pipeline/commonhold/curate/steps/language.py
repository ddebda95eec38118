"""language/3: is a text in the language that its row declares?"""

from collections.abc import Sequence
from typing import Literal

from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Decision, PerRecordStep, Place, Reason, Step, StepInputs, StepResult
from commonhold.curate.text.language import LanguageCheck
from commonhold.curate.text.trained import TrainedIdentifier
from commonhold.curate.text.trained_file import load


def language(wrong: Literal["drop", "flag"], own: TrainedIdentifier | None = None) -> Step:
    """Flags or drops rows whose message or reply is surely in another language than declared.

    A row that declares none, in a language that no identifier knows, or in two at once, is kept.
    """
    check = LanguageCheck(own=own)

    def step(records: Sequence[Record]) -> StepResult:
        sides = TextColumn.of(records)
        # A row without a language that can be identified is in no wrong one.
        can_check = {tag: check.can_contradict(tag) for tag in {record.language for record in records}}
        checked = [n for n, index in enumerate(sides.items) if can_check[records[index].language]]
        tags = [records[sides.items[n]].language for n in checked]
        findings = zip(checked, check.check([sides.texts[n] for n in checked], tags), strict=True)
        decisions, wrongs = [], set[int]()
        for item, details in sides.by_record({n: one.finding.detail for n, one in findings if one.finding}):
            record = records[item]
            detail = "; ".join(f"the {record.side(name)}: {each}" for name, each in details.items())
            decisions.append(Decision(item, wrong, "language_mismatch", detail))
            wrongs.add(item)
        if wrong == "flag" or not wrongs:
            return StepResult(records, decisions)
        return StepResult([record for item, record in enumerate(records) if item not in wrongs], decisions)

    return step


def _made(inputs: StepInputs) -> Step:
    identifier = inputs.plan.identifier
    return language(inputs.plan.settings.wrong_language, load(identifier) if identifier else None)


STEPS.register("language/3")(
    PerRecordStep(
        make=_made,
        place=Place("quality", 30, "behind quality: of digits and links no language can be told"),
        question="Is it in the language it says?",
        idle=lambda plan: plan.settings.wrong_language == "flag",
        reasons={
            "language_mismatch": Reason(
                "In another language than declared",
                "it seems to be in another language than declared",
                "they seem to be in another language than declared",
                "the right language in the language column",
                note="the language seems to be another one than declared",
            ),
        },
    )
)
