"""A publisher takes what others signed of having made the model again, and counts nothing that is not theirs."""

from pathlib import Path

import pytest
from tests.publish.conftest import toy_inputs
from tests.publish.verification.handing_out import Keys, make_keys, statement
from tests.releases.released import MODEL, release

from commonhold.errors import FormError, MissingInputError, RequestError
from commonhold.publish.bundle import assemble
from commonhold.publish.sign import sign_reproduction
from commonhold.publish.verification.findings import Trust
from commonhold.publish.verification.reproduction_statement import read_signed_statement, statement_payload
from commonhold.publish.verify import verify
from commonhold.records.reproduction import Reproduction, ReproductionCheck
from commonhold.releases.approve import approve_release
from commonhold.releases.attest import add_statement, sign_statement, write_statement
from commonhold.releases.model_log import read_model_log
from commonhold.releases.promote import export_release, promote, sign
from commonhold.signatures.private_key import PrivateKey, make_private_key
from commonhold.stages.workspace import Workspace


@pytest.fixture(scope="module")
def keys() -> Keys:
    return make_keys()


@pytest.fixture(scope="module")
def other() -> PrivateKey:
    """Somebody at a university."""
    return make_private_key("ed25519")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    return assemble(toy_inputs(folder / "stages"), folder / "bundle").path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "work")


@pytest.fixture
def digest(workspace: Workspace, bundle: Path, keys: Keys) -> str:
    """Of a bundle that is published and signed."""
    digest = release(workspace, bundle, keys)
    sign(workspace, MODEL, keys.publisher)
    return digest


def events(workspace: Workspace) -> list[str]:
    return [entry.event for entry in read_model_log(workspace, MODEL)]


def sent(folder: Path, data: bytes, name: str = "sent.json") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def test_a_statement_counts_at_once_and_for_the_stranger(
    workspace: Workspace, digest: str, keys: Keys, other: PrivateKey, tmp_path: Path
) -> None:
    file = sent(tmp_path, sign_reproduction(statement(digest), other))
    taken = add_statement(workspace, MODEL, file, other.public)
    assert (taken.said.grade, taken.bundle.version, taken.line) == ("R1", 1, "independently reproduced: 1 (R1)")
    export_release(workspace, MODEL, tmp_path / "out")
    found = verify(tmp_path / "out", trust=Trust(key=keys.publisher.public, reproducers=(other.public,)))
    assert any(line.startswith("reproduced by 1 other, as they have signed: R1 (key ") for line in found.proven)
    assert (tmp_path / "out/bundle/manifest.json").read_bytes() == (
        workspace.objects / "publish/first/bundle/manifest.json"
    ).read_bytes()
    page = (tmp_path / "out/attestations/reproductions.md").read_text(encoding="utf-8")
    assert page.startswith("# Who made water-desk again\n\nindependently reproduced: 1 (R1)\n")


def test_the_same_statement_twice_is_one(workspace: Workspace, digest: str, other: PrivateKey, tmp_path: Path) -> None:
    file = sent(tmp_path, sign_reproduction(statement(digest), other))
    for _ in range(2):
        assert add_statement(workspace, MODEL, file, other.public).line == "independently reproduced: 1 (R1)"
    assert events(workspace) == ["published", "signed", "reproduced"]


def test_the_model_is_approved_and_promoted_after_somebody_made_it_again(
    workspace: Workspace, digest: str, keys: Keys, other: PrivateKey, tmp_path: Path
) -> None:
    add_statement(workspace, MODEL, sent(tmp_path, sign_reproduction(statement(digest), other)), other.public)
    for name in ("Ana", "Ben"):
        approve_release(workspace, MODEL, keys.stewards[name])
    promote(workspace, MODEL, keys.publisher)
    assert events(workspace)[-1] == "promoted"


def test_what_does_not_count_is_refused_and_not_logged(
    workspace: Workspace, digest: str, keys: Keys, other: PrivateKey, tmp_path: Path
) -> None:
    good = sign_reproduction(statement(digest), other)
    stranger = make_private_key("p256")
    for data, by, error, trouble in (
        (good[:-9] + b"}" * 9, other, FormError, "Ask for the file to be sent again"),
        (statement_payload(statement(digest)), other, FormError, "is an envelope without"),
        (sign_reproduction(statement("0" * 64), other), other, RequestError, "bundle 000000000000…, not water-desk"),
        (good, stranger, RequestError, "and you know"),
        (sign_reproduction(statement(digest), keys.publisher), keys.publisher, RequestError, "does not count as indep"),
        (
            sign_reproduction(statement(digest), keys.stewards["Ben"]),
            keys.stewards["Ben"],
            RequestError,
            "of a steward",
        ),
    ):
        with pytest.raises(error, match=trouble):
            add_statement(workspace, MODEL, sent(tmp_path, data), by.public)
    with pytest.raises(MissingInputError, match="there is no such file"):
        add_statement(workspace, MODEL, tmp_path / "nowhere", other.public)
    assert events(workspace) == ["published", "signed"]


FOUND = Reproduction(MODEL, "cd" * 32, "R2", 0, (ReproductionCheck("weights", False, "off by 1e-6", near=True),), False)


def test_what_came_of_a_reproduction_is_written_and_signed(other: PrivateKey, tmp_path: Path) -> None:
    write_statement(FOUND, other, tmp_path / "said.json")
    said, key = read_signed_statement((tmp_path / "said.json").read_bytes())
    assert key == other.public
    assert (said.model, said.bundle_sha256, said.grade, said.steps) == (MODEL, "cd" * 32, "R2", 0)
    assert said.compared == ({"what": "weights", "equal": False, "near": True, "text": "off by 1e-6"},)
    assert said.made_with["processor"]


def test_a_statement_is_signed_later_where_the_key_is(other: PrivateKey, tmp_path: Path) -> None:
    path = tmp_path / "said.json"
    write_statement(FOUND, None, path)
    before = path.read_bytes()
    sign_statement(path, other)
    said, key = read_signed_statement(path.read_bytes())
    assert key == other.public
    assert statement_payload(said._replace(reproducer="")) == before
    with pytest.raises(FormError, match="commonhold reproduce BUNDLE --statement FILE"):
        sign_statement(path, other)
