"""A model that reads conversations or ends replies otherwise is another model, whatever its weights."""

from types import SimpleNamespace
from typing import Any

import pytest
from tests.toys import CHATML, make_tokenizer

from commonhold.models.chat_format import ChatFormat


def model(stops: Any = None) -> Any:
    return SimpleNamespace(generation_config=SimpleNamespace(eos_token_id=stops))


def test_the_same_is_the_same() -> None:
    assert ChatFormat.of(model(), make_tokenizer()).difference(model(), make_tokenizer()) == ""


@pytest.mark.parametrize(
    ("change", "value", "told"),
    [
        ("chat_template", CHATML.replace("<|im_end|>", ""), "chat template"),
        ("eos_token", "<file_sep>", "stop tokens"),
    ],
)
def test_another_tokenizer_is_told_by_what_differs(change: str, value: str, told: str) -> None:
    tokenizer = make_tokenizer()
    setattr(tokenizer, change, value)
    assert ChatFormat.of(model(), make_tokenizer()).difference(model(), tokenizer) == told


def test_a_model_that_ends_elsewhere_and_one_with_another_word_are_told_together() -> None:
    tokenizer = make_tokenizer()
    tokenizer.add_tokens(["another"])
    told = ChatFormat.of(model(), make_tokenizer()).difference(model(stops=[1, 2]), tokenizer)
    assert told == "vocabulary and stop tokens"
