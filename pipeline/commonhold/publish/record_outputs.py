"""The parts of record.json that say what came out: weights in up to three forms, and that they are the same model."""

from typing import Annotated, Literal

from pydantic import Field

from commonhold.publish.record_sources import Count, FileRef, RecordPart, Sha256

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class IntervalFigure(RecordPart):
    """A mean score, or a difference of two, with its 95 % interval."""

    value: float
    """The mean."""
    low: float
    """Lower end."""
    high: float
    """Upper end."""


class Adapter(RecordPart):
    """What training made."""

    tensors_sha256: Sha256
    """Digest of the tensors by name, type, shape and bytes, whatever their order in the file."""
    files: tuple[FileRef, ...]
    """The adapter's files."""


class Equivalence(RecordPart):
    """How near a file of weights is to the tuned model, base and adapter side by side, in replies it has not learnt."""

    kl: float
    """Mean Kullback-Leibler divergence, in nats a token of a reply."""
    top1: Share
    """Share of the replies' tokens where both find the same one likeliest."""
    positions: Count
    """Tokens of all the replies."""
    stops: Count
    """Replies that the tuned model would end where they end."""
    stops_kept: Share
    """Share of them that this file ends there, too."""


class Recheck(RecordPart):
    """One task, asked again of a file."""

    task: str
    """Its name."""
    items: Count
    """Items asked again."""
    tuned: IntervalFigure
    """Mean score of base and adapter side by side, on these items."""
    served: IntervalFigure
    """Mean score of the file."""
    difference: IntervalFigure
    """served − tuned, on the same items."""
    margin: Share
    """How much lower it may be; a file is left out where even the upper end of `difference` lies below that."""
    same_answers: Count
    """Items that both answer with the same words."""


class LeftOutPart(RecordPart):
    """A form of the model that the recipe asks for and that is not published."""

    form: Literal["merged", "q8_0", "f16"]
    """Merged weights, or GGUF in 8 or 16 bits."""
    why: str
    """Why not, in a sentence."""
    fault: bool
    """Whether the program made it wrongly; else rounding cost this model too much, or the machine had no room."""


class Merged(RecordPart):
    """The whole model with the adapter merged in."""

    merged_from: str | None
    """Which weights the adapter was merged into."""
    equivalence: Equivalence | None
    """Compared with base and adapter side by side."""
    tensors_sha256: Sha256
    """Digest of the tensors, over all the files."""
    files: tuple[FileRef, ...]
    """The model's files."""


class Gguf(RecordPart):
    """The whole model in one file for llama.cpp, Ollama and their like."""

    kind: Literal["q8_0", "f16"]
    """How its large matrices are stored: in 8 bits or in 16."""
    pre_tokeniser: str
    """How llama.cpp is to cut text into words before it looks for tokens."""
    equivalence: Equivalence
    """The file, read back, compared with base and adapter side by side."""
    recheck: tuple[Recheck, ...] = ()
    """The community's tasks, asked again of the file."""
    files: tuple[FileRef, ...]
    """The file."""


class TurnsPart(RecordPart):
    """What the chat template writes around messages; joined, these pieces are what the template gives."""

    opening: str
    """Before everything."""
    system: tuple[str, str]
    """Before and after the instruction."""
    default_system: str | None
    """The instruction that the template puts where a conversation has none."""
    user: tuple[str, str]
    """Before and after a person's message."""
    assistant: tuple[str, str]
    """Before and after the model's reply."""
    reply: str
    """Where the model is to go on."""
    stop: str
    """The token that ends a reply."""


class ChatTemplate(RecordPart):
    """The program that turns a conversation into the text that the model reads; it can change every answer."""

    sha256: Sha256
    """Digest of the template that is published."""
    difference: str
    """Lines that differ from the base model's, as diff writes them; empty where none does."""
    turns: TurnsPart | None
    """The same, taken apart."""


class Outputs(RecordPart):
    """What came out."""

    adapter: Adapter
    """The small matrices beside the base."""
    merged: Merged | None
    """The whole model."""
    gguf: Gguf | None
    """The whole model for other programs."""
    chat_template: ChatTemplate | None
    """How a conversation is written for it."""
    served: Literal["merged", "adapter"]
    """Which of them `commonhold serve` answers with."""
    recheck: tuple[Recheck, ...]
    """The community's tasks, asked again of what is served."""
    left_out: tuple[LeftOutPart, ...] = ()
    """Forms that are not published although the recipe asks for them."""
