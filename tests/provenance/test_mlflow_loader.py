"""`mlflow.pyfunc.load_model` answers as the evaluation's model did, out of a real MLflow on SQLite, without pickles."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.provenance.ledgers import own_ledger_in
from tests.toys import CPU, make_adapter, make_base

from commonhold.digests import digests_below
from commonhold.errors import DigestError, MissingInputError, MissingModelError
from commonhold.files import write_json
from commonhold.models.chat_template import conversation
from commonhold.models.generation import BatchGenerator
from commonhold.models.load import load_tokenizer
from commonhold.models.merge import load_tuned
from commonhold.provenance.entries import AliasEntry
from commonhold.provenance.mlflow_ledger import MlflowLedger
from commonhold.provenance.mlflow_loader import _load_pyfunc
from commonhold.provenance.runs import Run
from commonhold.records.weights import BaseWeights

pytestmark = [
    # SQLAlchemy 2.1 on what MLflow 3.17 does when it is loaded
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning"),
    # MLflow on its own types, when its pyfunc is loaded
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]
URI = "models:/water.desk@champion"
QUESTIONS = ["Where is the well?", "The pump is broken."]


class Published(NamedTuple):
    """A toy model that MLflow was told about; tests that share it only look."""

    run: Run
    ledger: MlflowLedger
    base: BaseWeights
    bundle: Path
    before: dict[str, str]
    """Digests of the bundle's files before MLflow heard of it."""

    @property
    def copy(self) -> Path:
        """The bundle as MLflow has it."""
        (folder,) = self.ledger.folder.glob("artifacts/*/models/*/artifacts")
        return folder


def _fill(bundle: Path, base: BaseWeights) -> None:
    """Makes a bundle of the toy run one that can answer."""
    shutil.rmtree(bundle / "adapter")
    make_adapter(base, bundle / "adapter", scale=0.3)
    said = {"id": base.id, "revision": base.revision, "licence": base.licence, "files": dict(base.files)}
    record = {"base": {**said, "sha256": base.digest, "quantisation": "nf4"}, "recipe": {"system_prompt": "Be brief."}}
    write_json(bundle / "record.json", record)
    write_json(bundle / "recipe" / "resolved.json", {"base": {"precision": "float32"}, "serve": {"max_new_tokens": 8}})
    files = {path: {"sha256": sha256, "bytes": 0} for path, sha256 in digests_below(bundle).items()}
    write_json(bundle / "manifest.json", {"files": files})


@pytest.fixture(scope="module")
def published(
    empty_database: Path, workplace_at: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory
) -> Published:
    """A toy base in the workspace, and an adapter on it that is the champion."""
    workspace = tmp_path_factory.mktemp("champion").resolve() / "workspace"
    base = make_base(workspace / "bases" / "toy")
    write_json(base.path / "base.lock.json", {"revision": base.revision, "origin": "toy", "files": dict(base.files)})
    run = workplace_at(workspace).whole_run()
    (bundle,) = workspace.glob(".commonhold/publish/*/bundle")
    _fill(bundle, base)
    before = digests_below(bundle)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        ledger = own_ledger_in(workspace, empty_database)
        ledger.record_run(run)
        ledger.record_aliases(AliasEntry("water.desk", {"champion": "b1"}, {}))
    return Published(run, ledger, base, bundle, before)


@pytest.fixture
def mlflow(published: Published, monkeypatch: pytest.MonkeyPatch) -> Any:
    """MLflow as a researcher has it in front of them, pickles forbidden."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", published.ledger.uri)
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    import mlflow.pyfunc

    return mlflow


def _replies(published: Published, max_new_tokens: int) -> list[str]:
    model = load_tuned(published.base, published.bundle / "adapter", "nf4", CPU)
    answerer = BatchGenerator(model, load_tokenizer(published.base.path), adapter=True)
    return answerer.generate([conversation(each, "Be brief.") for each in QUESTIONS], max_new_tokens)


def test_champion_answers_as_the_evaluated_model_does(published: Published, mlflow: Any) -> None:
    champion = mlflow.pyfunc.load_model(URI)
    replies = _replies(published, 8)
    assert champion.predict(QUESTIONS) == replies
    assert len(set(replies)) == 2
    chats = [[{"role": "user", "content": each}] for each in QUESTIONS]
    assert champion.predict(chats) == replies
    assert champion.predict([]) == []


def test_own_system_message_replaces_the_recipes(published: Published, mlflow: Any) -> None:
    champion = mlflow.pyfunc.load_model(URI)
    own = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTIONS[0]}]
    assert champion.predict(own) == _replies(published, 8)[:1]
    other = [{"role": "system", "content": "Rhyme at great length."}, *own[1:]]
    assert champion.predict(other) != champion.predict(own)


def test_longest_reply_and_base_can_be_set(published: Published, mlflow: Any, tmp_path: Path) -> None:
    shutil.copytree(published.base.path, tmp_path / "base")
    settings = {"base": str(tmp_path / "base"), "max_new_tokens": 3}
    champion = mlflow.pyfunc.load_model(URI, model_config=settings)
    assert champion.predict(QUESTIONS) == _replies(published, 3)


def test_no_pickle_is_among_mlflows_files(published: Published) -> None:
    files = sorted(published.ledger.folder.glob("artifacts/**/*"))
    beginnings = {path: path.read_bytes()[:2] for path in files if path.is_file()}
    assert len(beginnings) > 10
    assert [path for path, begun in beginnings.items() if begun[:1] == b"\x80" or begun == b"PK"] == []
    assert [path for path in files if path.suffix in {".pkl", ".pickle", ".joblib", ".bin", ".pt", ".pth"}] == []


def test_bundle_is_byte_for_byte_what_it_was(published: Published) -> None:
    assert digests_below(published.bundle) == published.before
    assert "MLmodel" not in published.before
    added = set(digests_below(published.copy)) - set(published.before)
    assert added - {"registered_model_meta"} == {"MLmodel"}  # the latter is MLflow's own, written when it loads one


def test_model_that_an_earlier_version_registered_answers_after_the_next_import(published: Published) -> None:
    (published.copy / "MLmodel").unlink()
    published.ledger.record_run(published.run)
    assert "commonhold.provenance.mlflow_loader" in (published.copy / "MLmodel").read_text()


def _moved(published: Published, folder: Path) -> Path:
    """A copy of the bundle in a folder where no workspace is near."""
    shutil.copytree(published.copy, folder / "bundle")
    return folder / "bundle"


def test_without_the_base_the_message_says_what_to_do(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingModelError) as caught:
        _load_pyfunc(str(_moved(published, tmp_path)))
    said = str(caught.value)
    assert said.startswith(f"toy at {'0' * 40}: the weights that the model changes are not on this machine")
    assert said.endswith(
        "Run: commonhold fetch toy, or name its folder: mlflow.pyfunc.load_model(..., model_config={'base': 'FOLDER'})"
    )


def test_base_of_the_workspace_in_the_present_folder_is_found(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(published.base.path, tmp_path / ".commonhold" / "bases" / "toy")
    monkeypatch.chdir(tmp_path)
    assert _load_pyfunc(str(_moved(published, tmp_path))).predict(QUESTIONS) == _replies(published, 8)


@pytest.mark.parametrize(
    "name", ["adapter/adapter_model.safetensors", "adapter/adapter_config.json", "record.json", "recipe/resolved.json"]
)
def test_file_of_mlflows_copy_that_was_changed_is_refused(published: Published, tmp_path: Path, name: str) -> None:
    bundle = _moved(published, tmp_path)
    with (bundle / name).open("ab") as stream:
        stream.write(b" ")
    with pytest.raises(DigestError, match=f"{name}: not the file that was published"):
        _load_pyfunc(str(bundle))


def test_adapter_that_the_manifest_does_not_list_is_refused(published: Published, tmp_path: Path) -> None:
    bundle = _moved(published, tmp_path)
    write_json(bundle / "manifest.json", {"files": {}})
    with pytest.raises(DigestError, match="not the file that was published"):
        _load_pyfunc(str(bundle))


def test_folder_without_a_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"there is no manifest\.json, so this is no published model"):
        _load_pyfunc(str(tmp_path))
