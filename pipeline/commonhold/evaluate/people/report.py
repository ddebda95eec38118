"""The report on people's answers: one HTML file for the organisers, in the style of the evaluation's own."""

from collections.abc import Sequence

from commonhold.charts import Axis, Lane, interval_row
from commonhold.evaluate.html_page import printable, unbroken
from commonhold.evaluate.interval_text import percent_range, slice_label
from commonhold.evaluate.people.findings import Preference, RatingFindings
from commonhold.evaluate.people.judge import Admission
from commonhold.evaluate.people.pack import Pack
from commonhold.evaluate.people.sentences import headline, judge_sentence, rate_text, share_text, verdict
from commonhold.evaluate.people.unblind import UnblindedRating
from commonhold.number_format import percent
from commonhold.page_templates import page_templates

PREFERENCES = Axis(0.0, 1.0, ((0.0, "base"), (0.5, "50"), (1.0, "tuned")))
WORDS = {
    "tuned": "tuned is better",
    "base": "base is better",
    "both_good": "equally good",
    "both_bad": "equally bad",
    "cannot_judge": "cannot judge",
}


def render_report(
    findings: RatingFindings, admission: Admission | None, pack: Pack, judgements: Sequence[UnblindedRating]
) -> str:
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
    """The win rate between 0 and 100 %, with its interval; a line alone where nobody could judge."""
    lane = Lane(part.win_rate, part.interval.low, part.interval.high, "tuned")
    return interval_row("how often tuned is preferred", rate_text(part), PREFERENCES, (lane,))


def _questions(pack: Pack, judgements: Sequence[UnblindedRating]) -> list[dict[str, object]]:
    """Every question that was answered, by what it is about: repeats with their first times."""
    shown = {question.id: question for question in pack.questions}
    entries: dict[str, dict[str, object]] = {}
    for each in sorted(judgements, key=lambda each: each.sealed.id):
        question = shown[each.sealed.id]
        on_a = each.sealed.tuned == "A"
        entry = entries.setdefault(
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
    return list(entries.values())
