"""Trains a recipe with several settings and compares their validation losses; each trial is a run like any other.

The trials are drawn by Optuna's tree-structured Parzen estimator (Bergstra et al. 2011) from the recipe's seed and the
number of trials before, so a sweep that was killed continues as if it had not been.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from commonhold.digests import digest_of
from commonhold.errors import DivergedError, MissingPackageError, RequestError
from commonhold.files import locked
from commonhold.recipe.load import LoadedRecipe, with_overrides
from commonhold.records.curation_summary import read_curation_summary
from commonhold.records.training_summary import read_training_summary
from commonhold.seeds import named_seed
from commonhold.stages.inputs import RunInputs
from commonhold.stages.pipeline import RunOptions, run_pipeline
from commonhold.stages.search_space import Dimension, Value, overrides_of
from commonhold.stages.training import VERSION
from commonhold.stages.workspace import Workspace

DRAWN_AT_RANDOM = 4
"""Trials before the estimator has enough to go by."""
NOTHING_TO_COMPARE_BY = (
    "a sweep compares validation losses, and no row is held out for validation. Raise data.validation_share in the "
    "recipe, or add rows of more people"
)
REPEATED = 3
"""Of the best trials, and the recipe's own, are trained with further seeds."""
RUN, DIVERGED = "run", "diverged"
"""What a trial is marked with in the journal."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting and what it came to."""

    number: int
    """0 is the recipe as it is."""
    values: Mapping[str, Value]
    overrides: tuple[str, ...]
    """What `--set` would take; empty for the recipe as it is."""
    loss: float | None
    """Validation loss of the best checkpoint in nats a token; absent where training diverged."""
    run_id: str
    repeats: tuple[float | None, ...] = ()
    """The same with the seeds after the recipe's."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A finished sweep."""

    name: str
    trials: tuple[Trial, ...]
    """By loss, the best first; diverged ones last."""

    @property
    def own(self) -> Trial:
        """The recipe's own setting."""
        return next(trial for trial in self.trials if trial.number == 0)

    @property
    def gains(self) -> tuple[float, ...]:
        """How much lower the best one's loss is than the recipe's own, for each seed with which neither diverged."""
        best, own = self.trials[0], self.own
        pairs = zip((own.loss, *own.repeats), (best.loss, *best.repeats), strict=False)
        return tuple(ours - theirs for ours, theirs in pairs if ours is not None and theirs is not None)


@dataclass(frozen=True, slots=True)
class Sweeper:
    """What the trials of one sweep have in common."""

    loaded: LoadedRecipe
    workspace: Workspace
    space: tuple[Dimension, ...]
    say: Callable[[str], None]
    inputs: RunInputs
    command: tuple[str, ...] = ()

    def run(self, trials: int, seeds: int = 1) -> Sweep:
        """Trains until there are as many trials, then the best ones and the recipe's own with further seeds.

        Raises:
            MissingPackageError: Optuna is not installed.
            BusyError: the sweep is already under way.
            RequestError: there are no validation rows to compare by.
            CommonholdError: whatever curation and training raise; what was finished stays.
        """
        curated = run_pipeline(
            self.loaded, self.workspace, self.say, until="curate",
            asked=RunOptions(command=self.command), inputs=self.inputs,
        )  # fmt: skip
        if not read_curation_summary(curated.artifacts["curate"].path).splits.get("validation"):
            raise RequestError(NOTHING_TO_COMPARE_BY)
        name = self._name(curated.artifacts["curate"].digest)
        journal = self.workspace.root / "sweeps" / f"{name}.journal"
        with locked(journal.with_suffix(".lock"), "the sweep"):
            done = self._trials(_study(name, journal, self.space), trials)
        order = sorted(done, key=lambda trial: (trial.loss is None, trial.loss, trial.number))
        chosen = {0, *(trial.number for trial in order[:REPEATED])} if seeds > 1 else set()
        return Sweep(name, tuple(self._repeated(name, t, seeds) if t.number in chosen else t for t in order))

    def _name(self, curated: str) -> str:
        """The recipe's name and a digest of what is swept: the same command on the same data has the same name."""
        asked = [self.loaded.source, self.loaded.overrides, curated, VERSION]
        return f"{self.loaded.recipe.name}-{digest_of([asked, [asdict(d) for d in self.space]])[:8]}"

    def _trials(self, study: Any, total: int) -> list[Trial]:
        _enqueue_unfinished(study)
        done = [self._finished_trial(number, trial) for number, trial in enumerate(_finished(study)[:total])]
        while len(done) < total:
            study.sampler = _sampler(self.loaded.recipe.seed, len(done))
            drawn = study.ask(_distributions(self.space))
            values, overrides = self._setting(drawn.params)
            self.say(f"sweep {study.study_name}, trial {len(done)}: {', '.join(overrides) or 'the recipe as it is'}")
            loss, run_id = self._loss(study.study_name, overrides)
            drawn.set_user_attr(RUN, run_id)
            if loss is None:
                drawn.set_user_attr(DIVERGED, True)
                study.tell(drawn, state=_failed())
            else:
                study.tell(drawn, loss)
            done.append(Trial(len(done), values, overrides, loss, run_id))
        return done

    def _finished_trial(self, number: int, trial: Any) -> Trial:
        values, overrides = self._setting(trial.params)
        return Trial(number, values, overrides, trial.value, trial.user_attrs[RUN])

    def _setting(self, drawn: Mapping[str, Value]) -> tuple[dict[str, Value], tuple[str, ...]]:
        values = {dimension.key: dimension.tried(drawn[dimension.key]) for dimension in self.space}
        return values, overrides_of(self.space, values)

    def _repeated(self, name: str, trial: Trial, seeds: int) -> Trial:
        first = self.loaded.recipe.seed
        losses = []
        for seed in range(first + 1, first + seeds):
            self.say(f"sweep {name}, trial {trial.number} again with seed {seed}")
            losses.append(self._loss(name, (*trial.overrides, f"seed={seed}"))[0])
        return replace(trial, repeats=tuple(losses))

    def _loss(self, name: str, overrides: Sequence[str]) -> tuple[float | None, str]:
        """Curates and trains, unless the store has it; the loss and the run."""
        loaded = with_overrides(self.loaded, overrides)
        try:
            outcome = run_pipeline(
                loaded, self.workspace, self.say, until="train",
                asked=RunOptions(command=self.command, labels={"sweep": name}), inputs=self.inputs,
            )  # fmt: skip
        except DivergedError as error:
            self.say(f"it diverged: {error}")
            return None, ""
        loss = read_training_summary(outcome.artifacts["train"].path).eval_loss
        if loss is None:
            raise RequestError(NOTHING_TO_COMPARE_BY)
        return loss, outcome.run_id


def _study(name: str, journal: Path, space: Sequence[Dimension]) -> Any:
    """The sweep's study with all that its journal says; a new one starts with the recipe's own values."""
    try:
        import optuna
    except ImportError as error:
        raise MissingPackageError(
            "a sweep needs Optuna, which is not installed. Run: pip install 'commonhold[sweep]'"
        ) from error
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock, JournalStorage

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    lock = JournalFileOpenLock(str(journal))
    # A lock file that a killed process left would hold up this one; the lock around this one is freed with its holder.
    Path(f"{journal}.lock").unlink(missing_ok=True)
    storage = JournalStorage(JournalFileBackend(str(journal), lock_obj=lock))
    study = optuna.create_study(storage=storage, study_name=name, direction="minimize", load_if_exists=True)
    if not study.trials:
        study.enqueue_trial({dimension.key: dimension.own for dimension in space})
    return study


def _sampler(seed: int, number: int) -> Any:
    from optuna.samplers import TPESampler

    return TPESampler(seed=named_seed(seed, f"sweep {number}"), n_startup_trials=DRAWN_AT_RANDOM)


def _distributions(space: Sequence[Dimension]) -> dict[str, Any]:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    return {
        d.key: CategoricalDistribution(d.choices)
        if d.choices
        else IntDistribution(int(d.low), int(d.high))
        if d.whole
        else FloatDistribution(d.low, d.high, log=True)
        for d in space
    }


def _failed() -> Any:
    from optuna.trial import TrialState

    return TrialState.FAIL


def _finished(study: Any) -> list[Any]:
    """The trials that came to a loss or diverged, in order; not those that were cut off."""
    return [trial for trial in study.trials if trial.value is not None or trial.user_attrs.get(DIVERGED)]


def _enqueue_unfinished(study: Any) -> None:
    from optuna.trial import TrialState

    for trial in study.get_trials(states=[TrialState.RUNNING]):
        study.tell(trial.number, state=TrialState.FAIL)
        if trial.params and not trial.user_attrs.get(DIVERGED):
            study.enqueue_trial(trial.params)
