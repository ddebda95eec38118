"""A recipe's training as the trainer wants it described."""

from commonhold.recipe.sections import Recipe
from commonhold.train.settings import LoraSettings, TrainingSettings


def settings_of(recipe: Recipe) -> TrainingSettings:
    """What the trainer needs of a recipe in which nothing is left to the plan."""
    train = recipe.train
    return TrainingSettings(
        system_prompt=recipe.data.system_prompt,
        quantisation=recipe.base.quantisation,
        lora=LoraSettings(**train.lora.model_dump()),
        checkpoints_per_epoch=train.checkpoints.per_epoch,
        early_stopping_patience=train.checkpoints.early_stopping_patience,
        **train.objective.model_dump(),
        **train.model_dump(exclude={"lora", "checkpoints", "objective"}),
    )
