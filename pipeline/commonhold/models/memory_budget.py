"""What fits into a memory: the largest batch, whether activations must be saved on, and the nearest change that can."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from commonhold.models.load import Quantisation
from commonhold.models.memory_estimate import Load, MemoryParts, Saving, Shape, memory_parts, unpacks

SCREEN_BYTES = 1_000_000_000
"""Lost on a desktop card to the screen and other programs: usually 0.5 to 1.5 GB."""
USABLE_RAM = 0.85
"""Of main memory; the system and a browser have the rest."""


@dataclass(frozen=True, slots=True)
class MemoryRequest:
    """What a recipe asks of memory; `auto` leaves the choice to the plan."""

    accumulation_steps: int
    batch_size: int | Literal["auto"]
    """With `auto`, `accumulation_steps` is the rows of a step."""
    saving: Saving | Literal["auto"]
    rank: int
    quantisation: Quantisation
    number_bytes: int
    dora: bool
    max_tokens: int
    """As written; the longest row may be shorter."""

    @property
    def step_rows(self) -> int:
        """Rows of an optimizer step, which no choice changes."""
        return self.accumulation_steps if self.batch_size == "auto" else self.accumulation_steps * self.batch_size


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the rows are."""

    longest: int
    """Tokens of the longest row, training or validation."""
    labelled: float
    """Share of tokens with loss in the row that has most."""
    longest_example: int = 0
    """Tokens; 0 where no tokenizer is at hand."""
    different: int = 1
    """How many different ones there are, in whole tiles."""


@dataclass(frozen=True, slots=True)
class MemoryBudget:
    """The processor that has to hold it."""

    device: Literal["cpu", "cuda"]
    memory_bytes: int

    @property
    def usable_bytes(self) -> int:
        """What a training may take; all of it where the size is not known (0)."""
        if not self.memory_bytes:
            return 2**62
        return self.memory_bytes - SCREEN_BYTES if self.device == "cuda" else int(USABLE_RAM * self.memory_bytes)


@dataclass(frozen=True, slots=True)
class BatchChoice:
    """How the rows of a step go through the model."""

    batch_size: int
    accumulation_steps: int
    saving: Saving
    load: Load
    memory: MemoryParts
    fits: bool


def choose(shape: Shape, wish: MemoryRequest, lengths: Lengths, room: MemoryBudget) -> BatchChoice:
    """The fastest way that fits: the largest batch with all activations kept, else with checkpoints, else offloaded.

    Without an `auto` there is one way only. Where nothing fits, the smallest way, with `fits` false.
    """
    smallest: BatchChoice | None = None
    for saving in _savings(wish, room):
        for rows in _batches(wish, room):
            load = _load(shape, wish, lengths, room, rows, saving)
            memory = memory_parts(shape, load)
            fits = memory.total <= room.usable_bytes
            choice = BatchChoice(rows, wish.step_rows // rows, saving, load, memory, fits)
            if fits:
                return choice
            if smallest is None or memory.total < smallest.memory.total:
                smallest = choice
    if smallest is None:
        raise ValueError("a step has at least one row")
    return smallest


def changes_that_fit(
    shapes: Mapping[str, Shape], base: str, wish: MemoryRequest, lengths: Lengths, room: MemoryBudget
) -> tuple[str, ...]:
    """The nearest change of a recipe that fits, as `key=value` words; none where nothing in the catalog does.

    In the order of what they cost: smaller batches and checkpoints change nothing that is learnt, 4-bit weights little,
    shorter rows may leave examples out, and another base is another model. Each is added to those before.
    """
    words: dict[str, str] = {}
    for name, value, changed, changed_lengths in _steps(wish, lengths):
        wish, lengths = changed, changed_lengths
        words[name] = value
        if name == "train.batch_size":
            words["train.gradient_accumulation_steps"] = str(wish.accumulation_steps)
        if choose(shapes[base], wish, lengths, room).fits:
            return tuple(f"{key}={text}" for key, text in words.items())
    for name, shape in sorted(shapes.items(), key=lambda item: -_size(item[1])):
        if _size(shape) < _size(shapes[base]) and choose(shape, wish, lengths, room).fits:
            return (f"base.id={name}", *(f"{key}={text}" for key, text in words.items()))
    return ()


def _steps(wish: MemoryRequest, lengths: Lengths) -> Iterator[tuple[str, str, MemoryRequest, Lengths]]:
    """Key, value, and wish and lengths after it, one after the other."""
    while wish.batch_size != "auto" and wish.batch_size > 1:
        half = wish.batch_size // 2
        rows = max(rows for rows in range(1, half + 1) if wish.step_rows % rows == 0)
        wish = replace(wish, batch_size=rows, accumulation_steps=wish.step_rows // rows)
        yield "train.batch_size", str(rows), wish, lengths
    if wish.saving == "keep":
        wish = replace(wish, saving="checkpoint")
        yield "train.gradient_checkpointing", "true", wish, lengths
    if wish.quantisation != "nf4":
        wish = replace(wish, quantisation="nf4")
        yield "base.quantisation", "nf4", wish, lengths
    for tokens in _shorter(wish.max_tokens, lengths):
        longest = min(tokens, lengths.longest)
        wish, lengths = replace(wish, max_tokens=tokens), replace(lengths, longest=longest)
        yield "train.max_tokens", str(tokens), wish, lengths


def _shorter(max_tokens: int, lengths: Lengths) -> Sequence[int]:
    """Shorter rows that lose no example, halved; any down to 128 where the examples' lengths are not known."""
    least = max(lengths.longest_example, 32) if lengths.longest_example else 128
    halves = []
    while (max_tokens := max_tokens // 2) >= least:
        halves.append(max_tokens)
    return halves


def _savings(wish: MemoryRequest, room: MemoryBudget) -> Sequence[Saving]:
    if wish.saving != "auto":
        return (wish.saving,)
    return ("keep", "checkpoint", "offload") if room.device == "cuda" else ("keep", "checkpoint")


def _batches(wish: MemoryRequest, room: MemoryBudget) -> Sequence[int]:
    """Largest first; on a CPU a row at a time: 8 at once took 2.8 times the memory and were no faster."""
    if wish.batch_size != "auto":
        return (wish.batch_size,)
    if room.device == "cpu":
        return (1,)
    return [rows for rows in range(wish.accumulation_steps, 0, -1) if wish.accumulation_steps % rows == 0]


def _load(shape: Shape, wish: MemoryRequest, lengths: Lengths, room: MemoryBudget, rows: int, saving: Saving) -> Load:
    return Load(
        rows=rows,
        row_tokens=lengths.longest,
        labels=round(rows * lengths.longest * lengths.labelled),
        rank=wish.rank,
        quantisation=wish.quantisation,
        number_bytes=wish.number_bytes,
        saving=saving,
        device=room.device,
        dora=wish.dora,
        unpacked=unpacks(shape, wish.quantisation, room.device, room.memory_bytes),
        lengths=lengths.different,
    )


def _size(shape: Shape) -> int:
    return shape.layers * shape.hidden * (shape.hidden + shape.intermediate)
