"""redact_pii/2 with what is public and with a model for names: decisions, counts, summary and report."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.name_models import make_name_model

from commonhold.curate.privacy.labelled_names import LabelledText
from commonhold.curate.privacy.masking_counts import masking_counts
from commonhold.curate.privacy.names import NamesModel
from commonhold.curate.privacy.redactor import RedactionSettings
from commonhold.curate.rows.record import Record
from commonhold.curate.settings import CurationSettings
from commonhold.curate.steps.redact_pii import redact_pii
from commonhold.files import read_jsonl
from commonhold.records.curation_summary import CurationSummary, NamesFound

Row = Callable[..., Record]
Curated = Callable[..., tuple[CurationSummary, Path]]
SETTINGS = RedactionSettings(("email", "phone"), ("US",), public=("206-555-0142", "help@desk.example"))
HEADER = "Message,Reply,Who,Language,OK?\n"


def test_a_record_with_public_values_only_is_noted_and_not_changed(row: Row) -> None:
    before = [row(1, "whom do I call", "call (206) 555-0142 or help@desk.example"), row(2)]
    outcome = redact_pii(SETTINGS)(before)
    assert outcome.kept == before
    [decision] = outcome.decisions
    assert (decision.action, decision.reason, decision.detail) == ("change", "public_value_left", "public 2")


def test_one_decision_says_what_was_masked_and_what_was_left(row: Row) -> None:
    outcome = redact_pii(SETTINGS)([row(1, "call me at 503-555-2368", "or us at (206) 555-0142")])
    assert [(kept.prompt, kept.completion) for kept in outcome.kept] == [
        ("call me at [PHONE]", "or us at (206) 555-0142")
    ]
    [decision] = outcome.decisions
    assert (decision.reason, decision.detail) == ("personal_data_masked", "phone 1, public 1")
    counts = masking_counts([outcome.counts])
    assert (dict(counts.kinds), dict(counts.public), counts.seen) == ({"phone": 1}, {0: 1}, frozenset({0}))


@pytest.fixture
def listed(community: Callable[..., Path], datasheet: str) -> Callable[[str, str], Path]:
    def write(rows: str, public: str) -> Path:
        return community(HEADER + rows, f"{datasheet}personal: {{name: Who}}\n{public}")

    return write


def test_summary_and_report_say_what_was_left_and_what_is_nowhere(
    listed: Callable[[str, str], Path], curated: Curated, settings: CurationSettings
) -> None:
    rows = "".join(f"alpha{n} beta{n},call 206.555.0142 about {n} or ana{n}@x.example,p{n},en,yes\n" for n in range(3))
    folder = listed(rows, 'public: ["(206) 555-0142", "(206) 555-0143", "alpha1"]\n')
    summary, out = curated(folder, settings)
    assert summary.masking.public == {"(206) 555-0142": 3, "(206) 555-0143": 0, "alpha1": 0}
    assert summary.masking.public_unseen == ("(206) 555-0143",)
    report = (out / "report.md").read_text(encoding="utf-8")
    assert "1 value was left because the datasheet lists it as public: 3 places." in report
    assert "'(206) 555-0143' stands in no text that was looked at, though the datasheet lists it as public." in report
    assert "206.555.0142" in read_jsonl(out / "examples.jsonl")[0]["completion"]


def test_what_is_proposed_is_counted_in_the_report_and_named_in_no_file(
    listed: Callable[[str, str], Path], curated: Curated, settings: CurationSettings
) -> None:
    rows = "".join(f"alpha{n} beta{n},call 206.555.0142 for {n},p{n},en,yes\n" for n in range(5))
    summary, out = curated(listed(rows, ""), settings)
    assert summary.masking.proposed == {"phone": 1}
    assert "Say whether 1 value may stay" in (out / "report.md").read_text(encoding="utf-8")
    named = [path.name for path in out.iterdir() if path.is_file() and b"206.555.0142" in path.read_bytes()]
    assert named == []


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> NamesModel:
    return NamesModel(make_name_model(tmp_path_factory.mktemp("names")), "names/tiny", "ab" * 32, ("en", "es"))


def test_names_in_running_text_are_masked_and_the_row_is_looked_through(row: Row, model: NamesModel) -> None:
    settings, plain = replace(SETTINGS, names=model), ("the well is closed", "please ask the desk about it")
    outcome = redact_pii(settings)(
        [row(1, "please ask Imara Odell about the well", "write to the desk"), row(2, *plain)]
    )
    assert [(kept.prompt, kept.completion) for kept in outcome.kept] == [
        ("please ask [NAME] about the well", "write to the desk"),
        plain,
    ]
    [decision] = outcome.decisions
    assert (decision.reason, decision.detail) == ("likely_personal_data_masked", "name 1")


def test_a_public_name_stays(row: Row, model: NamesModel) -> None:
    settings = replace(SETTINGS, names=model, public=("imara odell",))
    texts = ["please ask Imara Odell about the well", "please ask Tomas Belgrave about the well"]
    outcome = redact_pii(settings)([row(n, text, "write to the desk") for n, text in enumerate(texts)])
    assert [kept.prompt for kept in outcome.kept] == [texts[0], "please ask [NAME] about the well"]


def test_how_many_declared_names_are_found_is_counted_by_language(
    listed: Callable[[str, str], Path], curated: Curated, settings: CurationSettings, model: NamesModel
) -> None:
    folder = listed(
        "my name is Imara Odell,write to the desk,Imara Odell,en,yes\n"
        "zzkq Vlorpt zzkq,write to the desk now,Vlorpt,en,yes\n"
        "me llamo Amina,llame a la oficina,Amina,es,yes\n"
        "the well is closed,please ask the desk,Tomas Belgrave,en,yes\n",
        "",
    )
    summary, out = curated(folder, replace(settings, names=model, near_duplicate=1.0))
    assert summary.masking.names_model == "names/tiny"
    assert {(each.language, each.declared) for each in summary.masking.names_found} == {("en", 2), ("es", 1)}
    assert NamesFound("es", 1, 1) in summary.masking.names_found
    report = (out / "report.md").read_text(encoding="utf-8")
    assert "Names in running text: masked by names/tiny (sha256 abababababab…)." in report
    assert re.search(r"Of 3 declared names, [23] were found in the texts\. Measured on the names of writers", report)
    assert "| Spanish (es) | 1 | 1 | 100 % | 20.7 % to 100 % |" in report  # Wilson: 1 / (1 + 1.96²) to 1


def test_where_nothing_can_be_measured_the_report_says_why(
    community: Callable[..., Path], curated: Curated, settings: CurationSettings, model: NamesModel, datasheet: str
) -> None:
    rows = HEADER + "please ask Imara Odell,write to the desk,p,en,yes\n"
    _, out = curated(community(rows, datasheet.replace("[en, es]", "[en, fr]")), replace(settings, names=model))
    report = (out / "report.md").read_text(encoding="utf-8")
    assert "could not be measured: no column of the files is declared to hold names" in report


def test_names_in_labelled_texts_are_measured_apart_from_the_rows(
    listed: Callable[[str, str], Path], curated: Curated, settings: CurationSettings, model: NamesModel
) -> None:
    texts = (
        LabelledText("please ask Imara Odell about the well", ((11, 22),), "en"),
        LabelledText("the well is closed", (), "en"),
        LabelledText("me llamo Amina", ((0, 8),), "es"),  # labelled wrongly: not found, and Amina is one too many
    )
    folder = listed("the well is closed,please ask the desk,Tomas Belgrave,en,yes\n", "")
    summary, out = curated(folder, replace(settings, names=model, labelled_names=texts))
    assert summary.masking.labelled_found == (NamesFound("en", 1, 1), NamesFound("es", 1, 0))
    assert (summary.masking.labelled_others, summary.masking.names_found) == (1, ())
    report = (out / "report.md").read_text(encoding="utf-8")
    assert "Of 2 names, 1 was found in the labelled texts of the recipe. 1 other stretch of these texts was" in report
    assert "could not be measured" not in report
