"""The training report says what was measured, draws what was logged, and loads nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.train.conftest import Trained

from commonhold.train.metrics import Event
from commonhold.train.plot import loss_plot, rate_plot, smoothed, thinned
from commonhold.train.report import render_html

HISTORY: Sequence[Mapping[str, float]] = [
    {"step": 1, "loss": 4.0, "learning_rate": 0.01},
    {"step": 2, "loss": 2.0, "learning_rate": 0.005},
    {"step": 2, "eval_loss": 3.0},
    {"step": 3, "loss": 1.0, "learning_rate": 0.001},
    {"step": 3, "eval_loss": 3.5},
]


def test_running_mean_by_hand() -> None:
    assert smoothed([4.0, 2.0], 0.5) == [4.0, pytest.approx((0.5 * 2.0 + 0.25 * 4.0) / 0.75)]
    assert smoothed([]) == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.integers(1, 20))
def test_thinning_keeps_the_mean_and_the_last_step(values: list[float], most: int) -> None:
    points = list(enumerate(values, 1))
    thin = thinned(points, most)
    assert len(thin) <= most
    assert thin[-1][0] == len(values)
    assert min(values) - 1e-6 <= min(value for _, value in thin) <= max(values) + 1e-6


def test_few_points_are_left_as_they_are() -> None:
    assert thinned([(1, 4.0), (2, 2.0)], 2) == [(1, 4.0), (2, 2.0)]


def test_points_stand_where_their_figures_are() -> None:
    plot = rate_plot([(1, 0.0), (3, 4.0)])
    assert '<polyline class="smooth" points="0.0,1000.0 1000.0,0.0"/>' in plot  # lowest left, highest right
    assert [float(tick) for tick in re.findall(r">([\d.]+)</text>", plot)] == [0, 1, 2, 3, 4]
    assert ">step 1</text>" in plot
    assert ">step 3</text>" in plot


def test_the_kept_checkpoint_stands_out() -> None:
    plot = loss_plot([(1, 4.0)], [(2, 3.0), (3, 3.5)], 2)
    assert len(re.findall('<circle class="kept" cx="50.00%"', plot)) == 1
    assert len(re.findall('<circle class="dot" cx="100.00%"', plot)) == 1


def test_a_loss_is_told_in_figures_and_by_step() -> None:
    plot = loss_plot([(1, 4.0), (1200, 2.0)], [(1200, 3.0)], 1200)
    assert "each step: from 4 at step 1 to 2 at step 1,200, lowest 2, highest 4." in plot
    assert "validation rows: 3 at step 1,200." in plot


def test_a_loss_that_ran_away_is_told_and_leaves_a_gap() -> None:
    plot = loss_plot([(1, 4.0), (2, float("nan")), (3, float("inf")), (4, 2.0)], [(4, 2.5)], 4)
    assert "each step: from 4 at step 1 to 2 at step 4, lowest 2, highest 4, 2 not drawn" in plot
    assert plot.count('<polyline class="raw"') == 2
    assert not re.search(r"=\"[^\"]*(nan|inf)", plot)


@pytest.mark.parametrize("points", [[], [(1, float("nan"))]])
def test_nothing_to_draw_is_no_picture(points: list[tuple[int, float]]) -> None:
    assert loss_plot(points, points, 1) == rate_plot(points) == ""


def test_one_step_stands_in_the_middle() -> None:
    plot = rate_plot([(1, 2.0)])
    assert 'points="500.0,500.0 500.0,500.0"' in plot
    assert plot.count(">step 1</text>") == 1


def page(trained: Trained, events: Sequence[Event] = (), **changed: Any) -> str:
    return render_html(replace(trained.summary, best_step=2, **changed), HISTORY, events)


def test_figures_stand_in_plain_words(trained: Trained) -> None:
    text = page(
        trained, padding_share=0.25, padding_share_unpacked=0.5, tokens=1234, labelled_tokens=99, energy_kwh=0.0025,
        peak_memory_bytes=2 * 10**9,
    )  # fmt: skip
    for words in ("1,234", "99 of them were learnt from", "25 %", "50 % with a row for each", "2.50 Wh", "2.00 GB"):
        assert words in text
    assert "On the way" not in text


def test_what_happened_on_the_way_is_told(trained: Trained) -> None:
    text = page(trained, [Event(2, "resumed", "Training <went> on.")], processes=2)
    assert "Resumed, at step 2" in text
    assert "&lt;went&gt;" in text
    assert "of 2 processes, one after the other" in text


def test_learning_by_heart_and_stopping_early_are_told_apart(trained: Trained) -> None:
    assert "memorise the training rows" in page(trained)
    stopped = page(trained, stopped_early_at=3)
    assert "Training stopped early, after step 3 of 8" in stopped
    assert "by heart" not in stopped


def test_the_page_loads_nothing_and_runs_nothing(trained: Trained) -> None:
    text = (trained.out / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|img|link|iframe)|\b(src|href|on\w+)=|url\(|@import", text)
    assert "default-src 'none'" in text


def test_every_step_and_every_checkpoint_of_a_real_training_is_drawn(trained: Trained) -> None:
    text = (trained.out / "report.html").read_text(encoding="utf-8")
    raw = re.search(r'class="raw" points="([^"]+)"', text)
    assert raw is not None
    assert len(raw[1].split()) == 8
    assert len(re.findall(r'<circle class="(?:kept|dot)" cx="[\d.]+%" cy="[\d.]+%"', text)) == 2
