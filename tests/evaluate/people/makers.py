"""A toy evaluation, and packs, answers and judgements made from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from commonhold.evaluate.people.draw import Drawn, DrawRequest, draw_pack
from commonhold.evaluate.people.pack import SealedQuestion
from commonhold.evaluate.people.unblind import Choice, UnblindedRating
from commonhold.evaluate.results import slice_of
from commonhold.records.score import Evaluation, Score, TaskResult

SECRET = bytes(range(32))
OTHER_SECRET = bytes(range(1, 33))
ONE = Score(
    task="desk",
    item_id="i00",
    base=0.0,
    tuned=1.0,
    base_output="base reply",
    tuned_output="tuned reply",
    prompt="lamp?",
    expected="ext. 217",
    language="en",
    group="lamps",
    cluster="",
)


def make_scores(count: int, **changed: Any) -> list[Score]:
    """Different items of one task; the replies name their item."""
    return [
        replace(
            ONE,
            item_id=f"i{number:02}",
            prompt=f"lamp {number}?",
            base_output=f"base {number}",
            tuned_output=f"tuned {number}",
            **changed,
        )
        for number in range(count)
    ]


def make_evaluation(scores: Sequence[Score]) -> Evaluation:
    """The evaluation that scores belong to."""
    names = sorted({score.task for score in scores})
    results = (
        TaskResult(name, f"Task {name}", "include/1", slice_of("all", [s for s in scores if s.task == name]), (), 0)
        for name in names
    )
    return Evaluation(tuple(results))


def draw(scores: Sequence[Score], secret: bytes = SECRET, **wanted: Any) -> Drawn:
    """A pack with its key."""
    return draw_pack(make_evaluation(scores), scores, "0" * 64, DrawRequest(**wanted), secret)


def write_ratings(file: Path, drawn: Drawn, verdicts: Mapping[str, str], rater: str = "heron", **changed: Any) -> Path:
    """What the page saves."""
    answers = [{"question": question, "verdict": verdict} for question, verdict in verdicts.items()]
    data = {"ratings": 1, "pack": drawn.pack.id, "rater": rater, "answers": answers, **changed}
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def judged(item: int, rater: str, choice: Choice, **changed: Any) -> UnblindedRating:
    """One unblinded answer; the tuned reply stands on A."""
    sealed = SealedQuestion(
        id=changed.pop("question", f"q{item:02}"),
        task=changed.pop("task", "desk"),
        item_id=f"i{item:02}",
        tuned=changed.pop("tuned", "A"),
        repeats=changed.pop("repeats", ""),
        language=changed.pop("language", "en"),
        group=changed.pop("group", "lamps"),
        cluster=changed.pop("cluster", ""),
        base_score=changed.pop("base_score", 0.0),
        tuned_score=changed.pop("tuned_score", 1.0),
    )
    letter = {"tuned": sealed.tuned, "base": "B" if sealed.tuned == "A" else "A"}.get(choice)
    return UnblindedRating(
        rater=rater,
        sealed=sealed,
        letter=letter,  # type: ignore[arg-type]
        choice=choice,
        tuned_right=changed.pop("tuned_right", None),
        base_right=changed.pop("base_right", None),
        comment=changed.pop("comment", ""),
    )
