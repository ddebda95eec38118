"""Charts: marks stand where their figures are, any text and any number is safe, equal input gives equal bytes."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.charts import (
    LETTERS_ACROSS,
    LETTERS_OF_NAME,
    LETTERS_UP,
    Axis,
    Dots,
    Lane,
    LineSeries,
    Rule,
    bar,
    chart,
    interval_row,
    round_axis,
    sample,
    share_axis,
)

STYLE = Path(__file__).parents[2] / "pipeline/commonhold/templates/charts.css"
NAN, INFINITE = float("nan"), float("inf")
NASTY = "<script>alert('x')</script> & \" \x07\x1b \ud800"
SHARES = share_axis("sure, %")
ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True)


def drawn(marks: Sequence[LineSeries | Dots | Rule], across: Axis = SHARES, up: Axis = SHARES, title: str = "t") -> str:
    return chart(title, across, up, marks)


def attribute(svg: str, tag: str, name: str) -> list[str]:
    return [each.get(name, "") for each in ET.fromstring(svg).iter(tag)]


def labels(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter("text")]


def labelled(text: str) -> Axis:
    return Axis(0, 1, ((0, text),), text)


def test_marks_stand_where_their_figures_are() -> None:
    svg = drawn([LineSeries([(0.0, 0.0), (1.0, 0.25)], "base", "b"), Dots([(0.5, 0.75)], "tuned", "t", [(0.5, 1.0)])])
    assert '<polyline class="base" points="0.0,1000.0 1000.0,750.0"/>' in svg
    assert '<circle class="tuned" cx="50.00%" cy="25.00%" r="5"/>' in svg
    assert '<line class="tuned" x1="50.00%" x2="50.00%" y1="50.00%" y2="0.00%"/>' in svg


def test_a_rule_goes_from_its_start_to_its_end() -> None:
    svg = drawn([LineSeries([(0, 0)], "raw", "x"), Rule((0.25, 0.0), (0.25, 1.0))])
    assert '<line class="rule" x1="25.00%" y1="100.00%" x2="25.00%" y2="0.00%"/>' in svg


def test_a_row_keeps_dots_at_both_ends_whole() -> None:
    svg = interval_row("t", "", SHARES, [Lane(0.0, 0.0, 0.5, "base"), Lane(1.0, 0.5, 1.0, "tuned")])
    assert attribute(svg, "circle", "cx") == ["3.00%", "97.00%"]
    assert attribute(svg, "circle", "cy") == ["11", "23"]
    assert 'height="34"' in svg


def test_a_row_without_a_value_has_its_interval_alone() -> None:
    svg = interval_row("t", "", SHARES, [Lane(None, 0.0, 1.0, "tuned")])
    assert "<circle" not in svg
    assert '<line class="tuned" x1="3.00%" x2="97.00%"' in svg


@pytest.mark.parametrize(
    ("share", "width"), [(0.0, "0.00%"), (0.255, "25.50%"), (1.0, "100.00%"), (7.0, "100.00%"), (NAN, "0.00%")]
)
def test_a_bar_is_as_long_as_its_share(share: float, width: str) -> None:
    assert f'<rect class="fill" width="{width}"' in bar(share)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 4.0, "0 1 2 3 4"),
        (5.0, 5.0, "5"),
        (0.123456, 0.123456, "0.123"),
        (1.2, 1.9, "1.2 1.4 1.6 1.8"),
        (0.0, 0.001, "0.0000 0.0005 0.0010"),
        (0.0, 4e-7, "0 1e-07 2e-07 3e-07 4e-07"),
        (-1.0, 1.0, "-1.0 -0.5 0.0 0.5 1.0"),
        (1e9, 1e9 + 2, "1000000000 1000000000.5 1000000001 1000000001.5 1000000002"),
        (0.0, 4e12, "0 1e+12 2e+12 3e+12 4e+12"),
    ],
)
def test_ticks_are_round_and_short_where_they_can_be(low: float, high: float, ticks: str) -> None:
    assert " ".join(label for _, label in round_axis([low, high]).ticks) == ticks


@pytest.mark.parametrize("points", [[], [(0.5, NAN)], [(INFINITE, 0.5)], [(0.5, -INFINITE)]])
def test_nothing_that_can_be_drawn_is_no_picture(points: list[tuple[float, float]]) -> None:
    assert drawn([LineSeries(points, "raw", "x"), Dots(points, "dot", "x"), Rule((0, 0), (1, 1))]) == ""


def test_one_point_of_a_line_is_a_dot_and_no_blank() -> None:
    assert 'points="500.0,500.0 500.0,500.0"' in drawn([LineSeries([(0.5, 0.5)], "raw", "x")])


def test_a_line_has_a_gap_where_numbers_are_missing() -> None:
    svg = drawn([LineSeries([(0.0, 0.0), (0.25, 0.5), (0.5, NAN), (0.75, 0.5), (1.0, INFINITE)], "raw", "loss")])
    assert attribute(svg, "polyline", "points") == ["0.0,1000.0 250.0,500.0", "750.0,500.0 750.0,500.0"]
    assert "2 not drawn, since they are no finite numbers" in svg


def test_a_value_beyond_its_axis_stands_at_the_end() -> None:
    svg = drawn([Dots([(-3.0, 9.0)], "tuned", "x", [(-1.0, 2.0)])])
    assert '<circle class="tuned" cx="0.00%" cy="0.00%"' in svg
    assert '<line class="tuned" x1="0.00%" x2="0.00%" y1="100.00%" y2="0.00%"/>' in svg


def test_the_marked_point_is_larger_than_the_others() -> None:
    svg = drawn([Dots([(0.0, 0.5), (1.0, 0.5)], "dot", "x", marked=1.0)])
    assert list(zip(attribute(svg, "circle", "class"), attribute(svg, "circle", "r"), strict=True)) == [
        ("dot", "3.5"),
        ("kept", "6.5"),
    ]


def test_dots_stand_above_lines_whatever_the_order() -> None:
    svg = drawn([Dots([(0.5, 0.5)], "dot", "x"), LineSeries([(0.0, 0.0), (1.0, 1.0)], "raw", "x")])
    assert svg.index("<polyline") < svg.index("<circle")


def test_a_chart_has_a_name_and_tells_its_series_in_figures() -> None:
    root = ET.fromstring(drawn([LineSeries([(0.0, 0.2), (0.5, 0.9), (1.0, 0.4)], "tuned", "tuned")], title="right"))
    assert (root.get("role"), root.get("aria-label")) == ("img", "right")
    assert [(each.tag, each.text) for each in root][:2] == [
        ("title", "right"),
        ("desc", "tuned: from 20 % at 0 % to 40 % at 100 %, lowest 20 %, highest 90 %."),
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda text: drawn([LineSeries([(0, 0)], "raw", text)], labelled(text), labelled(text), text),
        lambda text: interval_row(text, text, labelled(text), [Lane(0, 0, 1, "base")]),
    ],
    ids=["chart", "row"],
)  # fmt: skip
def test_no_text_becomes_markup(make: Callable[[str], str]) -> None:
    svg = make(NASTY)
    svg.encode("utf-8")
    tags = {each.tag for each in ET.fromstring(svg).iter()}
    assert tags <= {"svg", "title", "desc", "text", "line", "circle", "polyline"}
    assert "&lt;script&gt;" in svg


def test_long_labels_are_cut_and_short_ones_are_whole() -> None:
    def cut(letters: int) -> list[str]:
        label = "m" * letters
        return labels(drawn([LineSeries([(0, 0)], "raw", "x")], labelled(label), Axis(0, 1, ((0, label),))))

    assert cut(LETTERS_UP) == ["m" * LETTERS_UP] * 3
    assert cut(LETTERS_UP + 1)[0] == "m" * (LETTERS_UP - 1) + "…"
    assert [len(each) for each in cut(200)] == [LETTERS_UP, LETTERS_ACROSS, LETTERS_OF_NAME]


@given(st.lists(st.tuples(ANY_NUMBER, ANY_NUMBER), max_size=9))
def test_any_numbers_stay_inside_the_picture(points: list[tuple[float, float]]) -> None:
    across, up = round_axis([x for x, _ in points]), round_axis([y for _, y in points])
    whiskers = [(y, x) for x, y in points]
    svg = drawn([LineSeries(points, "raw", "a"), Dots(points, "dot", "b", whiskers)], across, up)
    if svg:
        places = re.findall(r'(?:[xy][12]?|c[xy])="(-?[\d.]+|[a-z]+)%?"', svg)
        assert places
        assert all(0 <= float(place) <= 100 for place in places)
        assert all(
            0 <= float(each) <= 1000
            for path in attribute(svg, "polyline", "points") or []
            for each in re.split("[ ,]", path)
        )
        assert svg == drawn([LineSeries(points, "raw", "a"), Dots(points, "dot", "b", whiskers)], across, up)
        assert all(len(label) <= LETTERS_ACROSS for label in labels(svg))


@given(st.lists(st.tuples(st.none() | ANY_NUMBER, ANY_NUMBER, ANY_NUMBER), max_size=4))
def test_any_row_stays_inside_the_picture(lanes: list[tuple[float | None, float, float]]) -> None:
    svg = interval_row("t", "", SHARES, [Lane(*lane, "base") for lane in lanes])
    places = [float(each) for each in re.findall(r'(?:x[12]?|cx)="(-?[\d.]+|[a-z]+)%"', svg)]
    assert len(places) >= 3
    assert all(3 <= place <= 97 for place in places)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_every_axis_has_few_ticks_in_order_told_apart(values: list[float]) -> None:
    axis = round_axis(values)
    places = [value for value, _ in axis.ticks]
    assert 1 <= len(places) <= 6
    assert places == sorted(places)
    assert all(axis.low <= place <= axis.high for place in places)
    assert len({label for _, label in axis.ticks}) == len(places)
    if axis.low == axis.high:
        assert len(axis.ticks[0][1]) <= LETTERS_UP


def test_base_and_tuned_differ_without_colour() -> None:
    style = STYLE.read_text(encoding="utf-8")
    assert ".chart circle.base { fill: var(--paper); }" in style
    assert ".chart circle.tuned { fill: var(--tuned); }" in style
    assert re.search(r"polyline\.base \{ stroke-dasharray", style)
    assert not re.search(r"polyline\.tuned \{ stroke-dasharray", style)


def test_every_look_has_a_style_and_a_sample() -> None:
    style = STYLE.read_text(encoding="utf-8")
    for look in ("base", "tuned", "raw", "smooth", "validation", "dot"):
        assert re.search(rf"^\.chart \.{look} ", style, flags=re.MULTILINE), look
        assert f'class="{look}"' in sample(look)
        assert 'aria-hidden="true"' in sample(look)
    assert 'class="kept"' in sample("dot", marked=True)
