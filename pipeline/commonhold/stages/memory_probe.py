"""Brings together what evaluation needs to look into a model's memory: rows, curation's finder, what was masked."""

from commonhold.curate.privacy.masked_values import masked_values, personal_data_finder
from commonhold.evaluate.memory_probe import MemoryProbe
from commonhold.evaluate.memory_probe_rows import draw_rows
from commonhold.records.example import Example
from commonhold.seeds import named_seed
from commonhold.stages.curation import curation_settings
from commonhold.stages.stage import Context


def memory_probe_of(context: Context, examples: list[Example]) -> MemoryProbe:
    """What to look into the memory of the recipe's model with."""
    recipe = context.recipe
    data, settings = context.inputs.data, curation_settings(context)
    trained = frozenset(each.record_id for each in examples if each.split == "train")
    return MemoryProbe(
        rows=draw_rows(examples, named_seed(recipe.seed, "evaluate"), recipe.evaluate.memorisation_rows),
        system_prompt=recipe.data.system_prompt,
        find=personal_data_finder(data, settings),
        masked=masked_values(data, settings, context.workspace.secret(), trained),
    )
