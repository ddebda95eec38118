"""Messages with several replies, or labels, in the report."""

from collections.abc import Callable
from pathlib import Path

import pytest

from commonhold.curate.reporting.report import html_report, markdown_report
from commonhold.curate.settings import CurationSettings
from commonhold.records.curation_summary import CurationSummary

Curated = Callable[..., tuple[CurationSummary, Path]]
HEAD = "Message,Reply,Who,Language,OK?\n"


@pytest.fixture
def curated_rows(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings
) -> Callable[[list[tuple[str, str]]], tuple[CurationSummary, Path]]:
    def run(rows: list[tuple[str, str]]) -> tuple[CurationSummary, Path]:
        lines = (f'{message},"{reply}",ana,en,yes\n' for message, reply in rows)
        return curated(community(HEAD + "".join(lines)), settings)

    return run


def test_rows_with_one_message_and_several_replies_are_listed_with_their_lines(
    curated_rows: Callable[..., tuple[CurationSummary, Path]],
) -> None:
    summary, out = curated_rows([("May I park here", "Yes."), ("Where is it", "There."), ("may I park here?", "No.")])
    assert (summary.records_in, summary.kept, summary.for_review) == (3, 3, 2)
    assert [dict(one.rows) for one in summary.conflicts] == [{"rows.csv": (2, 4)}]
    assert (out / "review.jsonl").read_text(encoding="utf-8").count('"reason": "other_reply"') == 2
    for report in (markdown_report(summary), html_report(summary)):
        assert "One message, several replies" in report
        assert "rows.csv: 2, 4" in report


def test_labels_are_named_and_nobody_is_asked_for_more_wordings(
    curated_rows: Callable[..., tuple[CurationSummary, Path]],
) -> None:
    rows = [(f"a{n} b{n} c{n} d{n}", "noise, dogs" if n % 4 else "water; lamps") for n in range(40)]
    summary, _ = curated_rows([*rows, ("It barks", "noise"), ("it barks", "water")])
    assert (summary.label_rows, summary.few_wordings) == (42, 0)
    assert not [warning for warning in summary.warnings if "different messages" in warning]
    assert [one.detail.partition(" have ")[0] for one in summary.conflicts] == ["2 rows"]
    assert "2 different labels" in summary.conflicts[0].detail
    assert "One message, several labels" in markdown_report(summary)


def test_a_list_of_many_is_cut_and_says_so(curated_rows: Callable[..., tuple[CurationSummary, Path]]) -> None:
    rows = [(f"who is w{n // 2}", f"It is person{n}.") for n in range(104)]
    summary, _ = curated_rows(rows)
    assert len(summary.conflicts) == 50
    assert summary.for_review == 104
    assert "The first are listed." in markdown_report(summary)
