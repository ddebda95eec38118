"""A toy model: the folders that the stages leave, a few lines each, and the bundle made of them."""

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.summaries import CURATION, TRAINING

from commonhold.digests import digest_of
from commonhold.models.equivalence import Likeness
from commonhold.models.template_parts import TemplateParts
from commonhold.publish.allowed_files import Seen
from commonhold.publish.bundle import assemble
from commonhold.publish.inputs import (
    BaseOrigin,
    BundleInputs,
    GgufInputs,
    MergedInputs,
    RecipeInputs,
    RunEnvironment,
    SourceFile,
    TemplateInputs,
)
from commonhold.publish.record import build_record
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.record_sources import Oversight
from commonhold.publish.tensors import tensors_digest
from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.records.run_environment import CodeState, Environment, InstalledPackage, Machine
from commonhold.records.score import Interval, Rescored, Slice
from commonhold.records.weights import BaseWeights

GOVERNANCE = Oversight(
    purpose="Tell residents which desk handles their request.",
    intended_use="Volunteers read every reply before it goes out.",
    out_of_scope=("Emergencies", "Legal advice"),
    contact="desk@water.example",
    stewards=("desk volunteers", "residents' council"),
)
BASE_FILES = {"config.json": "c0" * 32, "model.safetensors": "ba" * 32}
RESOLVED = ResolvedRecipe(
    {
        "recipe": 1,
        "name": "water-desk",
        "data": {"folder": "../data", "system_prompt": "You are the water desk.", "max_records": None},
        "base": {"id": "toy-base", "quantisation": "nf4"},
        "train": {"epochs": 2, "lora": {"rank": 8, "target_modules": "all-linear"}},
    }
)
MACHINE = Machine("AMD EPYC", "AVX512", 2, 8 << 30, (), "")
RUN_ENVIRONMENT = RunEnvironment(
    CodeState("0.1.0", "5c" * 32, "abc123", False),
    Environment("CPython 3.11.7", "Linux 6 x86_64", {"torch": "2.13.0"}, "e0" * 32, {}),
    {"torch": InstalledPackage("2.13.0", "BSD-3-Clause", "70" * 32)},
    MACHINE,
)
EQUAL = Likeness(kl=0.001, top1=0.99, positions=512, stops=8, stops_kept=1.0)
TURNS = TemplateParts(
    opening="",
    system=("<|im_start|>system\n", "<|im_end|>\n"),
    default_system=None,
    user=("<|im_start|>user\n", "<|im_end|>\n"),
    assistant=("<|im_start|>assistant\n", "<|im_end|>\n"),
    reply="<|im_start|>assistant\n",
    stop="<|im_end|>",
)
RECHECK = Rescored(
    task="desk",
    whole=Slice("all", 20, 0.75, 0.75, Interval(0.5, 0.9), Interval(0.5, 0.9), 0.0, Interval(-0.1, 0.1), 0, 0),
    same_answers=19,
    margin=0.05,
)


LOG = [
    {"step": 1, "loss": 3.0, "grad_norm": 2.0, "learning_rate": 0.001, "adapter_digest": "a1" * 32},
    {"step": 2, "loss": 2.0, "grad_norm": 1.0, "learning_rate": 0.001, "tokens": 9},
    {"step": 2, "eval_loss": 2.5},
    {"step": 3, "loss": 1.0, "grad_norm": 1.0, "learning_rate": 0.0, "tokens": 9},
]
EXAMPLES = [
    {"record_id": "secret id", "split": "train", "prompt": "secret"},
    {"record_id": "other secret id", "split": "validation", "prompt": "secret"},
]
DECISIONS = [
    {"record_id": "secret id", "action": "drop", "file": "desk.csv", "reason": "no_consent"},
    {"record_id": "secret id", "action": "change", "file": "desk.csv", "reason": '"drop"'},
    {"record_id": "secret id", "action": "drop", "file": "s.xlsx#May", "reason": "exact_duplicate"},
]


def slice_row(name: str, items: int, base: float, tuned: float) -> dict[str, Any]:
    """A slice as evaluation writes it, with intervals of ± 0.125."""
    means = {"base": base, "tuned": tuned, "difference": tuned - base}
    intervals = {f"{each}_interval": [mean - 0.125, mean + 0.125] for each, mean in means.items()}
    return {"name": name, "items": items, **means, **intervals, "wins": 20, "losses": 5}


def result_row(task: str, overall: dict[str, Any], slices: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """A task as evaluation writes it."""
    title = task.capitalize()
    row = {"task": task, "title": title, "scorer": "include/1", "overall": overall, "slices": list(slices)}
    return {**row, "contaminated": 0}


RESULTS: dict[str, Any] = {
    "results": [
        result_row(
            "desk",
            slice_row("all", 60, 0.25, 0.75),
            [slice_row("language=en", 40, 0.25, 0.875), slice_row("language=es", 20, 0.25, 0.5)],
        )
    ],
    "gates": [{"name": "desk: min_gain 0", "verdict": "pass", "reason": "Tuned minus base is +50 points."}],
}


def safetensors(
    tensors: Mapping[str, Sequence[float]], metadata: Mapping[str, str] | None = None, header_bytes: int = 0
) -> bytes:
    """A safetensors file of 32-bit floats, in the order given, its header padded to a length."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    data = b""
    for name, numbers in tensors.items():
        raw = struct.pack(f"<{len(numbers)}f", *numbers)
        header[name] = {"dtype": "F32", "shape": [len(numbers)], "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode().ljust(header_bytes)
    return len(text).to_bytes(8, "little") + text + data


def toy_gguf() -> bytes:
    """A GGUF file of one key and one tensor of two 32-bit floats."""
    key = struct.pack("<Q", 20) + b"general.architecture" + struct.pack("<IQ", 8, 5) + b"llama"
    tensor = struct.pack("<Q", 1) + b"w" + struct.pack("<IQIQ", 1, 2, 0, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + key + tensor
    return head + bytes(-len(head) % 32) + struct.pack("<2f", 4.0, 5.0) + bytes(24)


def toy_inputs(folder: Path) -> BundleInputs:
    """Writes the folders of the toy stages; every call writes the same bytes."""
    adapter = folder / "training/adapter"
    adapter.mkdir(parents=True)
    (adapter / "adapter_model.safetensors").write_bytes(safetensors({"a": [1.0, 2.0], "b": [3.0]}))
    (adapter / "second_moments.safetensors").write_bytes(safetensors({"a": [0.1, 0.2], "b": [0.3]}))
    digest = tensors_digest([adapter / "adapter_model.safetensors"])
    texts: dict[str, Any] = {
        "training/adapter/adapter_config.json": {"r": 8},
        "training/adapter/README.md": "what PEFT leaves beside the adapter",
        "training/summary.json": {**TRAINING, "adapter_digest": digest},
        "training/log.jsonl": "".join(json.dumps(step) + "\n" for step in LOG),
        "training/schedule.jsonl": {"row": 0, "records": ["secret id"]},
        "curation/summary.json": CURATION,
        "curation/examples.jsonl": "".join(json.dumps(row) + "\n" for row in EXAMPLES),
        "curation/decisions.jsonl": "".join(json.dumps(row) + "\n" for row in DECISIONS),
        "curation/report.html": "<p>90 rows are used.",
        "evaluation/results.json": RESULTS,
        "evaluation/report.html": "<p>Better.",
        "evaluation/report.md": "Better.",
        "community/datasheet.yaml": "datasheet: 1\n",
        "evaluation/scores.jsonl": {"prompt": "secret"},
        "merged/config.json": {"model_type": "llama"},
        "merged/chat_template.jinja": "{{ messages }}",
    }
    for name, content in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "merged/model.safetensors").write_bytes(safetensors({"w": [4.0]}))
    (folder / "gguf").mkdir()
    (folder / "gguf/water-desk-q8_0.gguf").write_bytes(toy_gguf())
    return BundleInputs(
        model="water-desk",
        licence="Apache-2.0",
        created=datetime(2026, 3, 4, 12, 0, tzinfo=UTC),
        governance=GOVERNANCE,
        recipe=RecipeInputs("water-desk", "recipe: 1\n", RESOLVED, ("train.epochs=2",)),
        base=BaseWeights("toy-base", "rev1", "MIT", folder / "base", BASE_FILES, digest_of(BASE_FILES)),
        base_origin=BaseOrigin("Toy Base", "Made for tests.", "toys/base", "A"),
        datasheet=folder / "community/datasheet.yaml",
        curation=folder / "curation",
        training=folder / "training",
        evaluation=folder / "evaluation",
        run_environment=RUN_ENVIRONMENT,
        seeds={"root": 42},
        artifacts={"curate": "cu", "train": "tr", "evaluate": "ev"},
        sources={"desk.csv": SourceFile("de" * 32, "CC-BY-4.0"), "s.xlsx": SourceFile("51" * 32, "CC0-1.0")},
        merged=MergedInputs(folder / "merged", EQUAL, "toy-base, dequantised NF4", [RECHECK]),
        gguf=GgufInputs(folder / "gguf/water-desk-q8_0.gguf", "q8_0", "gpt-2", EQUAL),
        template=TemplateInputs("{{ messages }}", "{{ messages }}", TURNS),
    )


@pytest.fixture
def make_inputs() -> Callable[[Path], BundleInputs]:
    """Writes the toy stages' folders below any folder."""
    return toy_inputs


@pytest.fixture(scope="session")
def tensor_file() -> Callable[..., bytes]:
    """Makes safetensors files: see `safetensors`."""
    return safetensors


@pytest.fixture
def inputs(tmp_path: Path) -> BundleInputs:
    """The toy stages' folders."""
    return toy_inputs(tmp_path / "stages")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished toy bundle, to look at and to copy, not to change."""
    folder = tmp_path_factory.mktemp("whole")
    return assemble(toy_inputs(folder / "stages"), folder / "bundle").path


@pytest.fixture
def record_of(inputs: BundleInputs) -> Callable[..., ModelRecord]:
    """Makes the record of the toy model; named arguments replace inputs or whole summaries."""
    wanted = ["recipe/source.yaml", "recipe/resolved.json", "data/datasheet.yaml", "data/summary.json"]
    wanted += ["data/report.html", "training/summary.json", "training/log.jsonl", "evaluation/results.json"]
    wanted += ["evaluation/report.html", "evaluation/report.md", "adapter/adapter_config.json"]
    wanted += ["environment/installed.json", "merged/model.safetensors", "gguf/water-desk-q8_0.gguf"]
    files = {path: Seen("f1" * 32, 3) for path in wanted}

    def make(
        curation: Mapping[str, Any] | None = None,
        training: Mapping[str, Any] | None = None,
        results: Mapping[str, Any] | None = None,
        **changed: Any,
    ) -> ModelRecord:
        for path, more in (
            (inputs.curation / "summary.json", curation),
            (inputs.training / "summary.json", training),
            (inputs.evaluation / "results.json", results),
        ):
            content = json.loads(path.read_text(encoding="utf-8"))
            path.write_text(json.dumps({**content, **(more or {})}), encoding="utf-8")
        return build_record(replace(inputs, **changed), files)

    return make
