"""A toy workspace: runs whose artifact folders hold the files that real stages leave, a few lines each."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.provenance.ledgers import PLACES, Told, ledger_on, own_ledger_in
from tests.provenance.team_server import WHAT_TO_INSTALL, TeamServer, postgresql_programs, team_server
from tests.summaries import CURATION

from commonhold.provenance.capture import CapturedEnvironment
from commonhold.provenance.mlflow_ledger import MlflowLedger
from commonhold.provenance.mlflow_server import URI_VARIABLE
from commonhold.provenance.runs import Figure, RecipeState, Run, RunFolder, StageStatus, read_run
from commonhold.records.artifact import Artifact
from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.records.run_environment import CodeState, Environment, Machine

NOON = datetime(2025, 3, 4, 12, 0, 0, tzinfo=UTC)
SURROUNDINGS = CapturedEnvironment(
    CodeState("0.1.0", "c0de" * 16, "abc123", True),
    Environment("CPython 3.11.7", "Linux 6 x86_64", {"torch": "2.13.0"}, "e0" * 32, {"OMP_NUM_THREADS": "1"}),
    Machine("AMD EPYC", "AVX512", 2, 8 << 30, (), ""),
)
RESOLVED: dict[str, Any] = {
    "recipe": 1,
    "name": "water-desk",
    "seed": 42,
    "governance": {"purpose": "Answer the questions of the water desk."},
    "data": {"folder": "../community_data/riverbend", "redact": ["email", "phone"], "max_records": None},
    "base": {"id": "toy-base", "quantisation": "nf4"},
    "train": {"epochs": 2, "gradient_checkpointing": False, "lora": {"rank": 8}},
    "evaluate": {"tasks": ["tasks/desk"], "gates": [{"task": "desk", "min_gain": 0.0}]},
    "publish": {"model": "water.desk", "licence": "Apache-2.0", "merged": True},
    "serve": {"port": 8080},
}
EXAMPLES = '{"prompt": "¿Hay agua?", "completion": "Sí."}\n{"prompt": "When?", "completion": "At six."}\n'
LOG = (
    '{"step": 1, "loss": 2.0, "learning_rate": 0.001, "grad_norm": 0.5, "tokens": 100, "seconds": 2.0}\n'
    '{"step": 2, "loss": 1.0, "learning_rate": 0.0005, "grad_norm": NaN, "tokens": 250, "seconds": 5.0}\n'
    '{"step": 2, "eval_loss": 1.5}\n'
)
OVERALL = {
    "name": "all",
    "items": 20,
    "base": 0.25,
    "tuned": 0.75,
    "base_interval": [0.1, 0.5],
    "tuned_interval": [0.53, 0.89],
    "difference": 0.5,
    "difference_interval": [0.2, 0.7],
    "wins": 11,
    "losses": 1,
}
RESULTS: dict[str, Any] = {
    "results": [
        {"task": "desk", "title": "Desk", "scorer": "exact/1", "overall": OVERALL, "slices": [], "contaminated": 0}
    ],
    "gates": [
        {"name": "desk gain", "verdict": "pass", "reason": "+0.50 (0.20 to 0.70)"},
        {"name": "desk loss", "verdict": "inconclusive", "reason": "too few items"},
    ],
}
SCORES = (
    '{"task": "desk", "item_id": "2", "prompt": "b", "expected": "B", "base": 0.0, "tuned": 1.0}\n'
    '{"task": "desk", "item_id": "1", "prompt": "a", "expected": "A", "base": 1.0, "tuned": 1.0}\n'
)


ARTIFACTS: dict[str, dict[str, str]] = {
    "curate": {
        "summary.json": json.dumps({**CURATION, "kept": 2, "consent_basis": "opt_in", "contributors": {"id": 2}}),
        "report.html": "<p>2 kept",
        "examples.jsonl": EXAMPLES,
    },
    "train": {"summary.json": "{}", "log.jsonl": LOG, "adapter/adapter_config.json": "{}"},
    "evaluate": {"results.json": json.dumps(RESULTS), "scores.jsonl": SCORES, "report.html": "<p>fine"},
    "publish": {
        "bundle/README.md": "# Water desk",
        "bundle/record.json": "{}",
        "bundle/adapter/adapter_model.safetensors": "weights",
        "bundle/merged/model.safetensors": "many weights",
    },
}


@dataclass(frozen=True, slots=True)
class Workplace:
    """A workspace in which runs leave toy artifacts."""

    path: Path

    def begin(self, **sections: Any) -> RunFolder:
        """Begins a run; named arguments replace sections of its recipe."""
        recipe = RecipeState("water-desk", "5ec1" * 16, ResolvedRecipe({**RESOLVED, **sections}), ("train.epochs=2",))
        return RunFolder.create(self.path, recipe, ["commonhold", "run", "water.yaml"], SURROUNDINGS)

    def artifact(self, stage: str, digest: str, files: Mapping[str, str]) -> Artifact:
        """Makes a finished folder in the store."""
        folder = self.path / ".commonhold" / stage / digest
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return Artifact(stage, f"key-{stage}", digest, folder)

    def whole_run(
        self,
        bundle: str = "b1",
        alias: str = "candidate",
        status: StageStatus = "done",
        start: datetime = NOON,
        changed: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Run:
        """A run through four stages, ten seconds each, the first at `start` and each a minute after the one before."""
        figures: dict[str, dict[str, Figure]] = {
            "curate": {"kept": 2},
            "train": {"eval_loss": 1.5, "base_digest": "ba5e"},
            "evaluate": {},
            "publish": {"bundle_sha256": bundle, **({"alias": alias} if alias else {})},
        }
        with self.begin() as run:
            for minute, (stage, files) in enumerate(ARTIFACTS.items()):
                digest = bundle if stage == "publish" else f"{stage}-digest"
                made = self.artifact(stage, digest, {**files, **(changed or {}).get(stage, {})})
                at = start + timedelta(minutes=minute)
                run.record(stage, made.key, status, started=at, seconds=10.0, artifact=made, figures=figures[stage])
        return read_run(run.path)


@pytest.fixture(scope="session")
def workplace_at() -> Callable[[Path], Workplace]:
    """A toy workspace in a folder, for tests that share one."""
    return Workplace


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """An empty workspace."""
    return tmp_path.resolve() / "workspace"


@pytest.fixture
def begin(workspace: Path) -> Callable[..., RunFolder]:
    """Begins a run in the workspace."""
    return Workplace(workspace).begin


@pytest.fixture
def whole_run(workspace: Path) -> Callable[..., Run]:
    """Makes a run through all four stages in the workspace."""
    return Workplace(workspace).whole_run


@pytest.fixture(scope="session")
def server() -> Iterator[TeamServer]:
    """A group's MLflow server on PostgreSQL: one for all tests, because it takes half a minute to start."""
    programs = postgresql_programs()
    if programs is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(WHAT_TO_INSTALL)
    with team_server(programs) as started:
        yield started


@pytest.fixture(autouse=True)
def own_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test writes to a server that the person at the keyboard uses."""
    monkeypatch.delenv(URI_VARIABLE, raising=False)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with MLflow's tables: making one takes seconds, copying it none."""
    folder = tmp_path_factory.mktemp("mlflow-template")
    (folder / "mlflow").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(URI_VARIABLE, raising=False)
        MlflowLedger(folder).client().search_experiments()
    return folder / "mlflow" / "mlflow.db"


@pytest.fixture
def own_ledger(empty_database: Path, workspace: Path) -> MlflowLedger:
    """The workspace's own ledger, which knows nothing yet."""
    return own_ledger_in(workspace, empty_database)


def _ledger_of(request: pytest.FixtureRequest, workspace: Path, patch: pytest.MonkeyPatch) -> MlflowLedger:
    if request.param == "own":
        patch.delenv(URI_VARIABLE, raising=False)
        return own_ledger_in(workspace, request.getfixturevalue("empty_database"))
    return ledger_on(request.getfixturevalue("server"), workspace, patch)


@pytest.fixture(params=PLACES)
def ledger(request: pytest.FixtureRequest, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> MlflowLedger:
    """A ledger that knows nothing yet: the workspace's own, or a group's server."""
    return _ledger_of(request, workspace, monkeypatch)


@pytest.fixture(scope="module", params=PLACES)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """One run through all stages, told once; tests that share it only look."""
    workspace = tmp_path_factory.mktemp("told").resolve() / "workspace"
    run = Workplace(workspace).whole_run(changed={"evaluate": {"scores.parquet": "a table"}})
    (run.folder / "comparisons").mkdir()
    (run.folder / "comparisons" / "earlier.html").write_text("<p>better", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        ledger = _ledger_of(request, workspace, patch)
        yield Told(run, ledger, ledger.record_run(run), ledger.client())
