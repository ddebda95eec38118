"""A run is a folder: `run.json` says what was asked, `events.jsonl` what became of it, one line a stage.

A line is on the disk before the next stage begins. The process that writes a run holds a lock on its events, which the
operating system frees when that process dies: so a reader can tell a run that goes on from one that was cut off.
"""

import fcntl
import json
import math
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from commonhold.errors import MissingInputError, RequestError
from commonhold.files import read_json, space_needed, write_json
from commonhold.provenance.capture import CapturedEnvironment
from commonhold.records.artifact import Artifact
from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.records.run_environment import CodeState, Environment, Machine
from commonhold.strict_json import JsonObject

StageStatus = Literal["done", "reused", "failed", "interrupted"]
Outcome = Literal["done", "failed", "interrupted"]
RunStatus = Literal["running", "done", "failed", "interrupted"]
Figure = float | int | str

HEADER = "run.json"
EVENTS = "events.jsonl"
COMPARISONS = "comparisons"
"""Folder of a run with pages that compare it with earlier ones."""


@dataclass(frozen=True, slots=True)
class RecipeState:
    """The recipe as a run found it."""

    name: str
    sha256: str
    """Digest of the file a person wrote."""
    resolved: ResolvedRecipe
    overrides: tuple[str, ...] = ()
    """`train.epochs=1` and the like, from the command line."""


@dataclass(frozen=True, slots=True)
class StageEvent:
    """What became of one stage."""

    stage: str
    key: str
    status: StageStatus
    started: datetime
    seconds: float
    artifact_digest: str
    """Empty, like the path, where the stage made nothing."""
    artifact_path: str
    """POSIX path relative to the workspace."""
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of one recipe, read back from its folder."""

    id: str
    workspace: Path
    recipe: RecipeState
    command: tuple[str, ...]
    captured: CapturedEnvironment
    started: datetime
    events: tuple[StageEvent, ...]
    status: RunStatus
    ended: datetime | None
    """`None` while it runs; where it was cut off, the end of the last stage that left a line."""
    figures: Mapping[str, Figure]

    @property
    def folder(self) -> Path:
        """Where the run is."""
        return runs_folder(self.workspace) / self.id

    @property
    def worked(self) -> bool:
        """Whether any stage ran, or everything was there already."""
        return any(event.status != "reused" for event in self.events)


def runs_folder(workspace: Path) -> Path:
    """Where the runs of a workspace lie."""
    return workspace / "runs"


class RunFolder:
    """The writing end of a run; as a context manager it records how the block ended, if nobody else did."""

    def __init__(self, workspace: Path, run_id: str) -> None:
        self.workspace = workspace
        self.id = run_id
        self.path = runs_folder(workspace) / run_id
        self._events = (self.path / EVENTS).open("ab", buffering=0)
        self._finished = False
        self.labels: dict[str, str] = {}
        """Figures that the run ends with however it ends, such as the sweep that it belongs to."""
        fcntl.flock(self._events, fcntl.LOCK_EX)

    @classmethod
    def create(
        cls, workspace: Path, recipe: RecipeState, command: Sequence[str], captured: CapturedEnvironment
    ) -> "RunFolder":
        """Begins a run now; its id sorts by the second.

        Raises:
            NoSpaceError: the disk is full.
        """
        started = datetime.now(UTC)
        run_id = f"{started:%Y%m%d-%H%M%S}-{recipe.name}-{secrets.token_hex(3)}"
        path = runs_folder(workspace) / run_id
        header = {
            "format": 1,
            "id": run_id,
            "started": started.isoformat(),
            "recipe": {**asdict(recipe), "resolved": recipe.resolved.sections},
            "command": list(command),
            **asdict(captured),
        }
        with space_needed(path):
            path.mkdir(parents=True)
            folder = cls(workspace, run_id)
        write_json(path / HEADER, header)
        return folder

    def record(
        self,
        stage: str,
        key: str,
        status: StageStatus,
        *,
        started: datetime,
        seconds: float,
        artifact: Artifact | None = None,
        figures: Mapping[str, Figure] | None = None,
    ) -> None:
        """Adds what became of a stage; it is on the disk when this returns.

        A figure that is NaN or infinite is kept as a word: a diverged training is a result.

        Raises:
            NoSpaceError: the disk is full.
            ValueError: the artifact lies outside the workspace, the run is finished, or `started` has no time zone.
        """
        if started.tzinfo is None:
            raise ValueError("started needs a time zone")
        line: JsonObject = {
            "kind": "stage",
            "stage": stage,
            "key": key,
            "status": status,
            "started": started.astimezone(UTC).isoformat(),
            "seconds": round(seconds, 3),
            "artifact_digest": artifact.digest if artifact else "",
            "artifact_path": _inside(artifact.path, self.workspace) if artifact else "",
            "figures": _plain(figures or {}),
        }
        self._append(line)

    def finish(self, status: Outcome, figures: Mapping[str, Figure] | None = None) -> None:
        """Closes the run; nothing can be added afterwards.

        Raises:
            NoSpaceError: the disk is full.
            ValueError: the run is finished already.
        """
        ended = datetime.now(UTC).isoformat()
        self._append(
            {"kind": "finish", "status": status, "ended": ended, "figures": _plain({**self.labels, **(figures or {})})}
        )
        self._finished = True
        self._events.close()

    def _append(self, line: JsonObject) -> None:
        if self._finished:
            raise ValueError(f"run {self.id} is finished")
        text = json.dumps(line, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
        handle = self._events.fileno()
        end = os.fstat(handle).st_size
        with space_needed(self.path):
            try:
                rest = text.encode()
                while rest:
                    rest = rest[os.write(handle, rest) :]
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, end)  # half a line would swallow the next one
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._finished:
                return
            if error is None:
                self.finish("done")
            else:
                outcome: Outcome = "failed" if isinstance(error, Exception) else "interrupted"
                self.finish(outcome, {"error": f"{type(error).__name__}: {error}"[:2000]})
        finally:
            self._events.close()


def _inside(path: Path, workspace: Path) -> str:
    return path.resolve().relative_to(workspace.resolve()).as_posix()


def _plain(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    return {
        name: str(value) if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in figures.items()
    }


def list_runs(workspace: Path) -> tuple[Run, ...]:
    """All runs of a workspace, oldest first; a folder without a header (its process died at once) is not a run."""
    folders = [header.parent for header in runs_folder(workspace).glob(f"*/{HEADER}")]
    return tuple(sorted(map(read_run, folders), key=lambda run: (run.started, run.id)))


def read_run(folder: Path) -> Run:
    """A run as its folder has it; an unfinished last line, torn by a crash, is left out.

    Raises:
        MissingInputError: there is no run in `folder`.
        RequestError: the folder was damaged by something other than a crash.
    """
    if not (folder / HEADER).is_file():
        raise MissingInputError(f"{folder}: there is no run here. Name a folder below runs/ of the workspace")
    # The lock is asked for first: whoever finishes in between has its last line read below.
    going_on = _is_locked(folder / EVENTS)
    lines = _whole_lines(folder / EVENTS)
    finish = next((line for line in lines if line["kind"] == "finish"), None)
    try:
        header = read_json(folder / HEADER)
        events = tuple(_event(line) for line in lines if line["kind"] == "stage")
        started = datetime.fromisoformat(header["started"])
        status, ended, figures = _end(finish, going_on, events, started)
        return Run(
            id=header["id"],
            workspace=folder.resolve().parent.parent,
            recipe=_recipe(header["recipe"]),
            command=tuple(header["command"]),
            captured=_captured(header),
            started=started,
            events=events,
            status=status,
            ended=ended,
            figures=figures,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(folder / HEADER, str(error)) from error


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _whole_lines(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes() if path.exists() else b""
    lines = []
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            lines.append(json.loads(line))
            lines[-1]["kind"]
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged(path, f"line {number} is not readable") from error
    return lines


def _damaged(path: Path, cause: str) -> RequestError:
    return RequestError(f"{path}: {cause}. Restore the file from a copy, or move its folder out of runs/")


def _event(line: Mapping[str, Any]) -> StageEvent:
    fields = {name: line[name] for name in StageEvent.__slots__}
    return StageEvent(**{**fields, "started": datetime.fromisoformat(line["started"])})


def _end(
    finish: Mapping[str, Any] | None, going_on: bool, events: tuple[StageEvent, ...], started: datetime
) -> tuple[RunStatus, datetime | None, Mapping[str, Figure]]:
    if finish:
        return finish["status"], datetime.fromisoformat(finish["ended"]), finish["figures"]
    if going_on:
        return "running", None, {}
    return "interrupted", max((end_of(event) for event in events), default=started), {}


def end_of(event: StageEvent) -> datetime:
    """When a stage ended."""
    return datetime.fromtimestamp(event.started.timestamp() + event.seconds, UTC)


def _recipe(recorded: Mapping[str, Any]) -> RecipeState:
    return RecipeState(
        recorded["name"], recorded["sha256"], ResolvedRecipe(recorded["resolved"]), tuple(recorded["overrides"])
    )


def _captured(header: Mapping[str, Any]) -> CapturedEnvironment:
    machine = {**header["machine"], "gpus": tuple(header["machine"]["gpus"])}
    return CapturedEnvironment(CodeState(**header["code"]), Environment(**header["environment"]), Machine(**machine))
