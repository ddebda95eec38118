"""Templates of other families too: the model learns the reply and its end, after what it will be asked with."""

from pathlib import Path
from typing import Any

import pytest
import trl
from tests.toys import make_tokenizer

from commonhold.models.chat_template import conversation, prompt_ids, token_pair

ORIGINALS = Path(trl.__file__).parent / "chat_templates"
"""Templates as the bases have them, letter for letter."""
MARKS = {
    "qwen3_instruct_2507": ("<|im_start|>", "<|im_end|>"),
    "qwen2_5": ("<|im_start|>", "<|im_end|>"),
    "llama3": ("<|start_header_id|>", "<|end_header_id|>", "<|begin_of_text|>", "<|eot_id|>"),
    "gemma3": ("<bos>", "<start_of_turn>", "<end_of_turn>"),
    "phi3": ("<|user|>", "<|assistant|>", "<|system|>", "<|end|>"),
}
"""Special tokens of a template; the last one ends a reply."""


def tokenizer_of(name: str) -> Any:
    """The toy's tokenizer with another base's template and marks."""
    tokenizer = make_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKS[name])})
    tokenizer.eos_token = MARKS[name][-1]
    if name in ("llama3", "gemma3"):
        tokenizer.bos_token = next(mark for mark in MARKS[name] if "b" in mark and "o" in mark)
    tokenizer.chat_template = (ORIGINALS / f"{name}.jinja").read_text(encoding="utf-8")
    return tokenizer


@pytest.mark.parametrize("name", MARKS)
@pytest.mark.parametrize("system", ["", "You are the desk."])
def test_reply_and_its_end_are_learnt_after_the_prompt_of_the_bases_own_template(name: str, system: str) -> None:
    tokenizer = tokenizer_of(name)
    messages = conversation("Where is the well?", system)
    pair = token_pair(tokenizer, messages, "By the school.")
    turns = [{"role": message.role, "content": message.content} for message in messages]
    asked = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    whole = tokenizer.apply_chat_template([*turns, {"role": "assistant", "content": "By the school."}], tokenize=False)
    assert tokenizer.decode(pair.prompt) == asked
    assert tokenizer.decode(pair.completion) == f"By the school.{MARKS[name][-1]}"
    assert whole.startswith(tokenizer.decode([*pair.prompt, *pair.completion]))
    assert list(pair.prompt) == prompt_ids(tokenizer, messages)
    assert pair.completion[-1] == tokenizer.eos_token_id
    assert tokenizer.eos_token_id not in pair.completion[:-1]
