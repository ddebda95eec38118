"""The machine-readable head of a model card, in the YAML that the Hugging Face hub reads.

The keys are those of the hub's model card specification. Every text is written in double quotes with its odd
characters escaped, so that no value can end the head or add a key to it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from commonhold.publish.record_form import ModelRecord, TaskPart

HUB_LICENCES = """\
    afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bsd-2-clause bsd-3-clause bsl-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0
    cc-by-4.0 cc-by-nc-4.0 cc-by-nc-nd-4.0 cc-by-nc-sa-4.0 cc-by-nd-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc0-1.0
    cdla-permissive-1.0 cdla-permissive-2.0 cdla-sharing-1.0 ecl-2.0 epl-2.0 eupl-1.1 eupl-1.2 gemma gpl-2.0 gpl-3.0
    isc lgpl-2.1 lgpl-3.0 llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 lppl-1.3c mit mpl-2.0 ms-pl ncsa odbl odc-by
    openrail osl-3.0 pddl postgresql unlicense wtfpl zlib"""
"""What the hub calls the licences it knows; any other is `other` with its name beside it."""
# JSON leaves these as they are; YAML forbids them, or takes them for line breaks.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def front_matter(record: ModelRecord) -> str:
    """The head of the card, between its two lines of three hyphens."""
    return "\n".join(["---", *_lines(_metadata(record), ""), "---", ""])


def _metadata(record: ModelRecord) -> dict[str, Any]:
    licence = record.identity.licence.lower()
    known = licence in HUB_LICENCES.split()
    languages = {tag.split("-")[0].lower() for tag in record.data.languages}
    return {
        "license": licence if known else "other",
        **({} if known else {"license_name": record.identity.licence}),
        "base_model": record.base.repository or record.base.id,
        "base_model_relation": "adapter",
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "language": sorted(tag for tag in languages if _LANGUAGE.fullmatch(tag)),
        "tags": ["commonhold", "lora", "community-data"],
        "model-index": [{"name": record.identity.name, "results": [_result(task) for task in record.evaluation.tasks]}],
    }


def _result(task: TaskPart) -> dict[str, Any]:
    values = {
        "mean_score": ("Mean score of the tuned model", task.tuned),
        "mean_score_base": ("Mean score of the base model", task.base),
        "mean_score_difference": ("Tuned minus base", task.difference),
    }
    return {
        "task": {"type": "text-generation", "name": task.scorer},
        "dataset": {"type": task.task, "name": task.title},
        "metrics": [
            {
                "type": kind,
                "name": name,
                "value": figure.value,
                "args": {"items": task.items, "ci95_low": figure.low, "ci95_high": figure.high},
            }
            for kind, (name, figure) in values.items()
        ],
    }


def _lines(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            yield f"{indent}{key}:"
            yield from _lines(inner, f"{indent}  ")
        elif isinstance(inner, Sequence) and not isinstance(inner, str):
            yield f"{indent}{key}:" if inner else f"{indent}{key}: []"
            yield from _items(inner, f"{indent}  ")
        else:
            yield f"{indent}{key}: {quoted(inner)}"


def _items(values: Sequence[Any], indent: str) -> Iterator[str]:
    for each in values:
        if isinstance(each, Mapping):
            first, *rest = _lines(each, f"{indent}  ")
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{indent}- {quoted(each)}"


def quoted(value: str | float) -> str:
    """A value on one line, as every reader of YAML takes it."""
    if isinstance(value, float):
        return f"{value:.6f}"  # 1e-05 is a text to readers of YAML 1.1
    text = json.dumps(value, ensure_ascii=False)
    return _NOT_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
