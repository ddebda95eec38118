"""Runs in MLflow, for comparing them: a copy of what is on disk, which can be deleted and rebuilt at any time.

MLflow's own captures are not used: its data digest does not see chat columns or rows after 10,000, its transformers
flavour writes wrong weights for an adapter on a local base, and its callback logs 170 parameters (all in 3.17.2).
"""

import contextlib
import itertools
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from commonhold.errors import BusyError
from commonhold.files import locked
from commonhold.provenance.entries import AliasEntry, DatasetEntry, MetricPoint, ModelEntry, RunEntry
from commonhold.provenance.ledger import LedgerError
from commonhold.provenance.mapping import EXPERIMENT_ID, entry_of
from commonhold.provenance.mlflow_server import QUIET, URI_VARIABLE, mlflow_folder, tracking_uri, without_password
from commonhold.provenance.mlmodel import FILE_NAME, mlmodel_text
from commonhold.provenance.pending_runs import Delivery, deliver_all
from commonhold.provenance.runs import Run

STATUSES = {"running": "RUNNING", "done": "FINISHED", "failed": "FAILED", "interrupted": "KILLED"}
METRICS_AT_ONCE = 800
TAGS_AT_ONCE = 100
"""And parameters; with them and the metrics, the thousand that MLflow takes in one request."""
LONGEST_PARAM = 6000
LONGEST_TAG = 8000
LONGEST_INPUT_TAG = 500
LONGEST_VERSION_TAG = 5000
DIGEST_DIGITS = 36
VERSION_TAGS = ("gate", "base.id", "bundle.sha256")
"""What the registry's table shows of a version; the rest is on its logged model and its run."""
CLASHES = frozenset({"RESOURCE_ALREADY_EXISTS", "BAD_REQUEST"})
"""What a server that others write to answers the second of two that make an experiment, a model or a data set."""
MOST_CLASHES = 3
IDENTITY = ("commonhold.", "mlflow.")
NOT_COPIED = frozenset({"merged", "gguf"})
"""Folders of a bundle that stay in the store: the whole weights, ten times the adapter, can be made of it again."""


def rebuild(workspace: Path) -> Delivery:
    """Brings every run of a workspace into MLflow, in the order in which they happened. Deletes nothing."""
    return deliver_all(workspace, MlflowLedger(workspace))


class MlflowLedger:
    """A workspace's runs in its own SQLite database, or at the address in `MLFLOW_TRACKING_URI`."""

    def __init__(self, workspace: Path, seconds_to_wait: float = 120.0) -> None:
        self.folder = mlflow_folder(workspace)
        self.uri = tracking_uri(workspace)
        self.seconds_to_wait = seconds_to_wait
        """For another process that writes to the same ledger."""

    @property
    def place(self) -> str:
        """The address, without a password."""
        return without_password(self.uri)

    def record_run(self, run: Run) -> str:
        """Writes a run, or brings an earlier writing of it up to date; gives MLflow's run id.

        Raises:
            LedgerError: MLflow cannot be reached, is not installed, or refuses.
            BusyError: another process has been writing for longer than `seconds_to_wait`.
        """
        entry = entry_of(run)
        # One writer at a time: two that create the database at once break its migrations, and two that look for
        # the same run at once both make it.
        with _turn(self.folder / "import.lock", self.seconds_to_wait), _refusals(self.place):
            root = self._artifact_root(entry.experiment)
            return _despite_clashes(lambda: _Import(self.client(), entry, self.uri, root).run())

    def record_aliases(self, entry: AliasEntry) -> tuple[str, ...]:
        """Puts a model's aliases where its log says; gives the digests of bundles that MLflow has not heard of.

        Raises:
            LedgerError: MLflow cannot be reached, is not installed, or refuses.
            BusyError: another process has been writing for longer than `seconds_to_wait`.
        """
        with _turn(self.folder / "import.lock", self.seconds_to_wait), _refusals(self.place):
            return _move_aliases(self.client(), entry)

    def client(self) -> Any:
        """An `MlflowClient` of this ledger; the first one of a workspace creates its database."""
        _be_quiet()
        from mlflow import MlflowClient

        return MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    def _artifact_root(self, experiment: str) -> str | None:
        """Where files go; a server that the user chose decides that itself."""
        own = self.uri == f"sqlite:///{self.folder / 'mlflow.db'}"
        return (self.folder / "artifacts" / experiment).as_uri() if own else None


def _be_quiet() -> None:
    """Has to come before anything loads MLflow, which reads most of this once."""
    os.environ.update(QUIET)
    # A server that is down should cost seconds: the run is kept and sent later.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")


@contextlib.contextmanager
def _turn(path: Path, seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    with contextlib.ExitStack() as stack:
        while True:
            try:
                stack.enter_context(locked(path, "bringing runs into MLflow"))
                break
            except BusyError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.1)
        yield


@contextlib.contextmanager
def _refusals(address: str) -> Iterator[None]:
    _be_quiet()
    try:
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError as error:
        raise LedgerError(f"MLflow cannot be loaded ({error}). Run: pip install mlflow") from error
    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        first_line = re.sub(r"://[^/@\s]+@", "://", str(error).strip().partition("\n")[0])[:300]
        raise LedgerError(f"MLflow at {address} refuses: {first_line}") from error


def _despite_clashes(bring: Callable[[], str]) -> str:
    """Brings a run in again where somebody else made the same thing at the same moment: now it is found."""
    from mlflow.exceptions import MlflowException

    for _ in range(MOST_CLASHES):
        try:
            return bring()
        except MlflowException as error:
            if error.error_code not in CLASHES:
                raise
    return bring()


class _Import:
    """Brings one entry into MLflow; every step finds what an earlier attempt left and completes it."""

    def __init__(self, client: Any, entry: RunEntry, uri: str, artifact_root: str | None) -> None:
        self.client = client
        self.uri = uri
        self.entry = entry
        self.experiment_id = self._experiment(artifact_root)

    def run(self) -> str:
        entry = self.entry
        existing = self._runs(f"tags.`commonhold.run_id` = '{entry.id}'")
        run = existing[0] if existing else self._create(entry.name, entry.started, entry.tags)
        run_id = str(run.info.run_id)
        # A parameter cannot be changed, only added.
        params = {key: value for key, value in entry.params.items() if _key(key) not in run.data.params}
        self._log(run_id, entry.tags, params)
        self._datasets(run_id, entry.datasets)
        model_ids = [self._model(run_id, model) for model in entry.models]
        self._log(run_id, metrics=_metrics(entry.metrics, model_ids[-1] if model_ids else None))
        for folder, path in entry.files:
            self.client.log_artifact(run_id, str(path), folder or None)
        stages = {each.data.tags.get("stage"): each for each in self._runs(f"tags.`mlflow.parentRunId` = '{run_id}'")}
        for stage in entry.stages:
            tags = {**stage.tags, "mlflow.parentRunId": run_id}
            # A curve's legend shows the name alone.
            child = stages.get(stage.name) or self._create(f"{entry.name} {stage.name}", stage.started, tags)
            stages[stage.name] = child
            self._log(child.info.run_id, tags, metrics=_metrics(stage.metrics))
            self._end(child.info.run_id, stage.status, stage.ended)
        self._end(run_id, entry.status, entry.ended)
        return run_id

    def _experiment(self, artifact_root: str | None) -> str:
        existing = self.client.get_experiment_by_name(self.entry.experiment)
        tags = existing.tags if existing else {}
        if existing is None:
            experiment_id = self.client.create_experiment(self.entry.experiment, artifact_location=artifact_root)
        else:
            experiment_id = existing.experiment_id
            if existing.lifecycle_stage == "deleted":
                self.client.restore_experiment(experiment_id)
        for key, template in self.entry.experiment_tags.items():
            value = template.replace(EXPERIMENT_ID, experiment_id)
            if tags.get(key) != value:
                self.client.set_experiment_tag(experiment_id, key, value)
        return str(experiment_id)

    def _runs(self, condition: str) -> list[Any]:
        return list(self.client.search_runs([self.experiment_id], condition))

    def _create(self, name: str, started: datetime, tags: Mapping[str, str]) -> Any:
        # The identifying tags are there from the first moment, so that an import that dies now is found again.
        identity = {key: value for key, value in tags.items() if key == "stage" or key.startswith(IDENTITY)}
        source = {"mlflow.source.name": "commonhold", "mlflow.source.type": "LOCAL"}
        return self.client.create_run(
            self.experiment_id, start_time=_milliseconds(started), tags={**source, **identity}, run_name=name
        )

    def _end(self, run_id: str, status: str, ended: datetime | None) -> None:
        if ended is not None:
            self.client.set_terminated(run_id, STATUSES[status], _milliseconds(ended))

    def _log(
        self,
        run_id: str,
        tags: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        metrics: Sequence[Any] = (),
    ) -> None:
        """In as few requests as MLflow allows: on a server, each one costs about as much as all that it carries."""
        from mlflow.entities import Param, RunTag

        all_tags = [RunTag(_key(key), _cut(value, LONGEST_TAG)) for key, value in (tags or {}).items()]
        all_params = [Param(_key(key), _cut(value, LONGEST_PARAM)) for key, value in (params or {}).items()]
        batches = itertools.zip_longest(
            _batches(metrics, METRICS_AT_ONCE),
            _batches(all_params, TAGS_AT_ONCE),
            _batches(all_tags, TAGS_AT_ONCE),
            fillvalue=(),
        )
        for some_metrics, some_params, some_tags in batches:
            self.client.log_batch(run_id, some_metrics, some_params, some_tags)

    def _datasets(self, run_id: str, datasets: Sequence[DatasetEntry]) -> None:
        from mlflow.entities import Dataset, DatasetInput, InputTag

        inputs = [
            DatasetInput(
                Dataset(
                    name=dataset.name,
                    digest=dataset.sha256[:DIGEST_DIGITS],  # all that the field holds
                    source_type="commonhold",
                    source=json.dumps({"path": dataset.source, "sha256": dataset.sha256}),
                    profile=json.dumps(dataset.profile),
                ),
                [InputTag(key, _cut(value, LONGEST_INPUT_TAG)) for key, value in _input_tags(dataset).items()],
            )
            for dataset in datasets
        ]
        if inputs:
            self.client.log_inputs(run_id, inputs)

    def _model(self, run_id: str, model: ModelEntry) -> str:
        """The bundle as a logged model, one for each digest, and its version in the registry."""
        from mlflow.entities import LoggedModelOutput

        condition = f"tags.`bundle.sha256` = '{model.sha256}'"
        existing = self.client.search_logged_models([self.experiment_id], condition, max_results=1)
        logged = existing[0] if existing else self._create_logged_model(run_id, model)
        self._say_how_to_load(logged.model_id)
        if str(logged.status) != "READY":
            for path in sorted(model.folder.iterdir()):
                if path.name not in NOT_COPIED:
                    upload = self.client.log_model_artifacts if path.is_dir() else self.client.log_model_artifact
                    upload(logged.model_id, str(path), *([path.name] if path.is_dir() else []))
            self.client.finalize_logged_model(logged.model_id, "READY")
        outputs = self.client.get_run(run_id).outputs
        if logged.model_id not in [output.model_id for output in (outputs.model_outputs if outputs else [])]:
            self.client.log_outputs(run_id, [LoggedModelOutput(logged.model_id, step=0)])
        self._register(run_id, logged.model_id, model)
        return str(logged.model_id)

    def _say_how_to_load(self, model_id: str) -> None:
        """Puts the file beside the copied bundle by which `mlflow.pyfunc.load_model` answers; once a model."""
        if FILE_NAME in [file.path for file in self.client.list_logged_model_artifacts(model_id)]:
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FILE_NAME
            path.write_text(mlmodel_text(model_id), encoding="utf-8")
            self.client.log_model_artifact(model_id, str(path))

    def _create_logged_model(self, run_id: str, model: ModelEntry) -> Any:
        name = re.sub(r"[/:.%\"']", "-", model.name)  # stricter than the registry, which takes the name as it is
        return self.client.create_logged_model(
            self.experiment_id, name=name, source_run_id=run_id, tags=dict(model.tags), model_type="lora-adapter"
        )

    def _register(self, run_id: str, model_id: str, model: ModelEntry) -> None:
        client, by_name = self.client, f"name = '{model.name}'"
        registered = client.search_registered_models(by_name)
        registered_model = (
            registered[0] if registered else client.create_registered_model(model.name, description=model.purpose)
        )
        tags = registered_model.tags
        versions = client.search_model_versions(f"{by_name} and tags.`bundle.sha256` = '{model.sha256}'")
        version = versions[0] if versions else self._create_version(run_id, model_id, model)
        # An older run that is imported again must not take the alias back.
        since, key = model.since.isoformat(), f"alias.{model.alias}.since"
        if model.alias and since >= tags.get(key, ""):
            client.set_registered_model_alias(model.name, model.alias, version.version)
            client.set_registered_model_tag(model.name, key, since)

    def _create_version(self, run_id: str, model_id: str, model: ModelEntry) -> Any:
        # MLflow 3.17.2 looks the logged model up in the default store, whatever store its client was made for.
        before = os.environ.get(URI_VARIABLE)
        os.environ[URI_VARIABLE] = self.uri
        try:
            return self.client.create_model_version(
                model.name,
                source=f"models:/{model_id}",
                run_id=run_id,
                tags={name: model.tags[name] for name in VERSION_TAGS if name in model.tags},
                description=model.description,
                model_id=model_id,
            )
        finally:
            os.environ.pop(URI_VARIABLE)
            if before is not None:
                os.environ[URI_VARIABLE] = before


def _metrics(points: Sequence[MetricPoint], model_id: str | None = None) -> list[Any]:
    """Scores on a data set also belong to the model, where there is one. What is there already is not doubled."""
    from mlflow.entities import Metric

    return [
        Metric(
            key=_key(point.key),
            value=point.value,
            timestamp=_milliseconds(point.at),
            step=point.step,
            model_id=model_id if point.dataset else None,
            dataset_name=point.dataset.name if point.dataset else None,
            dataset_digest=point.dataset.sha256[:DIGEST_DIGITS] if point.dataset else None,
        )
        for point in points
    ]


def _move_aliases(client: Any, entry: AliasEntry) -> tuple[str, ...]:
    by_name = f"name = '{entry.model}'"
    registered = client.search_registered_models(by_name)
    versions = {
        version.tags["bundle.sha256"]: version.version
        for version in (client.search_model_versions(by_name) if registered else [])
        if "bundle.sha256" in version.tags
    }
    # Tags first: whoever sees an alias move can see why.
    for sha256, reason in entry.withdrawn.items():
        if sha256 in versions:
            client.set_model_version_tag(entry.model, versions[sha256], "withdrawn", _cut(reason, LONGEST_VERSION_TAG))
    set_now = dict(registered[0].aliases) if registered else {}
    for alias, sha256 in entry.aliases.items():
        if sha256 in versions:
            client.set_registered_model_alias(entry.model, alias, versions[sha256])
        elif not sha256 and alias in set_now:
            client.delete_registered_model_alias(entry.model, alias)
    return tuple(sha256 for sha256 in entry.aliases.values() if sha256 and sha256 not in versions)


def _input_tags(dataset: DatasetEntry) -> dict[str, str]:
    return {"mlflow.data.context": dataset.context, "sha256": dataset.sha256, **dataset.tags}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _key(name: str) -> str:
    """A name that MLflow takes."""
    return re.sub(r"[^/\w.\- :]", "_", name)[:250]


def _cut(text: str, limit: int) -> str:
    mark = " … (cut)"
    return text if len(text) <= limit else text[: limit - len(mark)] + mark


def _batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
