"""A contributor's receipt: what a record says was agreed to for one purpose, and what that means on a day.

The names are those of ISO/IEC TS 27560:2023, whose predecessor, the Kantara Consent Receipt 1.1, has most of them too;
`docs/reference/consent-receipt.md` describes the schema. Where the standard demands a field that nobody declared, the
receipt has a null, never a guess.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from commonhold.curate.rights.consent import ConsentFacts, ConsentPolicy
from commonhold.curate.rights.purposes import Purpose
from commonhold.digests import digest_of
from commonhold.strict_json import JsonObject

SCHEMA = "commonhold-consent-receipt/1"
KEYED_ID = re.compile(r"[0-9a-f]{32}")
STATES = {
    "": "consent_given",
    "no_consent": "consent_refused",
    "purpose_not_covered": "consent_refused",
    "guardian_missing": "consent_refused",
    "consent_withdrawn": "consent_withdrawn",
    "consent_expired": "consent_expired",
}


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for the records, as the datasheet and GOVERNANCE.yaml declare it."""

    party_name: str
    """The datasheet's title."""
    party_contact: str
    withdrawal_method: str
    retention_days: int | None = None
    """For how long records are kept; absent when nobody declared it."""


def consent_receipt(
    policy: ConsentPolicy,
    facts: ConsentFacts,
    purpose: Purpose,
    ids: tuple[str, str],
    controller: Controller,
    today: date,
) -> JsonObject:
    """The receipt of one record for one purpose; `ids` are the keyed ids of the record and of its contributor.

    The contributor's may be empty, when the files name nobody. The same inputs give the same receipt and receipt id.

    Raises:
        ValueError: an id is not a keyed one; a receipt must not carry a name.
    """
    record_id, principal_id = ids
    if not KEYED_ID.fullmatch(record_id) or (principal_id and not KEYED_ID.fullmatch(principal_id)):
        raise ValueError("a receipt carries keyed ids only: 32 hexadecimal digits")
    receipt = {
        "schema_version": SCHEMA,
        "record_id": record_id,
        "pii_principal_id": principal_id or None,
        "pii_processing": _processing(policy, facts, purpose, controller),
        "party_identification": [
            {
                "party_id": "controller",
                "party_name": controller.party_name,
                "party_contact": controller.party_contact,
                "party_role": "pii_controller",
            }
        ],
        "event": _event(policy, facts, purpose, today),
    }
    return {"receipt_id": digest_of(receipt)[:32], **receipt}


def _processing(policy: ConsentPolicy, facts: ConsentFacts, purpose: Purpose, controller: Controller) -> JsonObject:
    kept = controller.retention_days
    return {
        "privacy_notice": policy.form.every_row.privacy_notice or policy.form.basis,
        "language": facts.language or None,
        "purpose": purpose,
        "lawful_basis": "consent",
        "pii_information": [{"pii_type": "text of the record"}],
        "pii_controllers": ["controller"],
        "collection_method": facts.collection_method or None,
        "storage_locations": None,
        "retention_period": f"P{kept}D" if kept is not None else None,
        "jurisdiction": facts.jurisdiction or None,
        "recipient_third_parties": None,
        "withdrawal_method": controller.withdrawal_method,
    }


def _event(policy: ConsentPolicy, facts: ConsentFacts, purpose: Purpose, today: date) -> JsonObject:
    refusal = policy.refusal(facts, purpose, today)
    lasts = facts.expiry - facts.event_time if facts.expiry and facts.event_time else timedelta(-1)
    return {
        "event_time": facts.event_time.isoformat() if facts.event_time else None,
        "validity_duration": f"P{lasts.days}D" if lasts.days >= 0 else None,
        "expiry": facts.expiry.isoformat() if facts.expiry else None,
        "entity_id": "guardian" if facts.guardian == "given" else "pii_principal",
        "event_type": "explicit" if policy.form.column or purpose in policy.form.asked() else "declared",
        "event_state": STATES[refusal.reason if refusal else ""],
        "reason": refusal.reason if refusal else None,
        "detail": refusal.detail if refusal else None,
        "as_of": today.isoformat(),
    }
