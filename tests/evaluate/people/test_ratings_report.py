"""The organisers' report and the files that stay: escaped, without names, a refused judge greyed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.evaluate.people.makers import SECRET, draw, make_scores

from commonhold.evaluate.people.answers_file import findings_data, write_answers
from commonhold.evaluate.people.findings import find
from commonhold.evaluate.people.judge import admit
from commonhold.evaluate.people.rating import Rating
from commonhold.evaluate.people.report import preference_plot, render_report
from commonhold.evaluate.people.unblind import UnblindedRating, unblind

HOSTILE = "<script>alert('x')</script> & \x07"
SCORES = [replace(score, tuned_output=HOSTILE, prompt=HOSTILE, language="ar") for score in make_scores(4)]
DRAWN = draw(SCORES, asks_right=True, title=HOSTILE)
JUDGEMENTS: tuple[UnblindedRating, ...] = unblind(
    [
        Rating(rater, question.id, "A", True, False, HOSTILE, "a.json", "", 0)
        for rater in ("Heron <b>", "Otter")
        for question in DRAWN.key.questions
    ],
    DRAWN.key,
)
FINDINGS = find(DRAWN.pack, DRAWN.key, JUDGEMENTS)


def test_the_same_answers_give_the_same_report() -> None:
    one, other = (render_report(FINDINGS, None, DRAWN.pack, JUDGEMENTS) for _ in range(2))
    assert one == other


def test_texts_of_people_and_models_are_escaped() -> None:
    page = render_report(FINDINGS, None, DRAWN.pack, JUDGEMENTS)
    assert "<script" not in page
    assert "&lt;script&gt;alert" in page
    assert "\x07" not in page
    assert 'lang="ar"' in page


def test_nobodys_name_is_in_the_report_or_the_files(tmp_path: Path) -> None:
    write_answers(tmp_path, FINDINGS, None, DRAWN.pack, JUDGEMENTS, SECRET)
    for file in sorted(tmp_path.iterdir()):
        assert "Heron" not in file.read_text(encoding="utf-8")
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["findings.json", "ratings.jsonl", "report.html"]


def test_answers_are_kept_by_ids_that_only_the_workspace_can_make(tmp_path: Path) -> None:
    lines = []
    for secret in (SECRET, bytes(32)):
        write_answers(tmp_path, FINDINGS, None, DRAWN.pack, JUDGEMENTS, secret)
        rows = [json.loads(line) for line in (tmp_path / "ratings.jsonl").read_text(encoding="utf-8").splitlines()]
        lines.append({row["rater"] for row in rows})
    assert len(lines[0]) == 2
    assert lines[0].isdisjoint(lines[1])
    assert rows[0]["choice"] in ("tuned", "base")
    assert rows[0]["item_id"].startswith("i0")


def test_a_refused_judge_is_grey_and_says_why() -> None:
    admission = admit("toy-judge", {"desk/i00": "tuned"}, JUDGEMENTS)
    page = render_report(FINDINGS, admission, DRAWN.pack, JUDGEMENTS)
    assert 'class="judge refused"' in page
    assert "toy-judge as judge is not counted, because only 2 people answered" in page
    data = findings_data(FINDINGS, admission)
    assert json.loads(json.dumps(data))["judge"]["counts"] is False


def test_without_a_judge_there_is_no_word_of_one() -> None:
    assert "as judge" not in render_report(FINDINGS, None, DRAWN.pack, JUDGEMENTS)


def test_every_answered_item_is_shown_once_with_its_counts() -> None:
    page = render_report(FINDINGS, None, DRAWN.pack, JUDGEMENTS)
    assert page.count("<article>") == 4
    assert "What was shown and said (4)" in page


@pytest.mark.parametrize(("rate", "place"), [(0.0, "3.00%"), (0.5, "50.00%"), (1.0, "97.00%")])
def test_the_plot_puts_the_dot_where_the_rate_is(rate: float, place: str) -> None:
    assert f'<circle class="tuned" cx="{place}"' in preference_plot(replace(FINDINGS.overall, win_rate=rate))
