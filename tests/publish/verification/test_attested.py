"""Nothing that was handed out can be changed, swapped, added or dropped without being noticed."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.publish.verification.handing_out import Keys, Log, attest, export_release, files_of, make_keys

from commonhold.digests import canonical_json
from commonhold.errors import DigestError
from commonhold.publish.allowed_files import look_through
from commonhold.publish.manifest import manifest_bytes
from commonhold.publish.sign import sign_files
from commonhold.publish.verification.attestations import read_attestations
from commonhold.publish.verification.attested import BundleFacts, attested, gates_of
from commonhold.publish.verification.findings import Trust
from commonhold.publish.verify import Verification, verify
from commonhold.signatures.chain import read_log
from commonhold.signatures.private_key import make_private_key


def everything(folder: Path) -> list[str]:
    """Every file that was handed out."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def problems(folder: Path, trust: Trust) -> list[str]:
    with pytest.raises(DigestError) as caught:
        verify(folder, trust=trust)
    assert caught.value.exit_code == 4
    return [line.strip() for line in str(caught.value).splitlines()[1:-1]]


def test_what_was_handed_out_is_sound_and_says_who_stands_behind_it(handed_whole: Path, keys: Keys) -> None:
    found: Verification = verify(handed_whole, trust=keys.trust)
    key = keys.publisher.public.fingerprint[:12]
    assert f"the holder of the key {key}… has signed exactly these files" in found.proven
    assert "2 of 3 stewards approved it, as they were told of the gates: Ana, Cai; 2 have to" in found.proven
    assert "the log of 5 lines is one chain, and no line in it was changed" in found.proven
    assert "that it was promoted on 2026-03-04, as the log says" in found.proven
    assert not any("who made it" in line for line in found.not_checkable)


def test_without_keys_signatures_are_claims(handed_whole: Path) -> None:
    found = verify(handed_whole)
    assert any(line.startswith("that Ana, Cai are the stewards whose 2 signatures fit") for line in found.claimed)
    assert any(line.startswith("who made it: it is signed with a key") for line in found.not_checkable)
    assert "that it was promoted on 2026-03-04, as the log says" in found.claimed
    assert not any("stewards approved" in line for line in found.proven)


def test_the_publishers_key_alone_proves_the_approvals_that_were_promoted(handed_whole: Path, keys: Keys) -> None:
    found = verify(handed_whole, trust=Trust(key=keys.publisher.public))
    assert any(line.startswith("2 of 3 stewards approved it") for line in found.proven)


# At least 19 files of the bundle, signature, decision, two approvals and the log.
LEAST_FILES = 24


@settings(max_examples=2)
@given(share=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_any_changed_byte_of_any_file_is_noticed(handed_whole: Path, keys: Keys, share: float, mask: int) -> None:
    assert len(everything(handed_whole)) >= LEAST_FILES
    for name in everything(handed_whole):
        path = handed_whole / name
        before = path.read_bytes()
        place = int(share * len(before))
        try:
            path.write_bytes(before[:place] + bytes([before[place] ^ mask]) + before[place + 1 :])
            assert problems(handed_whole, keys.trust), name
        finally:
            path.write_bytes(before)


def test_any_missing_file_is_noticed(handed: Path, keys: Keys, tmp_path: Path) -> None:
    for name in everything(handed):
        (handed / name).rename(tmp_path / "away")
        assert problems(handed, keys.trust), name
        (tmp_path / "away").rename(handed / name)


@pytest.mark.parametrize("folder", [".", "bundle", "bundle/adapter", "attestations", "attestations/approvals"])
@pytest.mark.parametrize("name", [".hidden", ".gitignore", ".github/x.json", "more.json", "link.json"])
def test_any_added_file_is_noticed_hidden_ones_too(folder: str, name: str, handed: Path, keys: Keys) -> None:
    path = handed / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if name == "link.json":
        path.symlink_to(handed / "bundle/record.json")
    else:
        path.write_text("{}", encoding="utf-8")
    assert problems(handed, keys.trust)
    assert problems(handed, Trust())


@pytest.mark.parametrize("steward", ["ana", "cai"])
def test_a_dropped_approval_is_noticed_even_where_enough_are_left(
    steward: str, whole: Path, keys: Keys, tmp_path: Path
) -> None:
    folder = export_release(whole, tmp_path / "out", keys, signing=("Ana", "Ben", "Cai"))
    (folder / f"attestations/approvals/{steward}.json").unlink()
    for trust in (Trust(), keys.trust, Trust(key=keys.publisher.public)):
        told = problems(folder, trust)
        assert (
            f"approvals: the log has one of {steward.capitalize()} that is not here; it was taken out or changed"
            in told
        )


def test_too_few_approvals_are_told_with_their_number(whole: Path, keys: Keys, tmp_path: Path) -> None:
    folder = export_release(whole, tmp_path / "out", keys, signing=("Ben",))
    assert "approvals: 1 of 3 stewards have signed, and 2 have to" in problems(folder, keys.trust)


def test_another_publisher_is_noticed_by_whoever_knows_the_first(handed: Path, keys: Keys) -> None:
    forger = replace(keys, publisher=make_private_key("p256"))
    attest(handed, forger)
    assert verify(handed, trust=forger.trust)
    told = problems(handed, keys.trust)
    assert any(line.startswith("model.sig: was not made with the key") for line in told)
    assert any("(promoted) is not signed with the key that you trust" in line for line in told)


@pytest.mark.parametrize("swapped", ["Ana", "Ben", "Cai"])
def test_a_swapped_steward_is_noticed_when_everything_else_was_signed_again(
    swapped: str, handed: Path, keys: Keys
) -> None:
    forger = replace(keys, stewards={**keys.stewards, swapped: make_private_key("ed25519")})
    attest(handed, forger)
    told = problems(handed, keys.trust)
    assert "decision.json: names other stewards, or other keys, than those that you trust" in told


def test_all_stewards_swapped_by_a_stranger_are_noticed_with_the_publishers_key_alone(handed: Path, keys: Keys) -> None:
    signature = (handed / "attestations/model.sig").read_bytes()
    attest(handed, replace(make_keys(), publisher=make_private_key("p256")))
    (handed / "attestations/model.sig").write_bytes(signature)
    told = problems(handed, Trust(key=keys.publisher.public))
    assert told == [
        f"log.jsonl: line {line} ({event}) is not signed with the key that you trust"
        for line, event in ((2, "signed"), (5, "promoted"))
    ]


def test_a_log_written_anew_without_signatures_is_noticed_with_the_publishers_key(handed: Path, keys: Keys) -> None:
    attest(handed, keys, signs_log=False)
    assert len(problems(handed, Trust(key=keys.publisher.public))) == 2


def test_a_lower_quorum_is_noticed_by_whoever_knows_the_true_one(handed: Path, keys: Keys) -> None:
    told = problems(handed, keys.trust._replace(quorum=3))
    assert told == ["decision.json: lets 2 stewards decide, and you trust 3 and no fewer"]


def test_a_dropped_signature_is_noticed_by_whoever_has_a_key(handed: Path, keys: Keys) -> None:
    (handed / "attestations/model.sig").unlink()
    assert "model.sig: missing, and it should be there with the key that you trust" in problems(handed, keys.trust)


def test_dropping_all_attestations_leaves_a_candidate_which_promoted_refuses(handed: Path, keys: Keys) -> None:
    shutil.rmtree(handed / "attestations")
    assert "whether the community approved it: no promotion is recorded" in verify(handed).not_checkable
    told = problems(handed, Trust(promoted=True))
    assert told == ["log.jsonl: does not say that this bundle was promoted; it is a candidate only"]
    assert len(problems(handed, keys.trust)) == 3


def test_a_known_line_of_the_log_must_still_be_there(handed: Path, keys: Keys) -> None:
    log = handed / "attestations/log.jsonl"
    head = read_log(log.read_bytes())[-1].digest
    assert "the log still holds the entry that you know" in verify(handed, trust=Trust(log_head=head)).proven
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    assert any("it was cut off or rewritten" in line for line in problems(handed, Trust(log_head=head)))
    log.unlink()
    assert "log.jsonl: missing, and you know an entry of it" in problems(handed, Trust(log_head=head))


def test_a_withdrawn_bundle_is_refused_with_the_reason(handed: Path, keys: Keys) -> None:
    path = handed / "attestations/log.jsonl"
    entries = read_log(path.read_bytes())
    log = Log(entries[-1].bundle_sha256, keys.publisher)
    log.entries += entries
    log.add("withdrawn", {"reason": "it repeats a name"}, signed=True)
    log.write(path)
    told = problems(handed, Trust())
    assert told == ["log.jsonl: the publisher withdrew this bundle on 2026-03-04: 'it repeats a name'. Do not use it"]


def test_another_bundle_with_true_attestations_is_noticed(handed: Path, keys: Keys) -> None:
    path = handed / "bundle/evaluation/report.md"
    path.write_text("Much better.", encoding="utf-8")
    record = json.loads((handed / "bundle/record.json").read_bytes())
    seen = look_through(handed / "bundle").files
    record["evaluation"]["report_md"].update(seen["evaluation/report.md"]._asdict())
    (handed / "bundle/record.json").write_bytes(canonical_json(record))
    files = {name: each for name, each in look_through(handed / "bundle").files.items() if name != "manifest.json"}
    (handed / "bundle/manifest.json").write_bytes(manifest_bytes(files))
    told = problems(handed, Trust())
    assert "model.sig: 'evaluation/report.md' is not the file that was signed" in told
    assert "decision.json: is about another bundle" in told
    assert "log.jsonl: says nothing of this bundle" in told


Change = Callable[[dict[str, object]], object]


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (
            lambda value: value["predicate"].update(quorum=4),
            "asks for a number of signatures that 3 stewards cannot give",
        ),
        (
            lambda value: value["predicate"].update(quorum=0),
            "asks for a number of signatures that 3 stewards cannot give",
        ),
        (lambda value: value["predicate"].update(quorum=True), "asks for a number of signatures"),
        (lambda value: value["predicate"].update(stewards=[]), "names no stewards"),
        (lambda value: value["predicate"]["stewards"].append(value["predicate"]["stewards"][0]), "two stewards"),
        (lambda value: value["predicate"]["stewards"][0].update(public_key="ed25519:?"), "not base64"),
        (lambda value: value["predicate"]["gates"][0].update(verdict="fail"), "tells other results of the gates"),
        (lambda value: value.update(subject=[]), "is no decision of this kind"),
        (lambda value: value.update(extra=1), "is not written in the one form"),
        (lambda value: value["subject"][0]["digest"].update(sha256="x"), "names no digest of a bundle"),
    ],
)
def test_a_decision_of_another_form_is_refused(change: Change, trouble: str, handed: Path) -> None:
    path = handed / "attestations/decision.json"
    value = json.loads(path.read_bytes())
    change(value)
    path.write_bytes(canonical_json(value))
    assert any(line.startswith("decision.json:") and trouble in line for line in problems(handed, Trust()))


@pytest.mark.parametrize(("needed", "swapped", "same"), [(2, False, True), (3, False, False), (2, True, False)])
def test_a_record_and_a_decision_that_name_other_rules_are_told_apart(
    needed: int, swapped: bool, same: bool, handed_whole: Path, keys: Keys
) -> None:
    prints = {name: key.public.fingerprint for name, key in keys.stewards.items()}
    prints["Cai"] = "0" * 64 if swapped else prints["Cai"]
    policy = {"needed": needed, "stewards": [{"name": name, "fingerprint": each} for name, each in prints.items()]}
    record = json.loads((handed_whole / "bundle/record.json").read_bytes())
    facts = BundleFacts("water-desk", verify(handed_whole).digest, files_of(handed_whole / "bundle"),
                        gates_of(record["evaluation"]["gates"]), policy)  # fmt: skip
    found = attested(read_attestations(handed_whole / "attestations"), facts, keys.trust)
    assert found.problems == []
    assert any("changed its rules since the record" in line for line in found.claimed) is not same


def test_a_signature_with_ed25519_counts_too(handed: Path, keys: Keys) -> None:
    attest(handed, replace(keys, publisher=(key := make_private_key("ed25519"))))
    assert verify(handed, trust=Trust(key=key.public))
    assert problems(handed, keys.trust)


def test_a_signature_over_fewer_files_is_noticed(handed: Path, keys: Keys) -> None:
    files = files_of(handed / "bundle")
    del files["merged/chat_template.jinja"]
    (handed / "attestations/model.sig").write_bytes(sign_files("water-desk", files, keys.publisher))
    assert "model.sig: 'merged/chat_template.jinja' is not the file that was signed" in problems(handed, Trust())
