"""What people read: findings in order, figures, escaping, and files that read back."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from commonhold.evaluate.findings import headline, worst_served
from commonhold.evaluate.plot import interval_plot
from commonhold.evaluate.report import item_lists, render_html, render_markdown
from commonhold.evaluate.result_files import read_results, write_results
from commonhold.evaluate.results import slice_of
from commonhold.figures import percent, points
from commonhold.records.score import Evaluation, Gate, Interval, Score, TaskResult

NASTY = "<script>alert('x')</script> & \x07\x1b[31m"


def make_scores(name: str, right: int, total: int, base_right: int = 0, prompt: str = "lamp") -> list[Score]:
    return [
        Score(
            task="desk",
            item_id=f"{name}-{index}",
            base=float(index < base_right),
            tuned=float(index < right),
            base_output=f"base answer {index}",
            tuned_output=f"tuned answer {index}",
            prompt=prompt,
            expected="ext. 217",
            language="en",
            group=name,
            cluster="",
        )
        for index in range(total)
    ]


def make_evaluation(groups: Sequence[list[Score]], contaminated: int = 0, gates: tuple[Gate, ...] = ()) -> Evaluation:
    scores = [score for group in groups for score in group]
    slices = tuple(slice_of(f"group={group[0].group}", group) for group in groups)
    result = TaskResult("desk", "Right desk", "include/1", slice_of("all", scores), slices, contaminated)
    return Evaluation((result,), gates)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.75, "75 %"),
        (0.6667, "66.7 %"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.9997, "over 99.9 %"),
        (0.0003, "under 0.1 %"),
    ],
)
def test_percent(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("difference", "text"), [(0.125, "+12.5 points"), (-0.03, "−3 points"), (0.0, "0 points"), (1.0, "+100 points")]
)
def test_points(difference: float, text: str) -> None:
    assert points(difference) == text


def test_the_worst_served_group_comes_first_with_its_figures() -> None:
    evaluation = make_evaluation([make_scores("water", 18, 20), make_scores("lamps", 8, 20)])
    assert headline(evaluation)[0] == (
        "Served worst: group lamps in “Right desk”, where the tuned model scores 40 % on 20 items "
        "(95 % interval 21.9 % to 61.3 %), against 65 % on the whole task."
    )


def test_a_group_of_nineteen_is_not_called_worst_served_but_is_named() -> None:
    evaluation = make_evaluation(
        [make_scores("water", 18, 20), make_scores("lamps", 2, 19), make_scores("trees", 15, 20)]
    )
    worst = worst_served(evaluation)
    assert worst is not None
    assert worst.part.name == "group=trees"
    assert headline(evaluation)[1].startswith("Lower still, but on too few items to judge: group lamps in “Right desk”")


def test_without_slices_it_is_said_that_nobody_can_know() -> None:
    (result,) = make_evaluation([make_scores("water", 5, 20)]).results
    first, *_ = headline(Evaluation((replace(result, slices=()),)))
    assert first == "Nobody can say who is served worst: the items name no two languages, regions or groups."


def test_only_small_slices_are_no_ground_for_a_verdict() -> None:
    first, second, *_ = headline(make_evaluation([make_scores("water", 3, 5), make_scores("lamps", 1, 5)]))
    assert first == "No language, region or group has the 20 items that it takes to say who is served worst."
    assert second.startswith("Lowest, but on too few items to judge: group lamps")


def test_a_group_that_is_worse_off_than_before_is_named() -> None:
    evaluation = make_evaluation([make_scores("water", 20, 20), make_scores("lamps", 2, 20, base_right=15)])
    assert any(sentence.startswith("Worse than before for group lamps") for sentence in headline(evaluation))


def test_a_small_group_that_is_worse_off_is_not_proclaimed() -> None:
    evaluation = make_evaluation([make_scores("water", 20, 20), make_scores("lamps", 0, 19, base_right=19)])
    assert not any(sentence.startswith("Worse than before") for sentence in headline(evaluation))


def test_gates_and_contamination_are_summed_up() -> None:
    gates = (Gate("a", "pass", "r"), Gate("b", "fail", "r"), Gate("c", "inconclusive", "r"))
    sentences = headline(make_evaluation([make_scores("water", 3, 5)], contaminated=2, gates=gates))
    assert "Of 3 gates, 1 passed, 1 failed and 1 could not be decided." in sentences
    assert sentences[-1].endswith("2 of 5 in “Right desk”.")


def test_losses_wins_and_items_nobody_gets_right_are_listed_apart() -> None:
    one = make_scores("x", 1, 1)[0]
    scores = [
        replace(one, item_id="won"),
        replace(one, item_id="lost", base=1.0, tuned=0.0),
        replace(one, item_id="never", tuned=0.0),
        replace(one, item_id="always", base=1.0),
        replace(one, item_id="elsewhere", task="other"),
    ]
    lists = item_lists("desk", scores)
    assert [[score.item_id for score in part.items] for part in lists] == [["lost"], ["won"], ["never"]]
    assert lists[0].is_open


@pytest.mark.parametrize(
    ("cluster", "right", "sentence"),
    [
        ("", 1, "1 changed item would split so unevenly with probability 1.000."),
        ("", 5, "5 changed items would split so unevenly with probability 0.062."),  # 2 / 2⁵
        ("", 20, "20 changed items would split so unevenly with probability under 0.001."),
        ("", 0, "No item changed sides."),
        ("writer", 5, "The items hang together in 1 cluster, so their intervals are made wider"),
    ],
)
def test_it_is_said_how_far_chance_would_go(cluster: str, right: int, sentence: str) -> None:
    scores = [replace(score, cluster=cluster) for score in make_scores("water", right, 20)]
    assert sentence in render_html(make_evaluation([scores]), scores)


def test_a_long_list_says_how_much_of_it_is_shown() -> None:
    scores = make_scores("water", 250, 250)
    page = render_html(make_evaluation([scores]), scores)
    assert "(250)" in page
    assert "The first 200 are shown" in page
    assert page.count("<article>") == 200


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def nasty_page() -> str:
    scores = [
        replace(score, prompt=NASTY, base_output=NASTY, tuned_output=NASTY, expected=NASTY, group=NASTY, language='"x')
        for score in make_scores("water", 3, 5)
    ]
    evaluation = make_evaluation([scores], gates=(Gate(NASTY, "fail", NASTY),))
    titled = replace(evaluation.results[0], title=NASTY)
    return render_html(replace(evaluation, results=(titled,)), scores)


def test_texts_of_people_and_models_cannot_become_markup() -> None:
    page = Page()
    text = nasty_page()
    page.feed(text)
    assert "script" not in page.tags
    assert "&lt;script&gt;" in text
    assert not any(name.startswith("on") for name in page.attributes)
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text)


def test_the_page_loads_nothing_from_elsewhere() -> None:
    text = nasty_page()
    page = Page()
    page.feed(text)
    assert page.tags.isdisjoint({"script", "img", "link", "iframe", "object", "a", "form"})
    assert page.attributes.isdisjoint({"src", "href", "srcset", "action"})
    assert "url(" not in text
    assert "@import" not in text


def test_small_slices_are_marked_and_large_ones_are_not() -> None:
    groups = [make_scores("water", 18, 20), make_scores("lamps", 2, 19)]
    page = render_html(make_evaluation(groups), [score for group in groups for score in group])
    rows = re.findall(r"<tr.*?</tr>", page, flags=re.DOTALL)
    marked = [row for row in rows if "too few to judge" in row]
    assert len(marked) == 1
    assert "group lamps" in marked[0]


def test_the_plot_puts_dots_and_intervals_where_the_figures_are() -> None:
    part = replace(slice_of("all", make_scores("w", 1, 2)), tuned_interval=Interval(0.25, 1.0))
    plot = interval_plot(part)
    assert '<circle class="base" cx="3.00%"' in plot
    assert '<circle class="tuned" cx="50.00%"' in plot
    assert '<line class="tuned" x1="26.50%" x2="97.00%"' in plot


def test_the_same_evaluation_gives_the_same_bytes() -> None:
    assert nasty_page() == nasty_page()


def test_markdown_keeps_its_table_whole() -> None:
    evaluation = make_evaluation([make_scores("water", 3, 5)], gates=(Gate("desk: min_tuned 0.5", "pass", "It is."),))
    titled = replace(evaluation.results[0], title="Right | <desk>\n# x")
    lines = render_markdown(replace(evaluation, results=(titled,))).splitlines()
    row = next(line for line in lines if line.startswith("| Right"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 7
    assert "<" not in row.replace("\\<", "")
    assert "- **passed** desk: min\\_tuned 0.5: It is." in lines


def test_results_read_back_as_they_were_written(tmp_path: Path) -> None:
    groups = [make_scores("water", 18, 20, base_right=3, prompt=NASTY), make_scores("lamps", 2, 19)]
    scores = [score for group in groups for score in group]
    evaluation = make_evaluation(groups, contaminated=1, gates=(Gate("desk: min_tuned 0.5", "pass", "It is."),))
    write_results(evaluation, scores, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "report.html",
        "report.md",
        "results.json",
        "scores.jsonl",
        "scores.parquet",
    ]
    assert read_results(tmp_path / "out") == (evaluation, scores)
