import json
from typing import Any

import pytest

from commonhold.curate.rights.consent_form import Consent
from commonhold.errors import FormError
from commonhold.forms import Document, parse_yaml, validate


def read(text: str) -> Consent:
    return validate(Consent, parse_yaml(text, "datasheet.yaml"), "datasheet.yaml")


def told(text: str) -> str:
    with pytest.raises(FormError) as caught:
        read(text)
    return str(caught.value)


def form(**fields: Any) -> Consent:
    return validate(Consent, Document(json.loads(json.dumps(fields)), {}), "datasheet.yaml")


YES = {"column": "OK?", "accepted": ["yes"]}


def test_the_simple_form_covers_training_and_evaluation() -> None:
    assert form(basis="Asked.", **YES).covered() == ("train", "evaluate")
    assert form(basis="CC0", all_rows=True).covered() == ("train", "evaluate")


def test_a_purpose_with_its_own_question_leaves_the_plain_answer() -> None:
    own = form(basis="Asked.", **YES, purposes={"evaluate": {"column": "Test?", "accepted": ["yes"]}})
    assert own.covered() == ("train",)
    assert list(own.asked()) == ["evaluate"]


def test_without_a_plain_answer_nothing_is_covered_but_what_is_asked() -> None:
    own = form(basis="Asked.", purposes={"rephrase": {"column": "Reword?", "accepted": ["yes"]}})
    assert own.covered() == ()
    assert list(own.asked()) == ["rephrase"]


def test_every_column_is_named_with_its_key() -> None:
    text = """\
basis: Asked.
column: OK?
accepted: [yes]
purposes:
  publish_text: {column: "Publish?", accepted: [yes]}
columns: {event_time: When, withdrawn: Taken back}
guardian: {age: Age, consent: {column: Parent, accepted: [yes]}}
"""
    assert list(read(text).mapped()) == [
        (("column",), "OK?"),
        (("purposes", "publish_text", "column"), "Publish?"),
        (("columns", "event_time"), "When"),
        (("columns", "withdrawn"), "Taken back"),
        (("guardian", "consent", "column"), "Parent"),
        (("guardian", "age"), "Age"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("column: A\nall_rows: true", "exactly one of 'column'"),
        ("", "exactly one of 'column'"),
        ("column: A", "give both or neither"),
        ("covers: [train]\npurposes: {train: {column: A, accepted: [y]}}", "'covers' says what one answer covers"),
        ("all_rows: true\ncovers: []", "covers no purpose"),
        ("all_rows: true\ncovers: [train]\npurposes: {train: {column: A, accepted: [y]}}", "both name train"),
        ("all_rows: true\ncovers: [sell]", "covers.0"),
        ("purposes: {}", "at least one purpose"),
        ("purposes: {trian: {column: A, accepted: [y]}}", "did you mean 'train'"),
        ("purposes: {train: {column: A, accepted: []}}", "list at least one"),
        ("all_rows: true\nevery_row: {validity_days: 30}", "columns.event_time"),
        ("all_rows: true\nevery_row: {jurisdiction: Kenya}", "jurisdiction"),
        ("all_rows: true\ncolumns: {date_order: american}", "date_order"),
        ("all_rows: true\nguardian: {consent: {column: A, accepted: [y]}}", "exactly one of 'adult' and 'age'"),
        ("all_rows: true\nselect_many: [{column: A, separator: ' '}]", "no purpose asks for a choice in 'A'"),
        (
            "purposes: {train: {column: A, accepted: ['learn, not sell']}}\nselect_many: [{column: A, separator: ','}]",
            "holds the separator ','",
        ),
    ],
)
def test_what_does_not_fit_is_refused(text: str, problem: str) -> None:
    assert problem in told(f"basis: Asked.\n{text}")
