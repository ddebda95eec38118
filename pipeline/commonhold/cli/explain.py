"""Commands about the form of recipes: explain, schema."""

from pathlib import Path
from typing import Any

import click

from commonhold.cli.answer import CommandAnswer, json_text
from commonhold.cli.command import command
from commonhold.cli.options import json_option, set_option


@command("explain")
@click.argument("key", default="", help="such as train.lora.rank, or a recipe file (default: all keys)")
@set_option
@json_option
def explain(key: str, overrides: tuple[str, ...], answer: CommandAnswer) -> int:
    """Explain a key of the recipe, or a whole recipe.

    Of a recipe, it prints every value that a run will use, and where each of them comes from.
    """
    from commonhold.recipe.explain import explain as explain_key
    from commonhold.recipe.explain import explain_recipe, resolved_values
    from commonhold.recipe.load import load_recipe

    if key.endswith((".yaml", ".yml")):
        loaded = load_recipe(Path(key), overrides)
        answer([value._asdict() for value in resolved_values(loaded)], explain_recipe(loaded))
    else:
        text = explain_key(key)  # refuses a key that there is not
        answer(_keys(key), text)
    return 0


def _keys(path: str) -> list[dict[str, Any]]:
    """A key and everything below it; without a path, all keys."""
    from dataclasses import asdict

    from commonhold.recipe.keys import all_keys
    from commonhold.recipe.schema import json_schema

    path = ".".join(part for part in path.strip().split(".") if part and not part.isdecimal())
    below = (key for key in all_keys(json_schema()) if not path or f"{key.path}.".startswith(f"{path}."))
    return [asdict(key) for key in below]


@command("schema")
@json_option
def schema(answer: CommandAnswer) -> int:
    """Print the recipe's JSON Schema, for editors.

    It is JSON, with --json or without.
    """
    from commonhold.recipe.schema import json_schema

    made = json_schema()
    answer(made, json_text(made))
    return 0
