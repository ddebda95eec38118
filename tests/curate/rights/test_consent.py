import copy
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.rights.consent import ConsentPolicy
from commonhold.curate.rights.consent_form import Consent
from commonhold.curate.rights.purposes import PURPOSES, Purpose

TODAY = date(2026, 6, 1)
YES = {"column": "OK?", "accepted": ["yes", "sí"]}
GUARDIAN = {"age": "Age", "consent": {"column": "Parent", "accepted": ["yes"]}}


def policy(**fields: Any) -> ConsentPolicy:
    return ConsentPolicy(Consent.model_validate_json(json.dumps({"basis": "Asked.", **fields})))


def reason(rules: ConsentPolicy, cells: Mapping[str, str], purpose: Purpose = "train", today: date = TODAY) -> str:
    blank = dict.fromkeys(rules.columns, "")
    refusal = rules.refusal(rules.facts({**blank, **cells}), purpose, today)
    return refusal.reason if refusal else "granted"


def detail(rules: ConsentPolicy, cells: Mapping[str, str], purpose: Purpose = "train") -> str:
    refusal = rules.refusal(rules.facts({**dict.fromkeys(rules.columns, ""), **cells}), purpose, TODAY)
    assert refusal is not None
    return refusal.detail


@pytest.mark.parametrize("cell", ["yes", "YES", " Sí ", "si\u0301", "ye\u200bs"])
def test_a_plain_yes_grants_training_and_evaluation_only(cell: str) -> None:
    rules = policy(**YES)
    assert [reason(rules, {"OK?": cell}, purpose) for purpose in PURPOSES] == [
        "granted",
        "granted",
        "purpose_not_covered",
        "purpose_not_covered",
        "purpose_not_covered",
    ]


@pytest.mark.parametrize("cell", ["", " ", "no", "ask her first", "yes but not my name", "y", "si", "yes, yes"])
def test_everything_but_an_accepted_answer_is_no_consent(cell: str) -> None:
    assert reason(policy(**YES), {"OK?": cell}) == "no_consent"


def test_details_say_what_is_wrong_and_never_what_was_written() -> None:
    assert detail(policy(**YES), {"OK?": "ask Ana first"}) == "the answer is not one that means yes"
    assert detail(policy(**YES), {"OK?": ""}) == "the cell is blank"
    assert detail(policy(**YES), {"OK?": "yes"}, "rephrase") == "the datasheet asks nobody about rephrase"


def test_a_basis_for_all_rows_needs_no_answer() -> None:
    rules = policy(all_rows=True, covers=["train", "publish_text"])
    assert [reason(rules, {}, purpose) for purpose in ("train", "publish_text", "evaluate")] == [
        "granted",
        "granted",
        "purpose_not_covered",
    ]


def test_a_purpose_is_decided_by_its_own_column() -> None:
    rules = policy(**YES, purposes={"publish_text": {"column": "Publish?", "accepted": ["1"]}})
    assert reason(rules, {"OK?": "yes", "Publish?": "1"}, "publish_text") == "granted"
    assert reason(rules, {"OK?": "yes", "Publish?": "0"}, "publish_text") == "purpose_not_covered"
    assert reason(rules, {"OK?": "yes", "Publish?": "0"}, "train") == "granted"


def test_a_no_to_the_whole_is_a_no_to_every_purpose() -> None:
    rules = policy(**YES, purposes={"publish_text": {"column": "Publish?", "accepted": ["1"]}})
    assert reason(rules, {"OK?": "no", "Publish?": "1"}, "publish_text") == "no_consent"


def test_no_to_each_of_the_purposes_is_no_consent() -> None:
    answers = {"column": "T", "accepted": ["y"]}, {"column": "P", "accepted": ["y"]}
    rules = policy(purposes={"train": answers[0], "publish_text": answers[1]})
    assert reason(rules, {"T": "n", "P": "n"}) == "no_consent"
    assert reason(rules, {"T": "n", "P": "y"}) == "purpose_not_covered"
    assert detail(rules, {"T": "", "P": ""}) == "the cell is blank"
    assert detail(rules, {"T": "", "P": "n"}) == "the answer is not one that means yes"


@pytest.fixture
def ticked() -> ConsentPolicy:
    return policy(
        purposes={
            "train": {"column": "Uses", "accepted": ["learn"]},
            "publish_text": {"column": "Uses", "accepted": ["show"]},
        },
        select_many=[{"column": "Uses", "separator": " ", "other_choices": ["newsletter"]}],
    )


@pytest.mark.parametrize(
    ("cell", "train", "publish"),
    [
        ("learn", "granted", "purpose_not_covered"),
        ("show learn", "granted", "granted"),
        (" Show  newsletter ", "purpose_not_covered", "granted"),
        ("newsletter", "no_consent", "no_consent"),
        ("", "no_consent", "no_consent"),
        ("learn show sell", "no_consent", "no_consent"),
        ("learning", "no_consent", "no_consent"),
    ],
)
def test_a_cell_of_several_choices_grants_those_it_names(
    ticked: ConsentPolicy, cell: str, train: str, publish: str
) -> None:
    assert (reason(ticked, {"Uses": cell}), reason(ticked, {"Uses": cell}, "publish_text")) == (train, publish)


def test_a_condition_written_into_other_takes_the_whole_cell_back(ticked: ConsentPolicy) -> None:
    assert "does not list" in detail(ticked, {"Uses": "learn not-my-name"})


@pytest.mark.parametrize("cell", ["2026-05-01", "yes", "?", "true", "01/05/2026"])
def test_a_withdrawal_goes_before_every_yes(cell: str) -> None:
    rules = policy(**YES, columns={"withdrawn": "Back"})
    assert reason(rules, {"OK?": "yes", "Back": cell}) == "consent_withdrawn"


@pytest.mark.parametrize("cell", ["", " ", "no", "No", "false", "0"])
def test_a_blank_or_a_no_is_no_withdrawal(cell: str) -> None:
    rules = policy(**YES, columns={"withdrawn": "Back"})
    assert reason(rules, {"OK?": "yes", "Back": cell}) == "granted"


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2026-06-01", "granted"),
        ("2026-05-31", "consent_expired"),
        ("", "granted"),
        ("31/12/2026", "granted"),
        ("11/12/2026", "consent_expired"),
        ("soon", "consent_expired"),
    ],
)
def test_the_last_day_is_part_of_consent_and_an_unreadable_one_ends_it(cell: str, found: str) -> None:
    rules = policy(**YES, columns={"expiry": "Until"})
    assert reason(rules, {"OK?": "yes", "Until": cell}) == found


@pytest.mark.parametrize(
    ("given_on", "found"),
    [
        ("2026-05-02", "granted"),
        ("2026-05-01", "consent_expired"),
        ("", "consent_expired"),
        ("last week", "consent_expired"),
        ("9999-12-31", "no_consent"),
    ],
)
def test_days_of_validity_count_from_the_day_of_consent(given_on: str, found: str) -> None:
    rules = policy(**YES, columns={"event_time": "When"}, every_row={"validity_days": 30})
    assert reason(rules, {"OK?": "yes", "When": given_on}) == found


def test_a_row_may_have_a_last_day_of_its_own() -> None:
    rules = policy(**YES, columns={"event_time": "When", "expiry": "Until"}, every_row={"validity_days": 30})
    assert reason(rules, {"OK?": "yes", "When": "2026-01-01", "Until": "2026-12-31"}) == "granted"


def test_consent_that_was_not_yet_given_on_the_day_is_none() -> None:
    rules = policy(**YES, columns={"event_time": "When"})
    cells = {"OK?": "yes", "When": "2026-06-02"}
    assert reason(rules, cells) == "no_consent"
    assert reason(rules, cells, today=date(2026, 6, 2)) == "granted"


@pytest.mark.parametrize(
    ("age", "parent", "found"),
    [
        ("18", "", "granted"),
        ("41.0", "", "granted"),
        ("17", "", "guardian_missing"),
        ("17", "yes", "granted"),
        ("17", "no", "guardian_missing"),
        ("", "", "guardian_missing"),
        ("", "yes", "granted"),
        ("130", "", "granted"),
        ("131", "", "guardian_missing"),
        ("1984", "", "guardian_missing"),
        ("grown up", "", "guardian_missing"),
        ("-20", "", "guardian_missing"),
        ("²0", "", "guardian_missing"),
    ],
)
def test_whoever_is_not_clearly_an_adult_needs_a_guardian(age: str, parent: str, found: str) -> None:
    rules = policy(**YES, guardian=GUARDIAN)
    assert reason(rules, {"OK?": "yes", "Age": age, "Parent": parent}) == found


def test_adults_may_be_told_by_a_question() -> None:
    guardian = {"adult": {"column": "18?", "accepted": ["yes"]}, "consent": {"column": "Parent", "accepted": ["yes"]}}
    rules = policy(**YES, guardian=guardian)
    assert reason(rules, {"OK?": "yes", "18?": "Yes"}) == "granted"
    assert reason(rules, {"OK?": "yes", "18?": "no"}) == "guardian_missing"


def test_a_guardian_cannot_say_yes_for_a_person_who_said_no() -> None:
    rules = policy(**YES, guardian=GUARDIAN)
    assert reason(rules, {"OK?": "no", "Age": "12", "Parent": "yes"}) == "no_consent"


def test_facts_have_codes_and_known_methods_and_never_free_text() -> None:
    columns = {"jurisdiction": "Law", "language": "Asked in", "collection_method": "How", "known_methods": ["On paper"]}
    every = {"jurisdiction": "KE", "collection_method": "web form"}
    rules = policy(**YES, columns=columns, every_row=every)
    own = rules.facts({"OK?": "yes", "Law": "US-NM", "Asked in": "sw", "How": "on PAPER"})
    assert (own.jurisdiction, own.language, own.collection_method) == ("US-NM", "sw", "On paper")
    told = rules.facts({"OK?": "yes", "Law": "near Ana's house", "Asked in": "hers!", "How": "Ana asked"})
    assert (told.jurisdiction, told.language, told.collection_method) == ("KE", "", "other")
    assert rules.facts({"OK?": "yes", "Law": "", "Asked in": "", "How": ""}).collection_method == "web form"


def test_a_column_that_is_not_there_is_never_taken_for_blank() -> None:
    rules = policy(**YES, columns={"withdrawn": "Back"})
    with pytest.raises(KeyError, match="Back"):
        rules.facts({"OK?": "yes"})


def test_a_policy_can_be_copied_to_another_process() -> None:
    rules = policy(**YES, columns={"withdrawn": "Back"})
    again = copy.deepcopy(rules)  # by the same protocol as pickling
    assert again == rules
    assert reason(again, {"OK?": "yes", "Back": "yes"}) == "consent_withdrawn"


@given(st.text().filter(lambda text: text.strip()), st.text(), st.text())
def test_nothing_that_is_written_outweighs_a_withdrawal(when: str, age: str, back: str) -> None:
    rules = policy(**YES, columns={"event_time": "When", "withdrawn": "Back"}, guardian=GUARDIAN)
    assert reason(rules, {"OK?": "yes", "When": when, "Age": age, "Parent": back, "Back": "withdrawn"}) == (
        "consent_withdrawn"
    )


@given(st.text(alphabet="xyz ,;0\u200b\t"), st.text(), st.text())
def test_no_text_without_an_accepted_answer_grants(answer: str, when: str, age: str) -> None:
    rules = policy(**YES, columns={"event_time": "When"}, guardian=GUARDIAN)
    assert reason(rules, {"OK?": answer, "When": when, "Age": age, "Parent": "yes"}) == "no_consent"


@pytest.mark.parametrize(("cell", "found"), [("1.00", "granted"), ("1.01", "no_consent"), ("1.", "no_consent")])
def test_an_answer_in_figures_counts_with_any_number_of_decimals(cell: str, found: str) -> None:
    assert reason(policy(column="OK?", accepted=["1"]), {"OK?": cell}) == found
