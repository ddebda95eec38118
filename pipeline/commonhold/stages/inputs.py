"""Everything outside of the workspace that a run reads, read and parsed once, when it starts.

The stages take their values from here and open no file of the community's: a file that changes later changes nothing,
and is noticed at the next run. The recipe was read before, by `load_recipe`; it says what else there is to read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commonhold.curate.rights.governance import FILE_NAME as GOVERNANCE
from commonhold.curate.rows.community_data import CommunityData, names_beside, names_of_rows, read_community
from commonhold.curate.rows.datasheet import FILE_NAME, read_datasheet
from commonhold.errors import ChangedInputError, FormError, Problem, RequestError
from commonhold.evaluate.gates import GateRule, check_rules
from commonhold.evaluate.results import slice_names
from commonhold.evaluate.tasks import Task, load_tasks, task_folders
from commonhold.files import write_bytes, write_json
from commonhold.recipe.load import LoadedRecipe, resolve_path
from commonhold.recipe.sections import Recipe
from commonhold.sheets.source import SourceFolder
from commonhold.stages.snapshot import FileDigest, Snapshot
from commonhold.stages.workspace import Workspace

KEPT = "inputs"
"""Folder of curation's artifact with what it was made from, and not with a row."""
KEPT_FILES = tuple(f"{KEPT}/{name}" for name in ("files.json", FILE_NAME, GOVERNANCE))


@dataclass(frozen=True, slots=True)
class RunInputs:
    """The community's data and tasks as they were when the run started."""

    data: CommunityData
    """Its files with rows are read from the snapshot."""
    files: Mapping[str, FileDigest]
    """Of the data folder, by their names in it: all that curation reads."""
    tasks: tuple[Task, ...]
    unread_tasks: RequestError | None
    """Why there are none, where they cannot be read or do not fit the recipe's gates."""
    snapshot: Snapshot
    asked: tuple[object, ...]
    """What of the recipe decides what is read."""

    def judged_by(self) -> tuple[Task, ...]:
        """The recipe's tasks.

        Raises:
            RequestError: they cannot be read; whoever only curates continues without.
        """
        if self.unread_tasks:
            raise self.unread_tasks
        return self.tasks

    def tell_left_out(self, say: Callable[[str], None]) -> None:
        """Says which rows of the tasks' tables are no items."""
        for row in (row for task in self.tasks for row in task.left_out):
            say(f"note: {row}")

    def serve(self, loaded: LoadedRecipe) -> bool:
        """Whether another recipe names the same data and tasks, and asks the same of the tasks."""
        return self.asked == _asked(loaded)

    @contextmanager
    def kept_open(self, unless: "RunInputs | None") -> Iterator[None]:
        """Removes the copies after a block, unless they are another's."""
        try:
            yield
        finally:
            if self is not unless:
                self.snapshot.close()

    def keep(self, folder: Path) -> None:
        """Writes down what was read: digest and size of every file, and the two forms that say what was allowed."""
        write_json(folder / KEPT / "files.json", {name: digest._asdict() for name, digest in self.files.items()})
        for name in (FILE_NAME, GOVERNANCE):
            if name in self.files:
                write_bytes(folder / KEPT / name, (self.data.folder.path / name).read_bytes())


def read_inputs(loaded: LoadedRecipe, workspace: Workspace) -> RunInputs:
    """Reads what a recipe names, through copies below the workspace; they go with what is returned.

    Raises:
        MissingInputError: the data folder or its datasheet is not there.
        FormError: the datasheet has problems; those of the tasks are reported with them.
        ChangedInputError: a file changed meanwhile.
    """
    snapshot = Snapshot(workspace.root / "inputs")
    tasks: tuple[Task, ...] = ()
    unread: RequestError | None = None
    try:
        tasks = _tasks(loaded, snapshot)
    except ChangedInputError:
        raise
    except RequestError as error:
        unread = error
    try:
        data, files = _data(loaded, snapshot)
    except FormError as error:
        raise FormError([*error.problems, *(problems_of(unread, loaded) if unread else ())]) from error
    snapshot.refuse_changes()
    return RunInputs(data, files, tasks, unread, snapshot, _asked(loaded))


def _asked(loaded: LoadedRecipe) -> tuple[object, ...]:
    recipe = loaded.recipe
    return loaded.folder, recipe.data.folder, recipe.evaluate.tasks, recipe.evaluate.gates


def problems_of(error: RequestError, loaded: LoadedRecipe) -> Sequence[Problem]:
    """An error as problems, to be reported with others."""
    if isinstance(error, FormError):
        return error.problems
    return [Problem(str(loaded.path), 0, "", str(error))]


def _data(loaded: LoadedRecipe, snapshot: Snapshot) -> tuple[CommunityData, dict[str, FileDigest]]:
    own = resolve_path(loaded.folder, loaded.recipe.data.folder)
    files = snapshot.copy(own, [FILE_NAME], "data") if own.is_dir() else {}
    copies = SourceFolder(snapshot.folder / "data", own)
    datasheet = read_datasheet(copies if files else own)
    names = [*names_beside(datasheet.form), *names_of_rows(own, datasheet.form)]
    files |= snapshot.copy(own, [name for name in names if name not in files], "data")
    return read_community(copies, datasheet), files


def _tasks(loaded: LoadedRecipe, snapshot: Snapshot) -> tuple[Task, ...]:
    paths = [resolve_path(loaded.folder, written) for written in loaded.recipe.evaluate.tasks]
    tasks = load_tasks(
        [snapshot.copy_folder(folder.path, f"tasks/{n}") for n, folder in enumerate(task_folders(paths))]
    )
    check_rules(gate_rules(loaded.recipe), {task.name: slice_names(task.items) for task in tasks})
    return tasks


def gate_rules(recipe: Recipe) -> Sequence[GateRule]:
    """The recipe's gates."""
    return [GateRule(**{**gate.model_dump(), "slice": gate.slice or ""}) for gate in recipe.evaluate.gates]
