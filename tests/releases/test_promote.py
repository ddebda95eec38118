"""A model is let out by those who answer for it and by nobody else; what is withdrawn is served no more."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.publish.conftest import RESULTS, toy_inputs
from tests.publish.verification.handing_out import Keys, make_keys
from tests.releases.released import MODEL, release

from commonhold.errors import DigestError, FormError, GateError, MissingInputError, RequestError
from commonhold.files import write_bytes
from commonhold.publish.bundle import assemble
from commonhold.publish.verification.findings import Trust
from commonhold.publish.verify import verify
from commonhold.releases.aliases import alias_entry
from commonhold.releases.approve import add_approval, approve_copy, approve_release, find_published
from commonhold.releases.model_log import log_path, read_model_log
from commonhold.releases.promote import export_release, log_head, promote, sign, withdraw
from commonhold.releases.versions import candidate, served
from commonhold.signatures.approvals import approval_bytes
from commonhold.signatures.private_key import make_private_key
from commonhold.stages.workspace import Workspace

Bundle = Callable[..., Path]


@pytest.fixture(scope="session")
def keys() -> Keys:
    return make_keys()


@pytest.fixture(scope="session")
def bundle_of(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Makes a toy bundle; its gates have a verdict, and its day makes it another one."""
    made: dict[tuple[str, int], Path] = {}

    def make(verdict: str = "pass", day: int = 4) -> Path:
        if (verdict, day) not in made:
            folder = tmp_path_factory.mktemp("bundle")
            inputs = toy_inputs(folder / "stages")
            results = {**RESULTS, "gates": [{**RESULTS["gates"][0], "verdict": verdict}]}
            (inputs.evaluation / "results.json").write_text(json.dumps(results), encoding="utf-8")
            inputs = replace(inputs, created=datetime(2026, 3, day, tzinfo=UTC))
            made[verdict, day] = assemble(inputs, folder / "bundle").path
        return made[verdict, day]

    return make


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "work")


@pytest.fixture
def digest(workspace: Workspace, bundle_of: Bundle, keys: Keys) -> str:
    """Of a bundle that is published, and that three stewards can approve."""
    return release(workspace, bundle_of(), keys)


def approve_by(workspace: Workspace, keys: Keys, *names: str) -> None:
    for name in names:
        approve_release(workspace, MODEL, keys.stewards[name])


def events(workspace: Workspace) -> list[str]:
    return [entry.event for entry in read_model_log(workspace, MODEL)]


def test_the_whole_way_from_candidate_to_champion(workspace: Workspace, digest: str, keys: Keys) -> None:
    sign(workspace, MODEL, keys.publisher)
    approve_by(workspace, keys, "Ben", "Ana")
    promote(workspace, MODEL, keys.publisher)
    assert events(workspace) == ["published", "signed", "approved", "approved", "promoted"]
    assert served(workspace, MODEL)[0].version == 1
    assert alias_entry(workspace, MODEL).aliases == {"candidate": digest, "champion": digest, "withdrawn": ""}


def test_what_is_handed_out_satisfies_a_stranger(workspace: Workspace, digest: str, keys: Keys, tmp_path: Path) -> None:
    sign(workspace, MODEL, keys.publisher)
    approve_by(workspace, keys, "Cai", "Ana")
    promote(workspace, MODEL, keys.publisher)
    export_release(workspace, MODEL, tmp_path / "out")
    trust = keys.trust._replace(digest=digest, log_head=log_head(workspace, MODEL))
    found = verify(tmp_path / "out", trust=trust)
    assert any(line.startswith("2 of 3 stewards approved it") for line in found.proven)
    with pytest.raises(RequestError, match="exported into an empty folder"):
        export_release(workspace, MODEL, tmp_path / "out")


def test_one_steward_too_few_is_a_no_that_says_whom_to_ask(workspace: Workspace, digest: str, keys: Keys) -> None:
    approve_by(workspace, keys, "Ben")
    with pytest.raises(
        GateError, match=r"2 stewards have to sign and 1 have: Ben. Still to ask: Ana and Cai"
    ) as caught:
        promote(workspace, MODEL)
    assert caught.value.exit_code == 3
    assert events(workspace) == ["published", "approved"]
    assert alias_entry(workspace, MODEL).aliases["champion"] == ""


def test_a_steward_who_signs_twice_counts_once_and_is_logged_once(
    workspace: Workspace, digest: str, keys: Keys
) -> None:
    approve_by(workspace, keys, "Ben", "Ben")
    assert events(workspace) == ["published", "approved"]
    with pytest.raises(GateError):
        promote(workspace, MODEL)


def test_without_stewards_a_model_stays_a_candidate_and_is_served(workspace: Workspace, bundle_of: Bundle) -> None:
    release(workspace, bundle_of(), None)
    assert served(workspace, MODEL)[0].version == 1
    with pytest.raises(RequestError, match="its community names no stewards with keys"):
        promote(workspace, MODEL)
    with pytest.raises(RequestError, match="its community names no stewards with keys"):
        approve_release(workspace, MODEL, make_private_key("ed25519"))


@pytest.mark.parametrize(("verdict", "words"), [("fail", "another recipe"), ("inconclusive", "--despite-undecided")])
def test_a_gate_that_does_not_hold_stops_a_promotion_that_everybody_approved(
    verdict: str, words: str, workspace: Workspace, bundle_of: Bundle, keys: Keys
) -> None:
    release(workspace, bundle_of(verdict), keys)
    approve_by(workspace, keys, "Ana", "Ben", "Cai")
    with pytest.raises(GateError, match=f"1 gate of 1 does not hold:\n  desk: min_gain 0: {verdict}.*\n.*{words}"):
        promote(workspace, MODEL)


def test_an_undecided_gate_can_be_waived_with_a_reason_and_a_failed_one_cannot(
    workspace: Workspace, bundle_of: Bundle, keys: Keys
) -> None:
    release(workspace, bundle_of("inconclusive"), keys)
    approve_by(workspace, keys, "Ana", "Ben")
    promote(workspace, MODEL, despite_undecided="only twenty questions so far")
    assert read_model_log(workspace, MODEL)[-1].details["despite_undecided"] == "only twenty questions so far"
    other = Workspace(workspace.root / "other")
    release(other, bundle_of("fail"), keys)
    approve_by(other, keys, "Ana", "Ben")
    with pytest.raises(GateError):
        promote(other, MODEL, despite_undecided="we like it")


def test_a_strangers_key_cannot_approve(workspace: Workspace, digest: str) -> None:
    with pytest.raises(RequestError, match=r"this key is none of the stewards'. The decision names Ana, Ben and Cai"):
        approve_release(workspace, MODEL, make_private_key("ed25519"))


def test_a_signed_bundle_is_promoted_and_withdrawn_with_its_publishers_key_only(
    workspace: Workspace, digest: str, keys: Keys
) -> None:
    sign(workspace, MODEL, keys.publisher)
    approve_by(workspace, keys, "Ana", "Ben")
    stranger = make_private_key("p256")
    with pytest.raises(RequestError, match="Give the key with --key"):
        promote(workspace, MODEL)
    with pytest.raises(DigestError, match="was not made with the key"):
        promote(workspace, MODEL, stranger)
    with pytest.raises(RequestError, match="Give the publisher's key with --key"):
        withdraw(workspace, MODEL, "it repeats a name")
    with pytest.raises(DigestError, match="it was signed with another key"):
        withdraw(workspace, MODEL, "it repeats a name", stranger)
    assert events(workspace) == ["published", "signed", "approved", "approved"]


def test_a_withdrawn_model_is_served_no_more_and_never_promoted_again(
    workspace: Workspace, digest: str, keys: Keys
) -> None:
    approve_by(workspace, keys, "Ana", "Ben")
    promote(workspace, MODEL)
    withdraw(workspace, MODEL, "it repeats a name")
    for use in (served, candidate):
        with pytest.raises(RequestError, match="withdrawn"):
            use(workspace, MODEL)
    for again in (lambda: promote(workspace, MODEL), lambda: withdraw(workspace, MODEL, "again")):
        with pytest.raises(RequestError, match=r"was withdrawn: it repeats a name. A withdrawal is permanent"):
            again()
    entry = alias_entry(workspace, MODEL)
    assert entry.aliases == {"candidate": "", "champion": "", "withdrawn": digest}
    assert entry.withdrawn == {digest: "it repeats a name"}


def test_a_withdrawn_candidate_is_not_served(workspace: Workspace, digest: str) -> None:
    withdraw(workspace, MODEL, "wrong phone numbers")
    with pytest.raises(RequestError, match=r"version 1, was withdrawn: wrong phone numbers. A withdrawal is permanent"):
        served(workspace, MODEL)


def test_a_withdrawal_needs_a_reason(workspace: Workspace, digest: str) -> None:
    with pytest.raises(RequestError, match="a withdrawal needs a reason"):
        withdraw(workspace, MODEL, "  ")


def test_the_champion_stays_while_a_newer_candidate_waits(
    workspace: Workspace, digest: str, bundle_of: Bundle, keys: Keys
) -> None:
    approve_by(workspace, keys, "Ana", "Ben")
    promote(workspace, MODEL)
    second = release(workspace, bundle_of(day=5), keys, "second")
    assert served(workspace, MODEL)[0].version == 1
    assert candidate(workspace, MODEL)[0].version == 2
    assert alias_entry(workspace, MODEL).aliases == {"candidate": second, "champion": digest, "withdrawn": ""}


def test_an_older_version_comes_back_only_by_a_promotion_of_its_own(
    workspace: Workspace, digest: str, bundle_of: Bundle, keys: Keys
) -> None:
    approve_by(workspace, keys, "Ana", "Ben")
    promote(workspace, MODEL)
    release(workspace, bundle_of(day=5), keys, "second")
    approve_by(workspace, keys, "Ana", "Ben")
    promote(workspace, MODEL)
    withdraw(workspace, MODEL, "worse in Spanish")
    with pytest.raises(RequestError, match="the version that the stewards released was withdrawn"):
        served(workspace, MODEL)
    promote(workspace, MODEL, version=1)
    assert served(workspace, MODEL)[0].version == 1


def test_an_approval_of_the_first_version_is_none_of_the_second(
    workspace: Workspace, digest: str, bundle_of: Bundle, keys: Keys
) -> None:
    approve_by(workspace, keys, "Ana", "Ben")
    release(workspace, bundle_of(day=5), keys, "second")
    with pytest.raises(GateError, match="have to sign and 0 have"):
        promote(workspace, MODEL)


def test_a_steward_far_away_approves_a_copy_and_sends_a_file(
    workspace: Workspace, digest: str, keys: Keys, tmp_path: Path
) -> None:
    export_release(workspace, MODEL, tmp_path / "copy")
    made, gates = approve_copy(tmp_path / "copy", keys.stewards["Cai"])
    assert [gate["verdict"] for gate in gates] == ["pass"]
    write_bytes(tmp_path / "cai.json", approval_bytes(made))
    found, _ = add_approval(workspace, MODEL, tmp_path / "cai.json")
    assert found.quorum is not None
    assert found.quorum.approved_by == ("Cai",)


def test_a_changed_copy_is_not_approved(workspace: Workspace, digest: str, keys: Keys, tmp_path: Path) -> None:
    export_release(workspace, MODEL, tmp_path / "copy")
    (tmp_path / "copy/bundle/README.md").write_text("# Better", encoding="utf-8")
    with pytest.raises(DigestError):
        approve_copy(tmp_path / "copy", keys.stewards["Cai"])


@pytest.mark.parametrize(
    ("change", "error", "trouble"),
    [
        ({"steward": "Dov"}, RequestError, "Dov is no steward"),
        ({"digest": "0" * 64}, RequestError, "Cai signed publish 000000000000"),
        ({"steward": "Ben"}, RequestError, "the signature of Ben does not fit"),
        ({"approval": 2}, FormError, "it is no approval"),
    ],
)
def test_a_file_that_does_not_count_is_not_taken(
    change: dict[str, Any], error: type[Exception], trouble: str, workspace: Workspace, digest: str, keys: Keys,
    tmp_path: Path,
) -> None:  # fmt: skip
    export_release(workspace, MODEL, tmp_path / "copy")
    made, _ = approve_copy(tmp_path / "copy", keys.stewards["Cai"])
    value = {**json.loads(approval_bytes(made)), **change}
    (tmp_path / "cai.json").write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(error, match=trouble):
        add_approval(workspace, MODEL, tmp_path / "cai.json")
    assert events(workspace) == ["published"]


def test_nothing_is_signed_approved_or_promoted_after_a_byte_has_changed(
    workspace: Workspace, digest: str, keys: Keys
) -> None:
    path = workspace.objects / "publish/first/bundle/evaluation/report.md"
    path.write_bytes(b"B" + path.read_bytes()[1:] + b"!")
    for act in (
        lambda: sign(workspace, MODEL, keys.publisher),
        lambda: approve_by(workspace, keys, "Ana"),
        lambda: promote(workspace, MODEL),
    ):
        with pytest.raises(DigestError, match=r"evaluation/report.md"):
            act()
    assert events(workspace) == ["published"]


def test_a_log_that_was_edited_stops_everything(workspace: Workspace, digest: str, keys: Keys) -> None:
    approve_by(workspace, keys, "Ana", "Ben")
    path = log_path(workspace, MODEL)
    path.write_bytes(path.read_bytes().replace(b"Ana", b"Eve"))
    with pytest.raises(DigestError, match="this is not the log that commonhold wrote: line 3"):
        promote(workspace, MODEL)
    with pytest.raises(DigestError, match="this is not the log that commonhold wrote"):
        served(workspace, MODEL)


def test_an_approval_that_was_taken_out_of_the_workspace_is_noticed(
    workspace: Workspace, digest: str, keys: Keys
) -> None:
    approve_by(workspace, keys, "Ana", "Ben", "Cai")
    next((workspace.attestations / digest / "approvals").iterdir()).unlink()
    with pytest.raises(DigestError, match="that is not here; it was taken out or changed"):
        promote(workspace, MODEL)


def test_what_was_promoted_is_not_signed_anew(workspace: Workspace, digest: str, keys: Keys) -> None:
    approve_by(workspace, keys, "Ana", "Ben")
    promote(workspace, MODEL)
    with pytest.raises(RequestError, match="was promoted as it was signed then"):
        sign(workspace, MODEL, keys.publisher)


def test_unknown_models_versions_and_lost_files_are_told(workspace: Workspace, digest: str, keys: Keys) -> None:
    with pytest.raises(MissingInputError, match="nothing is published yet"):
        find_published(workspace, "another")
    with pytest.raises(MissingInputError, match=r"there is no version 7. There are versions 1"):
        find_published(workspace, MODEL, 7)
    shutil.rmtree(workspace.objects)
    with pytest.raises(MissingInputError, match="the bundle of water-desk is gone"):
        promote(workspace, MODEL)
    with pytest.raises(MissingInputError, match="its bundle is gone"):
        withdraw(workspace, MODEL, "x")


def test_a_version_is_never_given_twice_after_the_workspace_was_cleaned(
    workspace: Workspace, digest: str, bundle_of: Bundle, keys: Keys
) -> None:
    for name in ("objects", "releases"):
        shutil.rmtree(workspace.root / name)
    release(workspace, bundle_of(day=6), keys, "third")
    assert candidate(workspace, MODEL)[0].version == 2


def test_a_bundle_signed_with_the_stewards_kind_of_key_verifies(
    workspace: Workspace, digest: str, tmp_path: Path
) -> None:
    key = make_private_key("ed25519")
    sign(workspace, MODEL, key)
    export_release(workspace, MODEL, tmp_path / "out")
    assert verify(tmp_path / "out", trust=Trust(key=key.public))


def test_a_publisher_may_sign_anew_before_the_promotion(workspace: Workspace, digest: str, keys: Keys) -> None:
    sign(workspace, MODEL, make_private_key("p256"))
    sign(workspace, MODEL, keys.publisher)
    approve_by(workspace, keys, "Ana", "Ben")
    assert promote(workspace, MODEL, keys.publisher).bundle.sha256 == digest
