"""The report for the people who sent the rows, section by section, in plain words."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from commonhold.curate.reporting.conflicts import several_replies
from commonhold.curate.reporting.flow import flow, passed_whole
from commonhold.curate.reporting.languages import language_name
from commonhold.curate.reporting.next_steps import next_steps
from commonhold.curate.reporting.opening import kept_words, left_out_by_reason
from commonhold.curate.reporting.parts import Bars, Block, Facts, Points, ReportSection, ReportTable, Words, bars
from commonhold.curate.reporting.people import people
from commonhold.curate.reporting.personal_data import personal_data
from commonhold.curate.reporting.technical import technical
from commonhold.curate.reporting.wording import PURPOSES, RATINGS, SPLITS, change_of, reason_of
from commonhold.number_format import count
from commonhold.records.curation_summary import CurationSummary, Histogram

MOST_PHRASES = 10


def sections(summary: CurationSummary) -> list[ReportSection]:
    """All of them, in the order in which they are read."""
    all_sections = [
        _refusal(summary),
        _warnings(summary),
        next_steps(summary),
        _way(summary),
        _reasons(summary),
        _changes(summary),
        several_replies(summary),
        *([personal_data(summary)] if summary.records_in else []),
        *([] if summary.refused else [_consent(summary), _uses(summary), people(summary), _texts(summary)]),
        _test_questions(summary),
        _files(summary),
        ReportSection("About the rows", [Facts(facts(summary))]),
        technical(summary),
    ]
    return [section for section in all_sections if section.blocks]


def facts(summary: CurationSummary) -> dict[str, str]:
    """What the datasheet declares, by the name people read."""
    declared = {
        "What they are": summary.description,
        "Collected": f"{day(summary.collected_from)} to {day(summary.collected_to)}. {summary.collected_by}",
        "Licence": summary.licence,
        "Notes": summary.notes,
    }
    return {name: text for name, text in declared.items() if text}


def day(text: str) -> str:
    """`2026-06-01` as `1 June 2026`."""
    parsed = date.fromisoformat(text)
    return f"{parsed.day} {parsed:%B} {parsed.year}"


def histogram(lengths: Histogram, numbers: Sequence[int], title: str = "") -> Bars:
    """One bar for each range of lengths, from the first that is not empty to the last."""
    labels = [f"{low} to {high - 1}" for low, high in pairwise(lengths.edges)]
    filled = [index for index, number in enumerate(numbers) if number]
    shown = dict(zip([*labels, f"{lengths.edges[-1]} or more"], numbers, strict=False))
    return bars(dict(list(shown.items())[filled[0] : filled[-1] + 1]) if filled else {}, title)


def _refusal(summary: CurationSummary) -> ReportSection:
    """Why nothing is learnt from the rows, line by line."""
    lines = [_sentence(line.strip(), summary) for line in summary.refused]
    return ReportSection("Why nothing is learnt from these rows", [Points(lines)] if lines else [], "warning")


def _warnings(summary: CurationSummary) -> ReportSection:
    warnings = [_sentence(warning, summary) for warning in summary.warnings]
    return ReportSection("Please look at this", [Points(warnings)] if warnings else [], "warning")


def _way(summary: CurationSummary) -> ReportSection:
    if not summary.sent:
        return ReportSection("The way of the rows", [])
    stream = flow(summary)
    intro = (
        "Each row is asked these questions, one after the other. The stream narrows where rows leave it."
        if stream.stages
        else "Each row is asked several questions, one after the other."
    )
    blocks: list[Block] = [Words(intro), stream]
    if whole := passed_whole(summary):
        blocks.append(Words(f"No row was left out by these questions: {' '.join(whole)}"))
    return ReportSection("The way of the rows", blocks)


def _reasons(summary: CurationSummary) -> ReportSection:
    left_out = left_out_by_reason(summary)
    if not left_out:
        return ReportSection("Why rows are not used", [])
    rows = [
        (reason_of(name).label, f"{number:,}", _capital(reason_of(name).help) or "Nothing needs to be done")
        for name, number in left_out.items()
    ]
    table = ReportTable(
        "Reasons, rows and what helps", ("Reason", "Rows", "What helps"), rows, frozenset({2}), title_above=True
    )
    return ReportSection("Why rows are not used", [table])


def _changes(summary: CurationSummary) -> ReportSection:
    changed: dict[str, int] = {}
    for step in summary.steps:
        for name, number in {**step.changed, **step.flagged}.items():
            changed[name] = changed.get(name, 0) + number
    sentences = [f"In {count(number, 'row')}, {change_of(name)}." for name, number in changed.items()]
    return ReportSection("What was changed or noted", [Points(sentences)] if sentences else [])


def _consent(summary: CurationSummary) -> ReportSection:
    judged = (
        f"Consent is judged for {day(summary.as_of)}. On another day, another answer may count."
        if summary.as_of
        else "Consent does not depend on the day here: none of it runs out."
    )
    intro = "The used rows may be used for this:"
    covered = {name: summary.purposes.get(key, 0) for key, name in PURPOSES.items()}
    blocks = [Words(summary.consent_basis), Words(judged), Words(intro)]
    return ReportSection("What consent covers", [*blocks, bars(covered)])


def _uses(summary: CurationSummary) -> ReportSection:
    blocks: list[Block] = [bars({SPLITS[name]: number for name, number in summary.splits.items()})]
    if len(summary.splits) > 1:
        blocks.append(Words(_together(summary)))
    return ReportSection("How the used rows are used", blocks)


def _together(summary: CurationSummary) -> str:
    groups = f"They form {count(summary.clusters, 'group')}, and no group is torn apart."
    if summary.people_apart:
        who = "Rows of one person belong together, and so do rows with nearly the same text."
        return f"{who} {groups} So the model is not tested on what it has learnt."
    who = (
        "Rows of one person may be used in several ways."
        if summary.contributor_count
        else "Rows of one person may be used in several ways, for nobody knows whose they are."
    )
    return f"Rows with nearly the same text belong together. {groups} {who}"


def _texts(summary: CurationSummary) -> ReportSection:
    lengths = summary.lengths
    charts = [
        bars({language_name(tag): number for tag, number in summary.languages.items()}, "Languages"),
        bars({name or "Not stated": number for name, number in summary.sources.items()}, "Where the rows come from"),
        bars({RATINGS[name]: number for name, number in summary.ratings.items()}, "What people said about the replies"),
        histogram(lengths, () if summary.plain else lengths.prompts, "Words in a message"),
        histogram(lengths, lengths.completions, "Words in a text" if summary.plain else "Words in a reply"),
    ]
    return ReportSection("What the used rows are like", [chart for chart in charts if chart.bars])


def _test_questions(summary: CurationSummary) -> ReportSection:
    asked = summary.asked
    if not asked.evaluation_questions:
        text = "No test questions were there to compare with. The rows may hold some."
        return ReportSection("Test questions", [Words(text)])
    done = "is left out" if asked.evaluation_overlap == "drop" else "is used and listed for a person to look at"
    questions = (
        "1 test question" if asked.evaluation_questions == 1 else f"{asked.evaluation_questions:,} test questions"
    )
    blocks: list[Block] = [Words(f"All rows were compared with {questions}. A row that gives one away {done}.")]
    if phrases := summary.shared_phrases:
        intro = (
            "Some words occur in many rows and in several test questions. They give nothing away, so these rows stay:"
        )
        blocks += [Words(intro), Points([f"“{phrase}”" for phrase in phrases[:MOST_PHRASES]])]
        if more := len(phrases) - MOST_PHRASES if len(phrases) > MOST_PHRASES else 0:
            blocks.append(Words(f"And {count(more, 'more phrase')}."))
    return ReportSection("Test questions", blocks)


def _files(summary: CurationSummary) -> ReportSection:
    rows = [(file.file, f"{file.records_in:,}", f"{file.kept:,}") for file in summary.files]
    columns = ("File", "Rows read", f"Rows {kept_words(summary)}")
    return ReportSection("Files", [ReportTable("Rows by file", columns, rows, title_above=True)])


def _sentence(text: str, summary: CurationSummary) -> str:
    """With a capital letter, unless it starts with the name of a file, and a full stop, unless a list follows."""
    first, *_ = text.split(" ")
    named = not first.strip(",").isalpha() or text.startswith(tuple(file.file for file in summary.files))
    starts = text if named else _capital(text)
    return starts if starts.endswith((".", ":")) else f"{starts}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
