"""What people read: findings in order, figures, escaping, and files that read back."""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from commonhold.evaluate.findings import direction, headline, worst_served
from commonhold.evaluate.report import item_lists, render_html, render_markdown
from commonhold.evaluate.result_files import read_results, write_results
from commonhold.evaluate.results import slice_of, slices_of
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.statistics.calibration import calibration
from commonhold.evaluate.task_remarks import remarks
from commonhold.files import read_json, write_json
from commonhold.number_format import percent, points
from commonhold.records.score import CorpusScore, Evaluation, Gate, Interval, Probe, Score, TaskResult

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
        ("writer", 5, "The items are clustered in 1 cluster, so their intervals are wider"),
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


def test_scores_are_kept_as_a_table_with_one_type_a_column(tmp_path: Path) -> None:
    from pyarrow import parquet

    one, other = make_scores("water", 1, 2)
    scores = [one, replace(other, tuned_probability=0.25, region="north")]
    write_results(make_evaluation([scores]), scores, tmp_path)
    table = parquet.read_table(tmp_path / "scores.parquet")
    assert table.to_pylist() == [dataclasses.asdict(score) for score in scores]
    kinds = {field.name: str(field.type) for field in table.schema}
    assert (kinds["prompt"], kinds["tuned"], kinds["base_probability"]) == ("string", "double", "double")


def test_the_same_scores_make_the_same_table(tmp_path: Path) -> None:
    scores = make_scores("water", 1, 2)
    for name in ("one", "two"):
        write_results(make_evaluation([scores]), scores, tmp_path / name)
    one, two = ((tmp_path / name / "scores.parquet").read_bytes() for name in ("one", "two"))
    assert one == two


def test_files_of_an_earlier_version_are_read(tmp_path: Path) -> None:
    scores = make_scores("water", 1, 2)
    write_results(make_evaluation([scores]), scores, tmp_path)
    data = read_json(tmp_path / "results.json")
    for result in data["results"]:
        for name in ("clean", "corpus", "base_calibration", "tuned_calibration"):
            del result[name]
        for name in ("effective_n", "failures", "p", "p_adjusted", "detectable"):
            del result["overall"][name]
    write_json(tmp_path / "results.json", data)
    (result,) = read_results(tmp_path)[0].results
    assert (result.overall.items, result.overall.p, result.clean) == (2, None, None)


def test_calibration_and_corpus_scores_read_back(tmp_path: Path) -> None:
    scores = [replace(score, base_probability=0.4, tuned_probability=0.8) for score in make_scores("water", 18, 20)]
    (plain,) = make_evaluation([scores]).results
    sure = calibration([0.8] * 20, [score.tuned for score in scores], [""] * 20)
    corpus = CorpusScore(0.1, 0.3, 0.2, None, Interval(0.2, 0.4), Interval(0.1, 0.3))
    full = replace(plain, base_calibration=sure, tuned_calibration=sure, corpus=corpus, clean=plain.overall)
    write_results(Evaluation((full,)), scores, tmp_path)
    assert read_results(tmp_path)[0].results == (full,)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Does it know what it knows?" in page
    assert "not in the training rows" in page
    assert "Over all answers together: base 10 %, tuned 30 %, tuned − base +10 to +30 points" in page.replace(
        "\xa0", " "
    )


def test_a_slice_is_called_better_only_if_chance_allows_for_all_that_were_looked_at() -> None:
    # Nine of twenty items won: 2/2⁹, the smaller of two, so times two; six won: 2/2⁶, the larger, as it is.
    groups = [make_scores("water", 9, 20), make_scores("lamps", 6, 20)]
    slices = slices_of([score for group in groups for score in group])
    found = {part.name: (part.p_adjusted, direction(part)) for part in slices}
    assert found["group=water"][0] == pytest.approx(2 * 2 / 2**9)
    assert found["group=lamps"][0] == pytest.approx(2 / 2**6)
    assert [each[1] for each in found.values()] == ["better", "better"]
    many = [make_scores(f"g{number}", 6, 20) for number in range(4)]
    # Of four such slices each has 0.03125 · 4 = 0.125, though its interval alone lies above zero.
    four = slices_of([score for group in many for score in group])
    assert all(part.difference_interval.low > 0 for part in four)
    assert {direction(part) for part in four} == {"no clear difference"}


def test_a_slice_that_is_too_small_is_not_among_what_was_asked() -> None:
    groups = [make_scores("water", 9, 20), make_scores("lamps", 9, 19)]
    water = next(part for part in slices_of([s for g in groups for s in g]) if part.name == "group=water")
    assert water.p_adjusted == pytest.approx(2 / 2**9)


def test_regions_and_severities_are_slices_but_severity_serves_nobody() -> None:
    high = [replace(s, severity="high", region="north") for s in make_scores("x", 0, 20)]
    low = [replace(s, severity="low", region="south", item_id=f"l{s.item_id}") for s in make_scores("x", 20, 20)]
    scores = [*high, *low]
    assert [part.name for part in slices_of(scores)] == [
        "region=north",
        "region=south",
        "severity=high",
        "severity=low",
    ]
    result = TaskResult("desk", "Right desk", "include/1", slice_of("all", scores), slices_of(scores), 0)
    worst = worst_served(Evaluation((result,)))
    assert worst is not None
    assert worst.part.name == "region=north"


def test_no_failure_is_not_never() -> None:
    sentences = headline(make_evaluation([make_scores("water", 40, 40)]))
    assert (
        "No failure among 40 items in “Right desk” does not mean never: it shows a rate of failures below 7.2 %."
        in sentences
    )
    assert not any("does not mean never" in each for each in headline(make_evaluation([make_scores("w", 39, 40)])))


def test_the_clean_score_stands_beside_the_whole_one() -> None:
    evaluation = make_evaluation([make_scores("water", 10, 20)], contaminated=5)
    (result,) = evaluation.results
    clean = replace(result, clean=slice_of("clean", make_scores("water", 3, 15)))
    assert headline(Evaluation((clean,)))[-1].endswith(
        "5 of 20 in “Right desk”, where the tuned model scores 50 % on all and 20 % on the 15 others."
    )


def test_a_task_that_shows_nothing_says_what_it_could_have_shown() -> None:
    scores = make_scores("water", 22, 100, base_right=20)
    (result,) = make_evaluation([scores]).results
    said = " ".join(remarks(result, scores))
    # Two of a hundred changed, both won: 2 / 2².
    assert "2 changed items would split so unevenly with probability 0.500." in said
    assert re.search(r"a true difference of \d[\d.]* points is found four times in five", said)


def test_a_task_of_likelihoods_shows_its_perplexity(monkeypatch: pytest.MonkeyPatch) -> None:
    class Likelihood:
        kind = "likelihood"

    monkeypatch.setitem(SCORERS._things, "toy_likelihood/1", Likelihood)
    scores = [replace(s, base=0.25, tuned=0.5) for s in make_scores("w", 0, 2)]
    scores[1] = replace(scores[1], base=1.0, tuned=0.5)
    (result,) = make_evaluation([scores]).results
    said = " ".join(remarks(replace(result, scorer="toy_likelihood/1"), scores))
    # 1 / √(0.25 · 1) and 1 / 0.5.
    assert "base 2, tuned 2." in said


def test_items_right_on_both_sides_are_counted_and_not_listed() -> None:
    scores = make_scores("water", 5, 5, base_right=3)
    page = render_html(make_evaluation([scores]), scores)
    assert "tied (3 of them right on both sides)" in page
    assert page.count("<article>") == 2


def probe(name: str, *, notable: bool) -> Probe:
    sentence = f"Of 16 rows, {3 if notable else 0} were said <word for word>."
    return Probe(name, name.title(), 16, 3 * notable, 0.2 * notable, Interval(0.0, 0.4), None, None, notable, sentence)


def test_what_is_remembered_has_a_part_of_its_own_and_leads_only_when_notable() -> None:
    told = make_evaluation([make_scores("water", 3, 4)])
    assert "What it remembers" not in render_html(told, [])
    quiet = replace(told, probes=(probe("continues_rows", notable=False),))
    loud = replace(told, probes=(probe("continues_rows", notable=False), probe("knows_rows", notable=True)))
    assert not any(sentence.startswith("Memory: ") for sentence in headline(quiet))
    assert headline(loud)[-1] == "Memory: Of 16 rows, 3 were said <word for word>."
    page, text = render_html(loud, []), render_markdown(loud)
    assert page.count("nothing notable</span>") == page.count("look at this</span>") == 1
    assert "3 were said &lt;word for word&gt;." in page
    assert "- **look at this** Of 16 rows, 3 were said \\<word for word\\>." in text
