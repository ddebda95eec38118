"""The shipped base answers as transformers' own ways of asking it do, and the suites suit it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from tests.toys import CPU

from commonhold.evaluate.run import sample, score_side
from commonhold.evaluate.tasks import load_tasks
from commonhold.models.chat_template import conversation, prompt_ids
from commonhold.models.fetch import resolve_base
from commonhold.models.generation import BatchGenerator, stop_tokens
from commonhold.models.greedy_decoding import likeliest_replies
from commonhold.models.likelihood import log_likelihoods
from commonhold.models.likelihood_pairs import text_questions
from commonhold.models.load import load_model, load_tokenizer

pytestmark = pytest.mark.slow

EVAL = Path(__file__).parents[2] / "eval"


class Real(NamedTuple):
    model: Any
    tokenizer: Any


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """The real base in fp32; a folder named in COMMONHOLD_TEST_BASES is used again."""
    kept = os.environ.get("COMMONHOLD_TEST_BASES")
    base = resolve_base("smollm2-135m-instruct", Path(kept) if kept else tmp_path_factory.mktemp("bases"), print)
    with torch.inference_mode():
        yield Real(load_model(base.path, "none", CPU), load_tokenizer(base.path))


def test_replies_are_those_of_generate(real: Real) -> None:
    asked = ("Where is the town hall?", "My lamp is broken. Who mends it, and when can they come?", "Say yes.")
    rows = [prompt_ids(real.tokenizer, conversation(text, "You are a desk.")) for text in asked]
    stop = stop_tokens(real.model, real.tokenizer)
    made = likeliest_replies(real.model, rows, 10, stop)
    for row, reply in zip(rows, made, strict=True):
        whole = real.model.generate(torch.tensor([row]), max_new_tokens=10, do_sample=False, eos_token_id=stop)
        assert reply == [token for token in whole[0, len(row) :].tolist() if token not in stop]


def test_long_choices_are_as_likely_as_by_a_pass_of_their_own(real: Real) -> None:
    following = (
        " The desk for street lamps is open from eight to noon; bring the number that stands on the pole, please."
    )
    pairs = [
        (f"{start}\nAnswer:", [following, f"{following} Thank you."]) for start in ("Who mends lamps?", "Lamps?", "")
    ]
    questions = text_questions(real.tokenizer, pairs)
    for question, found in zip(questions, log_likelihoods(real.model, questions), strict=True):
        for choice, value in zip(question.choices, found, strict=True):
            ids = torch.tensor([[*question.context, *choice]])
            likelihoods = real.model(input_ids=ids).logits[0, -len(choice) - 1 : -1].log_softmax(-1)
            alone = float(likelihoods.gather(1, torch.tensor(choice)[:, None]).sum())
            assert value == pytest.approx(alone, abs=1e-3)


def test_a_fair_part_of_the_forgetting_suite_is_known(real: Real) -> None:
    # A quarter is chance. What was never known cannot be forgotten, and what is all known shows no loss of a little.
    task = sample(load_tasks([EVAL / "suites" / "forgetting"])[0], 1, 100)
    chosen = score_side(task, BatchGenerator(real.model, real.tokenizer, adapter=False), "")
    right = sum(chosen[item.id].text == item.choices["abcd".index(item.answer)] for item in task.items)
    assert 40 <= right <= 85
