from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from commonhold.curate.rights.governance import IntendedUse, read_governance_file
from commonhold.curate.rights.labels import labels
from commonhold.errors import FormError

# Public keys of RFC 8032, section 7.1, tests 1 and 2.
KEY_1 = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
KEY_2 = "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="
ZEROS = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
RULES = f"""\
governance: 1
stewards:
  - name: Ana Bello
    contact: ana@toy.example
    public_key: {KEY_1}
  - name: Desk council
    contact: council@toy.example
    public_key: {KEY_2}
quorum: 2
purposes: [train, evaluate]
publication_licences: [CC-BY-SA-4.0, CC-BY-NC-4.0]
approved_licences: [NOODL]
retention_days: 365
labels:
  - code: TK NC
    words: Not for sale.
  - code: TK A
redress: Write to the council.
reviewed: 2026-01-01
review_days: 365
"""
PLAN = IntendedUse(
    purposes=("train", "evaluate"),
    publication_licence="CC-BY-NC-4.0",
    stewards=("Ana Bello",),
    as_of=date(2026, 6, 1),
    collected_until=date(2026, 2, 1),
)


@pytest.fixture
def rules(tmp_path: Path) -> Callable[..., list[str]]:
    """What the rules say against a plan, without the path: `rules(plan, "old", "new")` changes a line of the rules."""

    def problems(plan: IntendedUse, old: str = "", new: str = "") -> list[str]:
        assert old in RULES
        (tmp_path / "GOVERNANCE.yaml").write_text(RULES.replace(old, new) if old else RULES, encoding="utf-8")
        governance = read_governance_file(tmp_path / "GOVERNANCE.yaml")
        return [str(problem).removeprefix(f"{tmp_path}/") for problem in governance.problems(plan)]

    return problems


Rules = Callable[..., list[str]]


def test_a_plan_in_keeping_with_the_rules_has_no_problem(rules: Rules) -> None:
    assert rules(PLAN) == []


def test_a_purpose_that_the_community_does_not_allow_is_told(rules: Rules) -> None:
    assert rules(replace(PLAN, purposes=("train", "rephrase"))) == [
        "GOVERNANCE.yaml:10 purposes: the community does not allow rephrase, only train and evaluate. Take it out of "
        "the recipe, or ask the stewards to allow it here"
    ]


def test_a_licence_that_the_community_does_not_allow_is_told(rules: Rules) -> None:
    assert rules(replace(PLAN, publication_licence="CC-BY-NC-SA-4.0")) == [
        "GOVERNANCE.yaml:11 publication_licences: the recipe publishes under CC-BY-NC-SA-4.0, which the community does "
        "not allow. Set publish.licence to CC-BY-SA-4.0 or CC-BY-NC-4.0, or ask the stewards"
    ]


def test_a_licence_may_be_written_in_another_way(rules: Rules) -> None:
    assert rules(replace(PLAN, publication_licence="cc by-nc 4.0")) == []


def test_a_steward_whom_the_community_does_not_name_is_told(rules: Rules) -> None:
    assert rules(replace(PLAN, stewards=("ana bello ", "Somebody"))) == [
        "GOVERNANCE.yaml:2 stewards: the recipe names 'Somebody' as a steward, and the community does not. Name some "
        "of Ana Bello and Desk council in the recipe"
    ]


def test_records_are_not_used_after_their_time(rules: Rules) -> None:
    last = replace(PLAN, collected_until=date(2025, 6, 1))
    assert rules(last) == []
    assert rules(replace(last, as_of=date(2026, 6, 2))) == [
        "GOVERNANCE.yaml:13 retention_days: the last records are 366 days old; they may be used for 365. Delete them, "
        "or ask the people who gave them again"
    ]
    assert rules(replace(last, as_of=date(2026, 6, 2)), "retention_days: 365\n", "") == []


def test_rules_are_gone_through_again(rules: Rules) -> None:
    assert rules(replace(PLAN, as_of=date(2027, 1, 1), collected_until=date(2026, 12, 1))) == []
    (problem,) = rules(replace(PLAN, as_of=date(2027, 1, 2), collected_until=date(2026, 12, 1)))
    assert problem.startswith("GOVERNANCE.yaml:19 reviewed: the stewards last went through this file on 2026-01-01")


def test_a_non_commercial_label_holds_against_an_open_licence_and_a_commercial_purpose(rules: Rules) -> None:
    (problem,) = rules(replace(PLAN, publication_licence="CC-BY-SA-4.0"))
    assert problem == (
        "GOVERNANCE.yaml:15 labels.0.code: TK Non-Commercial (TK NC) asks for no commercial use: Not for sale. Ask the "
        "stewards; when the model is in keeping with the label, they set 'cleared: true', or publish under a "
        "non-commercial licence"
    )
    sold = replace(PLAN, purposes=("commercial",))
    assert len(rules(sold, "purposes: [train, evaluate]", "purposes: [train, commercial]")) == 1


def test_a_label_that_limits_who_may_know_waits_for_a_decision(rules: Rules) -> None:
    (problem,) = rules(PLAN, "code: TK A", "code: TK SS")
    assert "TK Secret / Sacred (TK SS) asks for the stewards to decide on publication." in problem
    assert rules(PLAN, "code: TK A", "code: TK SS\n    cleared: true") == []


def test_all_problems_come_at_once(rules: Rules) -> None:
    plan = replace(PLAN, purposes=("rephrase",), publication_licence="MIT", stewards=("X",), as_of=date(2030, 1, 1))
    assert len(rules(plan)) == 6


def test_approved_licences_are_known_by_their_identifiers(tmp_path: Path) -> None:
    (tmp_path / "GOVERNANCE.yaml").write_text(RULES, encoding="utf-8")
    governance = read_governance_file(tmp_path / "GOVERNANCE.yaml")
    assert governance.approved_licences == {"LicenseRef-NOODL-1.0"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (KEY_2, KEY_1, "two stewards have the same public_key"),
        ("name: Desk council", "name: ana bello", "two stewards have the same name"),
        ("quorum: 2", "quorum: 3", "a quorum of 3 can never be met by 2 stewards"),
        ("quorum: 2", "quorum: 0", "quorum"),
        (KEY_1, ZEROS, "anybody can sign for it"),
        (KEY_1, ZEROS.replace("AAA=", "AIA="), "anybody can sign for it"),
        (KEY_1, KEY_1.removeprefix("ed25519:"), "is written ed25519:"),
        (KEY_1, "ed25519:not base64", "is not base64"),
        (KEY_1, "ed25519:ünreadable", "is not base64"),
        (KEY_1, "ed25519:AAAA", "not the base64 of 32 bytes"),
        (KEY_1, KEY_1.replace("URo=", "URp="), "not the base64 of 32 bytes"),
        ("[CC-BY-SA-4.0, CC-BY-NC-4.0]", "[CC-BY-SA]", "did you mean CC-BY-SA-4.0?"),
        ("[CC-BY-SA-4.0, CC-BY-NC-4.0]", "[]", "list at least one"),
        ("purposes: [train, evaluate]", "purposes: [sell]", "purposes.0"),
        ("code: TK A", "code: TK-A", "codes are written like TK NC"),
        ("code: TK A", "code: TK NC", "a label is listed twice"),
        ("redress:", "redres:", "did you mean 'redress'"),
    ],
)
def test_what_does_not_fit_is_refused(rules: Rules, old: str, new: str, told: str) -> None:
    with pytest.raises(FormError) as caught:
        rules(PLAN, old, new)
    assert told in str(caught.value)


def test_there_are_the_twenty_traditional_knowledge_and_ten_biocultural_labels() -> None:
    codes = [code.split()[0] for code in labels()]
    assert (codes.count("TK"), codes.count("BC"), len(codes)) == (20, 10, 30)
