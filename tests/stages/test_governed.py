"""A community with stewards: publication asks them, and what they decided stays as it was signed."""

from pathlib import Path

import pytest
from tests.publish.verification.handing_out import Keys, make_keys
from tests.stages.conftest import run

from commonhold.errors import GateError
from commonhold.files import read_json
from commonhold.provenance.entries import AliasEntry
from commonhold.provenance.mlflow_ledger import MlflowLedger
from commonhold.provenance.runs import list_runs
from commonhold.releases import aliases
from commonhold.releases.approve import approve_release, find_published
from commonhold.releases.model_log import read_model_log
from commonhold.releases.promote import promote, withdraw
from commonhold.releases.versions import served
from commonhold.stages.workspace import Workspace

MODEL = "water-desk"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def keys() -> Keys:
    return make_keys()


def govern(recipe: Path, keys: Keys, quorum: int) -> Workspace:
    """Writes GOVERNANCE.yaml and publishes again; gives the workspace."""
    stewards = "\n".join(
        f"  - {{name: {each.name}, contact: x, public_key: '{each.public_key}'}}" for each in keys.signatories
    )
    rules = "purposes: [train, evaluate]\npublication_licences: [CC0-1.0]\nredress: x\n"
    days = "reviewed: 2026-01-01\nreview_days: 3650\n"
    text = f"governance: 1\nquorum: {quorum}\n{rules}{days}stewards:\n{stewards}\n"
    (recipe.parents[1] / "data" / "GOVERNANCE.yaml").write_text(text, encoding="utf-8")
    run(recipe, ("governance.stewards=[Ana]",))
    return Workspace(recipe.parents[1] / "work")


def test_stewards_of_the_community_let_a_model_out(community: Path, keys: Keys) -> None:
    workspace = govern(community, keys, 2)
    approve_release(workspace, MODEL, keys.stewards["Ana"])
    with pytest.raises(GateError, match="2 stewards have to sign and 1 have: Ana"):
        promote(workspace, MODEL)
    approve_release(workspace, MODEL, keys.stewards["Cai"])
    number = promote(workspace, MODEL).bundle.version
    release, bundle = served(workspace, MODEL)
    assert release.version == number
    written = read_json(bundle / "record.json")["approvals"]
    assert (written["needed"], [each["name"] for each in written["stewards"]]) == (2, ["Ana", "Ben", "Cai"])
    assert written["stewards"][0]["fingerprint"] == keys.stewards["Ana"].public.fingerprint
    # Publishing the same again, under another rule, changes nothing of what was signed.
    before = read_model_log(workspace, MODEL)
    govern(community, keys, 3)
    assert read_model_log(workspace, MODEL) == before


def test_a_changed_quorum_asks_everybody_again_before_the_promotion(community: Path, keys: Keys) -> None:
    workspace = govern(community, keys, 2)
    approve_release(workspace, MODEL, keys.stewards["Ana"])
    govern(community, keys, 3)
    found = find_published(workspace, MODEL)
    assert found.decision is not None
    assert (found.decision.quorum, dict(found.attestations.approvals)) == (3, {})
    events = [entry.event for entry in read_model_log(workspace, MODEL)]
    assert events[-3:] == ["published", "approved", "published"]


def test_without_stewards_a_publication_is_logged_once_however_often_it_runs(community: Path) -> None:
    for _ in range(2):
        run(community)
    log = read_model_log(Workspace(community.parents[1] / "work"), MODEL)
    assert [(entry.event, dict(entry.details)) for entry in log] == [("published", {})]


def test_a_bundle_that_was_found_made_is_the_same_version_for_the_tracker(community: Path) -> None:
    run(community, force=["train"])
    publish = [
        event for each in list_runs(community.parents[1] / "work") for event in each.events if event.stage == "publish"
    ]
    assert [event.status for event in publish] == ["done", "reused"]
    assert publish[0].figures["bundle_sha256"] == publish[1].figures["bundle_sha256"]


def test_aliases_reach_the_tracker_once_and_again_after_a_change(
    community: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, str]] = []

    def hear(_: MlflowLedger, entry: AliasEntry) -> tuple[str, ...]:
        told.append(dict(entry.aliases))
        return ()

    monkeypatch.setattr(MlflowLedger, "record_aliases", hear)
    workspace = govern(community, keys, 1)
    approve_release(workspace, MODEL, keys.stewards["Ben"])
    assert aliases.mirror_aliases(workspace) == ""
    assert told == []
    digest = promote(workspace, MODEL).bundle.sha256
    assert [aliases.mirror_aliases(workspace) for _ in range(2)] == ["", ""]
    assert told == [{"candidate": digest, "champion": digest, "withdrawn": ""}]
    withdraw(workspace, MODEL, "it repeats a name")
    assert aliases.mirror_aliases(workspace) == ""
    assert told[1:] == [{"candidate": "", "champion": "", "withdrawn": digest}]


def test_a_tracker_that_does_not_know_the_bundle_is_asked_again(
    community: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = govern(community, keys, 1)
    approve_release(workspace, MODEL, keys.stewards["Ben"])
    digest = promote(workspace, MODEL).bundle.sha256
    monkeypatch.setattr(MlflowLedger, "record_aliases", lambda *_: (digest,))
    assert "which does not know its bundle yet" in aliases.mirror_aliases(workspace)
    monkeypatch.setattr(MlflowLedger, "record_aliases", lambda *_: ())
    assert aliases.mirror_aliases(workspace) == ""
    assert read_json(workspace.logs / f"{MODEL}.tracked.json")["head"] == read_model_log(workspace, MODEL)[-1].digest
