"""A registered model that answers: MLflow finds this module by the file `MLmodel` and calls `_load_pyfunc`.

Nothing is unpickled, and MLflow is not loaded here. Every model that was ever registered names this module, so neither
it nor the function can be renamed. The bundle is read from MLflow's copy, which has all of it but the merged weights:
what answers is the base with the adapter.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from commonhold.digests import same_digests, sha256_file
from commonhold.errors import DigestError, MissingInputError, MissingModelError
from commonhold.files import read_json
from commonhold.models.chat_template import with_system_prompt
from commonhold.models.device import choose_device
from commonhold.models.find_base import base_in, find_base
from commonhold.models.generation import BatchGenerator
from commonhold.models.load import load_tokenizer
from commonhold.models.merge import load_tuned
from commonhold.provenance.pyfunc_input import conversations_of
from commonhold.records.weights import BaseWeights

MANIFEST = "manifest.json"
READ = ("record.json", "recipe/resolved.json", "adapter/adapter_config.json", "adapter/adapter_model.safetensors")
"""Files of the bundle that are needed to answer; each is compared with the manifest first."""
NAME_IT = "or name its folder: mlflow.pyfunc.load_model(..., model_config={'base': 'FOLDER'})"


class PublishedModel:
    """Base and adapter of a bundle, with the recipe's system prompt."""

    def __init__(self, answerer: BatchGenerator, system_prompt: str, max_new_tokens: int) -> None:
        self._answerer = answerer
        self._system_prompt = system_prompt
        self._max_new_tokens = max_new_tokens

    def predict(self, model_input: object) -> list[str]:
        """The likeliest reply to each question, in order; `conversations_of` says what can be asked.

        The recipe's system prompt stands before every conversation that brings none of its own.

        Raises:
            RequestError: a question is of another form.
        """
        asked = [with_system_prompt(each, self._system_prompt) for each in conversations_of(model_input)]
        return self._answerer.generate(asked, self._max_new_tokens) if asked else []


def _load_pyfunc(path: str, model_config: Mapping[str, Any] | None = None) -> PublishedModel:
    """What MLflow calls. `base` in `model_config` is the folder of the base model, `max_new_tokens` the longest reply.

    Without `base`, the weights are looked for by their digest in the workspace that MLflow's files lie in, and in the
    folder `.commonhold` here.

    Raises:
        MissingInputError: there is no bundle.
        DigestError: a file of the bundle or of the base is not what was published.
        MissingModelError: the base model is not on this machine.
    """
    bundle, config = Path(path), model_config or {}
    _require_sound(bundle)
    record, recipe = read_json(bundle / "record.json"), read_json(bundle / "recipe" / "resolved.json")
    base = _base(record["base"], config.get("base"), bundle)
    device = choose_device(recipe["base"]["precision"])
    model = load_tuned(base, bundle / "adapter", record["base"]["quantisation"], device)
    answerer = BatchGenerator(model, load_tokenizer(base.path), adapter=True, device=device)
    longest = config.get("max_new_tokens") or recipe["serve"]["max_new_tokens"]
    return PublishedModel(answerer, record["recipe"]["system_prompt"], int(longest))


def _require_sound(bundle: Path) -> None:
    if not (bundle / MANIFEST).is_file():
        raise MissingInputError(
            f"{bundle}: there is no {MANIFEST}, so this is no published model. Run: commonhold track --all"
        )
    listed = read_json(bundle / MANIFEST)["files"]
    expected = {name: listed.get(name, {}).get("sha256", "") for name in READ}
    actual = {name: sha256_file(bundle / name) for name in READ if (bundle / name).is_file()}
    if wrong := same_digests(expected, actual):
        raise DigestError(
            f"{bundle / wrong[0]}: not the file that was published; MLflow's copy was damaged or changed. "
            "MLflow can be rebuilt: move its folder out of the workspace, and run: commonhold track --all"
        )


def _base(recorded: Mapping[str, Any], named: str | None, bundle: Path) -> BaseWeights:
    expected = BaseWeights(
        recorded["id"], recorded["revision"], recorded["licence"], Path(), recorded["files"], recorded["sha256"]
    )
    if named:
        return base_in(expected, Path(named))
    try:
        return find_base(expected, _bases_near(bundle))
    except MissingModelError as error:
        raise MissingModelError(f"{error}, {NAME_IT}") from error


def _bases_near(path: Path) -> Iterator[Path]:
    """The bases of the workspaces that a path lies in, and of the one in the present folder."""
    near = [*path.resolve().parents, Path(".commonhold").resolve()]
    yield from dict.fromkeys(folder / "bases" for folder in near if (folder / "bases").is_dir())
