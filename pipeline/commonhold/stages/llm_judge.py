"""A base model of the catalog, loaded to be tried as a judge."""

from collections.abc import Callable

from commonhold.evaluate.people.judge import LikelihoodJudge
from commonhold.stages.workspace import Workspace


def local_judge(model_id: str, workspace: Workspace, say: Callable[[str], None]) -> LikelihoodJudge:
    """The judge; its model is unpacked if need be, and never fetched.

    Raises:
        RequestError: the catalog has no such model.
        MissingModelError: its weights are not on this machine.
    """
    from commonhold.models.device import choose_device
    from commonhold.models.fetch import resolve_base
    from commonhold.models.generation import BatchGenerator
    from commonhold.models.load import load_model, load_tokenizer

    base, device = resolve_base(model_id, workspace.bases, say), choose_device()
    model = load_model(base.path, "none", device)
    answerer = BatchGenerator(
        model, load_tokenizer(base.path), adapter=False, device=device,
        say=lambda done, total: say(f"\r{model_id} compares replies: {done} of {total}"),
    )  # fmt: skip
    return LikelihoodJudge(model_id, answerer)
