"""The forms in which a model is published, each compared with base and adapter side by side before anybody gets it.

A form that is not the model, or surely worse, is left out, and the next simpler one is tried: 8 bits, 16 bits, merged
weights alone, the adapter alone. The adapter is what was evaluated, so a form never costs the model.
"""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from commonhold.errors import NoSpaceError, UnfitFileError
from commonhold.evaluate.noninferiority import why_worse
from commonhold.publish.card import FORMS
from commonhold.publish.inputs import GgufInputs, LeftOut, MergedInputs, TemplateInputs, WeightForm
from commonhold.records.score import Rescored
from commonhold.records.weights import BaseWeights
from commonhold.stages.device import trained_device
from commonhold.stages.recheck import ServedRecheck, open_recheck
from commonhold.stages.stage import Context

if TYPE_CHECKING:
    from commonhold.models.device import DeviceProfile
    from commonhold.models.equivalence import Likeness
    from commonhold.models.gguf_writer import Kind
    from commonhold.models.merge import Merging

Made = TypeVar("Made")
NOT_ASKED = "The recipe asks for none (publish.gguf)."


@dataclass(frozen=True, slots=True)
class WeightFiles:
    """What is published besides the adapter."""

    template: TemplateInputs
    merged: MergedInputs | None = None
    gguf: GgufInputs | None = None
    gguf_withheld: str = NOT_ASKED
    left_out: Sequence[LeftOut] = ()
    figures: Mapping[str, float | int | str] = field(default_factory=dict)
    """For the ledger."""


def make_weight_files(context: Context, base: BaseWeights, work: Path) -> WeightFiles:
    """The merged model and the GGUF that the recipe asks for, as far as they are the model that was evaluated."""
    from commonhold.models.load import load_tokenizer
    from commonhold.models.template_parts import parse_template

    publish, tokenizer = context.recipe.publish, load_tokenizer(base.path)
    turns, text = parse_template(tokenizer), str(tokenizer.chat_template)
    template = TemplateInputs(text, text, turns)
    if not publish.merged and publish.gguf == "none":
        return WeightFiles(template)
    maker = _Maker(context, base, work, trained_device(context), tokenizer, open_recheck(context, tokenizer))
    merged = maker.attempt("merged", maker.merge)
    if merged is None:
        why = f"It is made of {FORMS['merged']}, which is left out."
        return WeightFiles(
            template, gguf_withheld=NOT_ASKED if publish.gguf == "none" else why, left_out=maker.left_out
        )
    published = TemplateInputs(text, str(load_tokenizer(merged.files.folder).chat_template), template.turns)
    gguf, why_none = maker.any_gguf(merged)
    return WeightFiles(
        published, merged.files if publish.merged else None, gguf, why_none, maker.left_out, merged.figures
    )


class _Merged(NamedTuple):
    """A merged model that is fit to be published, and what other files are compared by."""

    files: MergedInputs
    marks: "Merging"
    figures: Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes one form after the other, and keeps what is left out."""

    context: Context
    base: BaseWeights
    work: Path
    device: "DeviceProfile"
    tokenizer: Any
    recheck: ServedRecheck
    left_out: list[LeftOut] = field(default_factory=list)

    def attempt(self, form: WeightForm, make: Callable[[], Made]) -> Made | None:
        """The form, or none where it is not fit or could not be made; either is reported, and nothing ends for it."""
        try:
            return make()
        except UnfitFileError as error:
            why, more, fault = str(error), "", error.fault
        except NoSpaceError as error:
            why, more, fault = "the disk was full", f". {error}", False
        except Exception as error:
            memory = _lacks_memory(error)
            why = "the memory was too small" if memory else f"making it failed ({type(error).__name__})"
            more, fault = f": {error}", not memory
        gc.collect()  # outside of the handler: the error held every frame that it came through, and they a model
        self.left_out.append(LeftOut(form, f"{why[0].upper()}{why[1:]}.", fault))
        report = ". This is a fault of commonhold; please report it" if fault else ""
        self.context.say(f"note: {FORMS[form]} is left out, because {why}{more}{report}")
        return None

    def merge(self) -> _Merged:
        """The merged model, read back and compared.

        Raises:
            UnfitFileError: it is not the model that was evaluated.
            NoSpaceError: the disk is full.
        """
        from commonhold.models.load import load_model, load_tokenizer
        from commonhold.models.merge import merge

        self.context.say("merging the adapter into the weights and comparing")
        adapter, folder = self.context.artifacts["train"].path / "adapter", self.work / "merged"
        quantisation = self.context.recipe.base.quantisation
        marks = merge(self.base, adapter, quantisation, self.device, self.recheck.probes, folder)
        model, tokenizer = load_model(folder, "none", self.device), load_tokenizer(folder)
        if wrong := marks.reading.difference(model, tokenizer):
            raise UnfitFileError(f"it does not hold the tuned model's {wrong}", fault=True)
        if text := marks.layers.difference(model):
            raise UnfitFileError(text, fault=True)
        compared = self._compare("merged", marks, model, tokenizer)
        figures = {f"merge_{name}": value for name, value in asdict(compared.likeness).items()}
        return _Merged(MergedInputs(folder, compared.likeness, marks.merged_from, compared.recheck), marks, figures)

    def any_gguf(self, merged: _Merged) -> tuple[GgufInputs | None, str]:
        """The GGUF that was asked for, else the one in 16 bits; or none, and why."""
        from commonhold.models.gguf_writer import why_not

        asked = self.context.recipe.publish.gguf
        if asked == "none":
            return None, NOT_ASKED
        if reason := why_not(merged.files.folder):
            self.context.say(f"no GGUF: {reason}")
            return None, reason
        for kind in dict.fromkeys((asked, "f16")):
            if made := self.attempt(kind, lambda kind=kind: self.gguf(kind, merged)):  # type: ignore[misc]
                return made, ""
        return None, self.left_out[-1].why

    def gguf(self, kind: "Kind", merged: _Merged) -> GgufInputs:
        """The GGUF of a kind, read back and compared.

        Raises:
            UnfitFileError: it is not the model that was evaluated.
            NoSpaceError: the disk is full.
        """
        from commonhold.files import space_needed
        from commonhold.models.gguf_reader import load_gguf
        from commonhold.models.gguf_writer import write_gguf
        from commonhold.models.layer_check import rounding_difference
        from commonhold.models.load import load_tokenizer

        publish, folder = self.context.recipe.publish, merged.files.folder
        file = self.work / "gguf" / f"{publish.model}-{kind}.gguf"
        file.parent.mkdir(parents=True, exist_ok=True)
        self.context.say(f"writing {file.name} and comparing")
        with space_needed(file):
            pre = write_gguf(folder, kind, publish.model, publish.licence, file)
        tokenizer = load_tokenizer(folder)
        model = load_gguf(file, tokenizer, self.device)
        if text := rounding_difference(model, folder, kind):
            raise UnfitFileError(text, fault=True)
        compared = self._compare(kind, merged.marks, model, tokenizer)
        return GgufInputs(file, kind, pre, compared.likeness, compared.recheck)

    def _compare(self, form: str, marks: "Merging", model: Any, tokenizer: Any) -> "_FormFigures":
        """How near a form is to the tuned model.

        Raises:
            UnfitFileError: the form is surely worse.
        """
        from commonhold.models.equivalence import likeness_of

        replies = marks.replies.compare(model)
        again = self.recheck.ask(model, tokenizer, self.device, FORMS[form])
        if text := why_worse(replies, again):
            raise UnfitFileError(text, fault=False)
        return _FormFigures(likeness_of(replies), again)


class _FormFigures(NamedTuple):
    """A form's figures."""

    likeness: "Likeness"
    recheck: Sequence[Rescored]


def _lacks_memory(error: Exception) -> bool:
    from commonhold.train.out_of_memory import is_out_of_memory

    return is_out_of_memory(error)
