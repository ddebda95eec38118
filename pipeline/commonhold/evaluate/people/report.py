"""The report on people's answers: one HTML file for the organisers, in the style of the evaluation's own."""

from collections.abc import Sequence

from commonhold.evaluate.figures import percent_range, slice_label
from commonhold.evaluate.page import printable, unbroken
from commonhold.evaluate.people.findings import Findings, Preference
from commonhold.evaluate.people.judge import Admission
from commonhold.evaluate.people.pack import Pack
from commonhold.evaluate.people.sentences import headline, judge_sentence, rate_text, share_text, verdict
from commonhold.evaluate.people.unblind import Judgement
from commonhold.figures import percent
from commonhold.page_templates import page_templates

EDGE, HEIGHT = 3.0, 24
WORDS = {
    "tuned": "tuned is better",
    "base": "base is better",
    "both_good": "equally good",
    "both_bad": "equally bad",
    "cannot_judge": "cannot judge",
}


def render_report(findings: Findings, admission: Admission | None, pack: Pack, judgements: Sequence[Judgement]) -> str:
    """The whole report; the same answers give the same bytes. Names of people are not in it, comments are."""
    environment = page_templates("commonhold.evaluate.people", "commonhold.evaluate")
    environment.filters |= {
        "percent": percent,
        "percent_range": percent_range,
        "slice_label": slice_label,
        "verdict": verdict,
        "share": share_text,
        "plot": preference_plot,
        "unbroken": unbroken,
    }
    page = environment.get_template("ratings.html.jinja").render(
        findings=findings,
        headline=headline(findings),
        judge=admission,
        judge_text=judge_sentence(admission) if admission else "",
        questions=_questions(pack, judgements),
        words=WORDS,
    )
    return printable(page)


def preference_plot(part: Preference) -> str:
    """An SVG element: the win rate between 0 and 100 %, with a tick where neither is preferred."""
    label = f"tuned preferred in {rate_text(part)}"
    ticks = "".join(
        f'<line class="tick" x1="{_x(share)}" x2="{_x(share)}" y1="2" y2="{HEIGHT - 2}"/>' for share in (0.0, 0.5, 1.0)
    )
    low, high = part.interval
    middle = HEIGHT // 2
    line = f'<line class="tuned" x1="{_x(low)}" x2="{_x(high)}" y1="{middle}" y2="{middle}"/>'
    dot = "" if part.win_rate is None else f'<circle class="tuned" cx="{_x(part.win_rate)}" cy="{middle}" r="5"/>'
    return f'<svg class="plot" height="{HEIGHT}" role="img" aria-label="{label}">{ticks}{line}{dot}</svg>'


def _x(share: float) -> str:
    return f"{EDGE + (100 - 2 * EDGE) * share:.2f}%"


def _questions(pack: Pack, judgements: Sequence[Judgement]) -> list[dict[str, object]]:
    """Every question that was answered, by what it is about: repeats with their first times."""
    shown = {question.id: question for question in pack.questions}
    found: dict[str, dict[str, object]] = {}
    for each in sorted(judgements, key=lambda each: each.sealed.id):
        question = shown[each.sealed.id]
        on_a = each.sealed.tuned == "A"
        entry = found.setdefault(
            each.sealed.item,
            {
                "item": each.sealed.item_id,
                "task": each.sealed.task,
                "group": each.sealed.group,
                "language": question.language,
                "prompt": question.prompt,
                "tuned": question.a if on_a else question.b,
                "base": question.b if on_a else question.a,
                "counts": dict.fromkeys(WORDS, 0),
                "comments": [],
            },
        )
        counts, comments = entry["counts"], entry["comments"]
        assert isinstance(counts, dict)
        assert isinstance(comments, list)
        counts[each.choice] += 1
        if each.comment:
            comments.append(each.comment)
    return list(found.values())
