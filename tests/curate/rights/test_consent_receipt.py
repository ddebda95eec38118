import json
from datetime import date
from typing import Any

import pytest

from commonhold.curate.rights.consent import ConsentPolicy
from commonhold.curate.rights.consent_form import Consent
from commonhold.curate.rights.consent_receipt import Controller, consent_receipt
from commonhold.curate.rights.purposes import Purpose

TODAY = date(2026, 6, 1)
RECORD, PERSON = "a" * 32, "b" * 32
CONTROLLER = Controller("Toy desk", "desk@toy.example", "Write to the contact.", 365)


def policy(**fields: Any) -> ConsentPolicy:
    return ConsentPolicy(Consent.model_validate_json(json.dumps({"basis": "Asked at the desk.", **fields})))


@pytest.fixture
def asked() -> ConsentPolicy:
    return policy(
        column="OK?",
        accepted=["yes"],
        columns={"event_time": "When", "withdrawn": "Back", "collection_method": "How"},
        every_row={"validity_days": 30, "jurisdiction": "KE", "language": "sw", "privacy_notice": "notice.pdf"},
    )


def receipt(rules: ConsentPolicy, purpose: Purpose = "train", person: str = PERSON, **cells: str) -> dict[str, Any]:
    facts = rules.facts({"OK?": "yes", "When": "2026-05-20", "Back": "", "How": "", **cells})
    return dict(consent_receipt(rules, facts, purpose, (RECORD, person), CONTROLLER, TODAY))


def test_a_receipt_says_who_agreed_to_what_when_and_for_how_long(asked: ConsentPolicy) -> None:
    made = receipt(asked)
    assert made.pop("receipt_id") != ""
    assert made == {
        "schema_version": "commonhold-consent-receipt/1",
        "record_id": RECORD,
        "pii_principal_id": PERSON,
        "pii_processing": {
            "privacy_notice": "notice.pdf",
            "language": "sw",
            "purpose": "train",
            "lawful_basis": "consent",
            "pii_information": [{"pii_type": "text of the record"}],
            "pii_controllers": ["controller"],
            "collection_method": None,
            "storage_locations": None,
            "retention_period": "P365D",
            "jurisdiction": "KE",
            "recipient_third_parties": None,
            "withdrawal_method": "Write to the contact.",
        },
        "party_identification": [
            {
                "party_id": "controller",
                "party_name": "Toy desk",
                "party_contact": "desk@toy.example",
                "party_role": "pii_controller",
            }
        ],
        "event": {
            "event_time": "2026-05-20",
            "validity_duration": "P30D",
            "expiry": "2026-06-19",
            "entity_id": "pii_principal",
            "event_type": "explicit",
            "event_state": "consent_given",
            "reason": None,
            "detail": None,
            "as_of": "2026-06-01",
        },
    }


@pytest.mark.parametrize(
    ("cells", "purpose", "state", "reason"),
    [
        ({"Back": "yes"}, "train", "consent_withdrawn", "consent_withdrawn"),
        ({"When": "2026-05-01"}, "train", "consent_expired", "consent_expired"),
        ({"OK?": "no"}, "train", "consent_refused", "no_consent"),
        ({}, "commercial", "consent_refused", "purpose_not_covered"),
    ],
)
def test_a_receipt_is_given_for_a_no_as_well(
    asked: ConsentPolicy, cells: dict[str, str], purpose: Purpose, state: str, reason: str
) -> None:
    event = receipt(asked, purpose, **cells)["event"]
    assert (event["event_state"], event["reason"]) == (state, reason)


def test_what_a_person_wrote_is_in_no_receipt(asked: ConsentPolicy) -> None:
    cells = {"OK?": "only if Ana Bello agrees", "When": "Ana's birthday", "Back": "Ana called", "How": "Ana rang"}
    assert "Ana" not in json.dumps(receipt(asked, "train", **cells))


def test_a_basis_for_all_rows_is_declared_not_explicit() -> None:
    rules = policy(all_rows=True, guardian={"age": "Age", "consent": {"column": "Parent", "accepted": ["yes"]}})
    facts = rules.facts({"Age": "9", "Parent": "yes"})
    made: Any = consent_receipt(rules, facts, "train", (RECORD, ""), Controller("Toy", "toy", "write"), TODAY)
    assert (made["event"]["event_type"], made["event"]["entity_id"]) == ("declared", "guardian")
    assert made["pii_principal_id"] is None
    assert made["pii_processing"]["retention_period"] is None
    assert made["pii_processing"]["privacy_notice"] == "Asked at the desk."


def test_equal_receipts_have_equal_ids_and_others_do_not(asked: ConsentPolicy) -> None:
    assert receipt(asked) == receipt(asked)
    assert receipt(asked)["receipt_id"] != receipt(asked, "evaluate")["receipt_id"]


@pytest.mark.parametrize("person", ["Ana Bello", "B" * 32, "b" * 31])
def test_a_name_is_not_taken_for_an_id(asked: ConsentPolicy, person: str) -> None:
    with pytest.raises(ValueError, match="keyed ids only"):
        receipt(asked, person=person)
