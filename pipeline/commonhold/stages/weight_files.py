"""The forms in which a model is published, each held against base and adapter side by side before anybody gets it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commonhold.publish.inputs import GgufInputs, MergedInputs, TemplateInputs
from commonhold.records.weights import BaseWeights
from commonhold.stages.curation import read_examples
from commonhold.stages.recheck import ask_again
from commonhold.stages.stage import Context

if TYPE_CHECKING:
    from commonhold.models.chat import TokenPair
    from commonhold.models.device import DeviceProfile
    from commonhold.models.equivalence import Reference

PROBES = 12
"""Validation examples on which each form is compared with the tuned model: about a thousand places."""


@dataclass(frozen=True, slots=True)
class WeightFiles:
    """What is published besides the adapter."""

    template: TemplateInputs
    merged: MergedInputs | None = None
    gguf: GgufInputs | None = None
    gguf_withheld: str = "The recipe asks for none (publish.gguf)."
    recheck: Sequence[Mapping[str, Any]] = ()
    figures: Mapping[str, float | int | str] = field(default_factory=dict)
    """For the ledger."""


def make_weight_files(context: Context, base: BaseWeights, work: Path) -> WeightFiles:
    """The merged model and the GGUF that the recipe asks for, compared and asked again.

    Raises:
        GateError: a form is not the model that was trained, or surely worse at the community's tasks.
    """
    from commonhold.models.device import choose_device
    from commonhold.models.load import load_tokenizer
    from commonhold.models.merge import merge
    from commonhold.models.turns import take_apart

    recipe, wanted = context.recipe, context.recipe.publish
    tokenizer = load_tokenizer(base.path)
    turns = take_apart(tokenizer)
    text = str(tokenizer.chat_template)
    template = TemplateInputs(text, text, asdict(turns) if turns else None)
    if not wanted.merged and wanted.gguf == "none":
        return WeightFiles(template)
    device, folder = choose_device(recipe.base.precision), work / "merged"
    context.say("merging the adapter into the weights and comparing")
    adapter = context.artifacts["train"].path / "adapter"
    report, tuned = merge(base, adapter, recipe.base.quantisation, device, probes(context, tokenizer), folder)
    published = TemplateInputs(text, str(load_tokenizer(folder).chat_template), template.turns)
    figures = {f"merge_{name}": value for name, value in asdict(report.likeness).items()}
    gguf, why_not = _gguf(context, folder, tuned, device, work)
    del tuned  # a gigabyte, before the merged model is loaded again
    if not wanted.merged:
        return WeightFiles(published, None, gguf, why_not, (), figures)
    merged = MergedInputs(folder, {**asdict(report.likeness), "merged_from": report.merged_from})
    recheck = ask_again(context, folder, device) if wanted.recheck_items else ()
    return WeightFiles(published, merged, gguf, why_not, recheck, figures)


def probes(context: Context, tokenizer: Any) -> "list[TokenPair]":
    """Exchanges that were not learnt from."""
    from commonhold.models.chat import conversation, token_pair

    held_out = [example for example in read_examples(context.artifacts["curate"]) if example.split == "validation"]
    return [
        token_pair(tokenizer, conversation(each.prompt, context.recipe.data.system_prompt), each.completion)
        for each in held_out[:PROBES]
    ]


def _gguf(
    context: Context, merged: Path, tuned: "Reference", device: "DeviceProfile", work: Path
) -> tuple[GgufInputs | None, str]:
    """The GGUF, read back and compared; or why there is none."""
    from commonhold.models.equivalence import MIN_TOP1, MIN_TOP1_8_BITS, require_equal
    from commonhold.models.gguf_reader import load_gguf
    from commonhold.models.gguf_writer import why_not, write_gguf
    from commonhold.models.load import load_tokenizer

    wanted = context.recipe.publish
    if wanted.gguf == "none":
        return None, "The recipe asks for none (publish.gguf)."
    if reason := why_not(merged):
        context.say(f"no GGUF: {reason}")
        return None, reason
    file = work / "gguf" / f"{wanted.model}-{wanted.gguf}.gguf"
    file.parent.mkdir(parents=True, exist_ok=True)
    context.say(f"writing {file.name} and comparing")
    pre = write_gguf(merged, wanted.gguf, wanted.model, wanted.licence, file)
    like = tuned.compare(load_gguf(file, load_tokenizer(merged), device))
    least = MIN_TOP1_8_BITS if wanted.gguf == "q8_0" else MIN_TOP1
    require_equal(like, f"{file.name}, read back,", "Set publish.gguf=f16, or none to publish without it", least)
    return GgufInputs(file, wanted.gguf, pre, asdict(like)), ""
