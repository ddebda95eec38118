"""What is chosen fits, is the fastest that does, and a refused recipe is told a change that really fits."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from commonhold.models.catalog import read_catalog
from commonhold.models.memory_budget import SCREEN_BYTES, Lengths, MemoryBudget, MemoryRequest, changes_that_fit, choose

GIB = 2**30
SHAPES = {entry.id: entry.shape for entry in read_catalog().models}
LENGTHS = Lengths(longest=1024, labelled=0.5, longest_example=300)
AUTO = MemoryRequest(8, "auto", "auto", 16, "nf4", 2, dora=False, max_tokens=1024)
FIXED = replace(AUTO, accumulation_steps=2, batch_size=4, saving="keep", quantisation="none")


def card(gigabytes: float) -> MemoryBudget:
    """A graphics card."""
    return MemoryBudget("cuda", round(gigabytes * GIB))


def test_a_large_card_takes_the_whole_step_at_once_and_keeps_everything() -> None:
    choice = choose(SHAPES["smollm3-3b"], AUTO, LENGTHS, card(80))
    assert (choice.batch_size, choice.accumulation_steps, choice.saving, choice.fits) == (8, 1, "keep", True)


def test_smaller_batches_come_before_checkpoints() -> None:
    shape = SHAPES["smollm3-3b"]
    one_row = choose(shape, replace(AUTO, batch_size=1, saving="keep"), LENGTHS, card(80)).memory.total
    tight = MemoryBudget("cuda", one_row + SCREEN_BYTES)
    choice = choose(shape, AUTO, LENGTHS, tight)
    assert (choice.batch_size, choice.accumulation_steps, choice.saving, choice.fits) == (1, 8, "keep", True)
    tighter = choose(shape, AUTO, LENGTHS, MemoryBudget("cuda", one_row + SCREEN_BYTES - 1))
    assert (tighter.saving, tighter.fits) == ("checkpoint", True)


def test_a_step_of_six_rows_is_split_evenly() -> None:
    shape = SHAPES["smollm3-3b"]
    four_rows = choose(shape, replace(AUTO, batch_size=4, saving="keep"), LENGTHS, card(80)).memory.total
    choice = choose(
        shape,
        replace(AUTO, accumulation_steps=6, saving="keep"),
        LENGTHS,
        MemoryBudget("cuda", four_rows + SCREEN_BYTES),
    )
    assert (choice.batch_size, choice.accumulation_steps) == (3, 2)


def test_a_cpu_is_never_told_to_offload() -> None:
    choice = choose(SHAPES["smollm3-3b"], AUTO, LENGTHS, MemoryBudget("cpu", GIB))
    assert (choice.saving, choice.fits) == ("checkpoint", False)


def test_a_card_gives_a_gigabyte_to_the_screen_and_unknown_memory_refuses_nothing() -> None:
    assert card(12).usable_bytes == 12 * GIB - 10**9
    assert MemoryBudget("cpu", 0).usable_bytes > 2**60


@given(gigabytes=st.floats(3, 40), base=st.sampled_from(sorted(SHAPES)), rows=st.sampled_from([1, 2, 4, 6, 16]))
def test_the_nearest_change_really_fits(gigabytes: float, base: str, rows: int) -> None:
    room, wish = card(gigabytes), replace(FIXED, batch_size=rows)
    if choose(SHAPES[base], wish, LENGTHS, room).fits:
        return
    words = dict(word.split("=") for word in changes_that_fit(SHAPES, base, wish, LENGTHS, room))
    assert words
    changed = replace(
        wish,
        batch_size=int(words.get("train.batch_size", rows)),
        accumulation_steps=int(words.get("train.gradient_accumulation_steps", wish.accumulation_steps)),
        saving="checkpoint" if "train.gradient_checkpointing" in words else wish.saving,
        quantisation="nf4" if "base.quantisation" in words else wish.quantisation,
    )
    tokens = int(words.get("train.max_tokens", 1024))
    assert changed.step_rows == wish.step_rows
    assert tokens >= LENGTHS.longest_example
    shape = SHAPES[words.get("base.id", base)]
    assert choose(shape, changed, replace(LENGTHS, longest=min(1024, tokens)), room).fits


def test_halving_the_batch_is_tried_before_anything_else() -> None:
    shape = SHAPES["smollm3-3b"]
    two_rows = choose(shape, replace(FIXED, batch_size=2), LENGTHS, card(80)).memory.total
    room = MemoryBudget("cuda", two_rows + SCREEN_BYTES)
    assert changes_that_fit(SHAPES, "smollm3-3b", FIXED, LENGTHS, room) == (
        "train.batch_size=2",
        "train.gradient_accumulation_steps=4",
    )


def test_nothing_is_proposed_where_nothing_fits() -> None:
    assert changes_that_fit(SHAPES, "smollm3-3b", FIXED, LENGTHS, card(1)) == ()


def test_shorter_rows_lose_no_example() -> None:
    wish = replace(FIXED, batch_size=1, accumulation_steps=1)
    long = Lengths(longest=131_072, labelled=0.5, longest_example=60_000)
    words = changes_that_fit(
        {"smollm3-3b": SHAPES["smollm3-3b"]}, "smollm3-3b", replace(wish, max_tokens=131_072), long, card(8)
    )
    assert not any(word.startswith("train.max_tokens=") and int(word.split("=")[1]) < 60_000 for word in words)
