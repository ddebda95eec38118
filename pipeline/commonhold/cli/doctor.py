"""The command doctor."""

import importlib.util
from dataclasses import asdict

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.options import json_option


@command("doctor")
@json_option
def doctor(answer: CommandAnswer) -> int:
    """Show the processor, its settings and the packages."""
    from commonhold.models.device import bf16_forbidden, choose_device, has_bf16_units
    from commonhold.number_format import count
    from commonhold.provenance.capture import capture

    device = choose_device()
    captured = capture(device.capability)
    environment = captured.environment
    lines = [
        f"processor    {device.name} ({device.device}, {device.capability}), {device.memory_bytes / 1e9:.0f} GB",
        f"settings     {device.precision}, {count(device.threads, 'thread')}, NF4 weights with double quantisation",
    ]
    if device.device == "cpu" and has_bf16_units() and (limit := bf16_forbidden()):
        lines.append(f"             the processor multiplies bfloat16 in hardware, and {limit} keeps it from that")
    lines += [
        f"python       {environment.python} on {environment.operating_system}",
        "packages     " + ", ".join(f"{name} {version}" for name, version in environment.packages.items()),
        "telemetry    off, downloads off",
    ]
    if importlib.util.find_spec("kernels") is not None:
        lines.append(
            "warning      the package 'kernels' is installed: bitsandbytes would download code with it. Remove it"
        )
    answer({"device": asdict(device), **asdict(captured)}, lines)
    return 0
