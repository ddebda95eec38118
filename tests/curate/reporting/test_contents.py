import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.command_line import parse
from tests.curate.reporting.conftest import ROWS
from tests.curate.reporting.told import texts

from commonhold.curate.reporting.flow import flow
from commonhold.curate.reporting.languages import language_name
from commonhold.curate.reporting.opening import opening
from commonhold.curate.reporting.parts import Points, ReportSection, Tasks, Words, bars
from commonhold.curate.reporting.people import people
from commonhold.curate.reporting.personal_data import personal_data
from commonhold.curate.reporting.report import markdown_report
from commonhold.curate.reporting.sections import day, histogram, sections
from commonhold.curate.reporting.wording import KINDS
from commonhold.curate.settings import CurationSettings
from commonhold.number_format import count, listed
from commonhold.records.curation_summary import CurationSummary, Histogram

JARGON = (
    "jaccard", "shard", "gini", "minhash", "cluster", "shingle", "token", "merkle", "hash", "threshold", "split",
    "duplicate", "prompt", "completion", "pii", "n-gram", "parameter", "boilerplate", "records",
)  # fmt: skip


def section(summary: CurationSummary, title: str) -> str:
    [found] = [" ".join(texts(one.blocks)) for one in sections(summary) if one.title == title]
    return found


def main_text(summary: CurationSummary) -> str:
    return " ".join([opening(summary), *(" ".join(texts(one)) for one in plain_sections(summary))])


def plain_sections(summary: CurationSummary) -> list[ReportSection]:
    return [one for one in sections(summary) if one.role != "technical"]


def test_the_first_paragraph_says_it_all(summary: CurationSummary) -> None:
    assert opening(summary) == (
        "You sent 10 rows. 9 of them are used. The model learns from 7 of them, and 2 are kept back to test it. "
        "1 is not used, because there is no consent for it. "
        "In 9 rows, personal data was masked: 9 phone numbers. "
        "Names of people in running text were not looked for."
    )


def test_nothing_is_said_of_what_did_not_happen(summary: CurationSummary) -> None:
    quiet = replace(
        summary, records_in=9, dropped_by_reason={}, redactions={}, redacted_records=0, steps=(), warnings=()
    )
    assert opening(quiet) == (
        "You sent 9 rows, and all of them are used. The model learns from 7 of them, and 2 are kept back to test it. "
        "Names of people in running text were not looked for."
    )
    titles = {one.title for one in sections(quiet)}
    assert not titles & {"Please look at this", "Why rows are not used", "What was changed or noted"}
    assert "why-dropped" not in section(quiet, "What to do next")


def test_one_row_that_is_used_is_no_plural(summary: CurationSummary) -> None:
    one = replace(summary, records_in=1, kept=1, dropped_by_reason={}, redactions={}, splits={"train": 1})
    assert opening(one).startswith("You sent 1 row, and it is used. The model learns from it. Names ")


def test_rows_that_cannot_be_read_were_sent_and_are_not_used(summary: CurationSummary) -> None:
    unread = replace(summary, repairs={"a.repair.csv": 2, "b.repair.csv": 1})
    assert opening(unread).startswith("You sent 13 rows. 9 of them are used.")
    assert "4 are not used: 3 because they cannot be read and 1 because there is no consent for it." in opening(unread)
    assert [(stage.question, stage.lost[0].number, stage.on) for stage in flow(unread).stages] == [
        ("Can it be read?", 3, 10),
        ("Is there consent?", 1, 9),
    ]


def test_the_stream_is_as_wide_as_the_rows_that_are_left(summary: CurationSummary) -> None:
    found = flow(replace(summary, repairs={"a.repair.csv": 10}))
    assert (found.sent, found.used) == (20, 9)
    assert [(stage.in_width, stage.on_width) for stage in found.stages] == [(100.0, 50.0), (50.0, 45.0)]


def test_questions_that_could_leave_nothing_out_are_not_said_to_be_passed(summary: CurationSummary) -> None:
    way = section(summary, "The way of the rows")
    assert "Is it said for the first time?" in way
    assert "Is it still right?" not in way
    assert "Is it in the language it says?" not in way
    asked = replace(summary, asked=replace(summary.asked, idle=()))
    assert "Is it still right?" in section(asked, "The way of the rows")


def test_many_bars_are_cut_and_the_rest_is_counted_and_not_drawn() -> None:
    drawn = bars({f"p{n}": 20 - n for n in range(14)}).bars
    assert len(drawn) == 13
    assert (drawn[-1].label, drawn[-1].number, drawn[-1].width) == ("2 others together", 8 + 7, None)
    assert (drawn[0].width, drawn[10].width) == (100.0, 50.0)


def test_one_bar_more_than_fits_is_drawn_itself() -> None:
    assert [bar.label for bar in bars({f"p{n}": 1 for n in range(13)}).bars][-1] == "p12"


def test_lengths_are_drawn_from_the_first_to_the_last_that_is_there() -> None:
    edges = (1, 5, 10, 20)
    drawn = histogram(Histogram(edges, (0, 2, 0, 1), ()), (0, 2, 0, 1)).bars
    assert [(bar.label, bar.number) for bar in drawn] == [("5 to 9", 2), ("10 to 19", 0), ("20 or more", 1)]
    assert histogram(Histogram(edges, (), ()), (0, 0, 0, 0)).bars == []


def test_the_main_text_has_no_jargon(eventful: CurationSummary) -> None:
    told = main_text(replace(eventful, warnings=(), licence=""))
    assert [word for word in JARGON if re.search(rf"\b{word}", told.replace("contributors.jsonl", ""), re.I)] == []
    assert "Jaccard" in " ".join(texts(sections(eventful)[-1]))


def test_sentences_are_short(eventful: CurationSummary) -> None:
    blocks = [block for part in plain_sections(eventful) for block in part.blocks]
    told = [one for block in blocks if isinstance(block, Words | Points | Tasks) for one in texts(block)]
    sentences = [one.split() for text in (opening(eventful), *told) for one in re.split(r"(?<=[.?!])\s", text)]
    assert len(sentences) > 60
    assert sum(map(len, sentences)) / len(sentences) < 12
    assert max(map(len, sentences)) <= 45  # the opening's list of reasons


def test_everything_that_can_be_typed_is_a_command(eventful: CurationSummary) -> None:
    blocks = [block for part in sections(eventful) for block in part.blocks if isinstance(block, Tasks)]
    commands = [task.command for block in blocks for task in block.tasks if task.command]
    assert len(commands) == 3
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "commonhold"
        parse(arguments)


def test_what_to_do_next_names_the_files_that_wait(summary: CurationSummary, eventful: CurationSummary) -> None:
    told = section(eventful, "What to do next")
    assert "Mend 4 rows" in told
    assert "repair/rows.repair.csv" in told
    assert "2 rows stand in review.jsonl" in told
    assert "Write to the contact with the row's number." in told
    assert "each of the 12 people" in told
    quiet = section(replace(summary, for_review=0, contributors_sent=1), "What to do next")
    assert "Mend" not in quiet
    assert "review.jsonl" not in quiet
    assert "the one person who sent rows" in quiet


def test_the_day_is_told_only_where_it_matters(summary: CurationSummary) -> None:
    assert "none of it runs out" in section(summary, "What consent covers")
    judged = section(replace(summary, as_of="2026-06-01"), "What consent covers")
    assert "Consent is judged for 1 June 2026." in judged
    assert "runs out" not in judged
    assert day("2024-12-31") == "31 December 2024"


def test_uses_that_nobody_agreed_to_are_told_with_a_zero(summary: CurationSummary) -> None:
    page = markdown_report(summary)
    assert re.search(r"\| Teaching a model \| 9 \|", page)
    assert re.search(r"\| Showing the text to strangers \| 0 \|", page)


def test_what_is_not_recognised_follows_from_what_was_asked(summary: CurationSummary) -> None:
    told = " ".join(texts(personal_data(summary).blocks))
    assert "Names of people who are spoken of in a text: they were not looked for." in told
    assert "no column of the files is declared to hold it" in told
    assert "does not ask for: payment card numbers, bank account numbers, " in told
    assert "street addresses" in told
    asked = replace(summary.asked, masked_kinds=tuple(k for k in KINDS if not k.startswith("own")), own_kinds=("name",))
    told = " ".join(texts(personal_data(replace(summary, asked=asked)).blocks))
    assert "does not ask for" not in told
    assert "Some street addresses. Many are found, not all." in told
    assert "The names from the columns of the files are masked only where the same person writes them." in told
    assert "no column of the files" not in told


def told_of_people(summary: CurationSummary, named: dict[str, int], half: int, **more: Any) -> str:
    found = replace(
        summary,
        kept=sum(named.values()),
        contributors=named,
        contributor_count=sum(bool(name) for name in named),
        contributor_half=half,
        **{"contributors_sent": sum(bool(name) for name in named), **more},
    )
    return str(next(texts(people(found).blocks)))


def test_how_unequal_people_gave_is_told_without_a_coefficient(summary: CurationSummary) -> None:
    assert told_of_people(summary, {"a": 6, "b": 2, "c": 1, "d": 1}, 1) == (
        "10 used rows say who gave them. They come from 4 people. The person who gave most gave 60 %. "
        "Half of the rows come from just 1 of them. If all had given the same, it would take 2."
    )


def test_people_who_gave_the_same_gave_evenly(summary: CurationSummary) -> None:
    assert told_of_people(summary, {"a": 2, "b": 2}, 1).endswith("The rows are spread evenly over them.")


def test_rows_of_nobody_and_people_without_used_rows_are_told(summary: CurationSummary) -> None:
    told = told_of_people(summary, {"": 5, "a": 1}, 1, contributors_sent=3)
    assert (
        told
        == "1 used row says who gave it. 5 used rows do not say so. 2 more people sent rows, and none of those is used."
    )
    assert told_of_people(summary, {"": 5}, 0) == "The used rows do not say who gave them."


def test_rows_of_one_person_are_said_to_stay_together_only_if_they_do(summary: CurationSummary) -> None:
    title = "How the used rows are used"
    assert summary.people_apart
    assert "Rows of one person belong together" in section(summary, title)
    assert "not tested on what it has learnt" in section(summary, title)
    crossing = section(replace(summary, people_apart=False), title)
    assert "Rows of one person may be used in several ways." in crossing
    assert "not tested on what it has learnt" not in crossing


def test_rows_without_names_or_of_too_few_people_are_not_said_to_stay_apart(
    community: Callable[..., Path], settings: CurationSettings, curated: Callable[..., Any]
) -> None:
    for who in ("", "ana"):
        rows = re.sub(r",p\d,", f",{who},", ROWS)
        assert curated(community(rows), replace(settings, test_share=0.2))[0].people_apart is False


def test_phrases_shared_with_test_questions_are_told_first_ten(
    eventful: CurationSummary, summary: CurationSummary
) -> None:
    told = section(eventful, "Test questions")
    assert "“please tell me 9”" in told
    assert "“please tell me 10”" not in told
    assert "And 2 more phrases." in told
    assert "compared with 30 test questions. A row that gives one away is left out." in told
    assert section(summary, "Test questions").startswith("No test questions were there")


def test_languages_have_names() -> None:
    assert [language_name(tag) for tag in ("en", "es-MX", "quz", "")] == [
        "English (en)",
        "Spanish (es-MX)",
        "quz",
        "not declared",
    ]


def test_counts_and_lists_read_as_sentences() -> None:
    assert [count(1, "row", "rows"), count(2345, "row", "rows")] == ["1 row", "2,345 rows"]
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
