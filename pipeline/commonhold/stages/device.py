"""The processor that a stage computes on, in the recipe's precision, with the number of threads of the whole run.

In bf16 on a CPU that number decides the bits (`DeviceProfile.threads_matter`): it is chosen when training starts, kept
in training's summary and in the bundle, and taken again by whatever follows, by a resumed run and by `reproduce`.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from commonhold.records.training_summary import read_training_summary
from commonhold.stages.stage import Context

if TYPE_CHECKING:
    from commonhold.models.device import DeviceProfile


def training_device(context: Context) -> "DeviceProfile":
    """With the number of threads that was asked for, else the fastest now; several processes share it."""
    from commonhold.models.device import choose_device

    recipe = context.recipe
    return choose_device(recipe.base.precision, context.workers.threads * recipe.train.processes)


def trained_device(context: Context) -> "DeviceProfile":
    """For what follows training: with the number of threads that training took."""
    from commonhold.models.device import choose_device

    summary = read_training_summary(context.artifacts["train"].path)
    return choose_device(context.recipe.base.precision, summary.threads)


def curating_device(context: Context) -> "DeviceProfile":
    """For the model's part in curation, whose rows may not depend on the number of threads.

    On a CPU in fp32, unless the recipe asks for bf16; then on one thread.
    """
    from commonhold.models.device import choose_device

    device = choose_device(context.recipe.base.precision)
    if not device.threads_matter:
        return device
    if context.recipe.base.precision == "auto":
        return replace(device, precision="float32")
    return replace(device, threads=1)
