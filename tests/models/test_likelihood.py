"""Questions asked together are answered as each of them alone."""

from typing import Any

import pytest
import torch

from commonhold.models import likelihood
from commonhold.models.likelihood import head_logits, hidden_states, log_likelihoods, takes_masks
from commonhold.models.shared_prefix import ScoredQuestion, lay_out

ASKED = [
    ScoredQuestion((1, 40, 50, 60, 70, 80), ((80, 81, 82), (80,), (90, 81))),
    ScoredQuestion((1, 40, 50, 60, 71), ((80, 81, 82), (33, 34, 35, 36))),
    ScoredQuestion((1, 40, 50, 60, 72, 73, 74, 75), ((5,), (6,))),
]
"""They share four tokens at the beginning."""


def alone(model: Any, question: ScoredQuestion) -> list[float]:
    """Log-likelihoods by a pass for each choice, every position's logits written out."""
    found = []
    for choice in question.choices:
        with torch.inference_mode():
            ids = torch.tensor([[*question.context, *choice]])
            likelihoods = model(input_ids=ids, use_cache=False).logits[0].float().log_softmax(-1)
        first = len(question.context) - 1
        found.append(sum(float(likelihoods[first + n, token]) for n, token in enumerate(choice)))
    return found


def together(model: Any, asked: list[ScoredQuestion]) -> list[list[float]]:
    with torch.inference_mode():
        return log_likelihoods(model, asked)


def flat(values: list[list[float]]) -> list[float]:
    return [value for row in values for value in row]


def test_questions_together_are_answered_as_alone(model: Any) -> None:
    assert flat(together(model, ASKED)) == pytest.approx(flat([alone(model, each) for each in ASKED]), abs=1e-4)


def test_questions_together_are_answered_as_alone_through_an_adapter(tuned: Any) -> None:
    assert flat(together(tuned, ASKED)) == pytest.approx(flat([alone(tuned, each) for each in ASKED]), abs=1e-4)


@pytest.mark.parametrize("tokens", [1, 14, 1000], ids=["a row each", "some rows", "one row"])
def test_length_of_the_rows_does_not_matter(model: Any, tokens: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = flat(together(model, ASKED))
    monkeypatch.setattr(likelihood, "ROW_TOKENS", {"cpu": tokens})
    assert flat(together(model, ASKED)) == pytest.approx(expected, abs=1e-4)


def test_what_is_shared_is_read_once(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likelihood, "ROW_TOKENS", {"cpu": 1})
    assert lengths_read(model, ASKED) == [4, 6, 5, 4]  # the largest question first; last tokens are not read


def test_two_or_three_shared_tokens_are_not_worth_a_pass(model: Any) -> None:
    asked = [ScoredQuestion((1, 40, 50, 60), ((2,),)), ScoredQuestion((1, 40, 50, 61), ((2,),))]
    assert lengths_read(model, asked) == [8]


def lengths_read(model: Any, asked: list[ScoredQuestion]) -> list[int]:
    rows: list[int] = []
    handle = model.model.register_forward_pre_hook(
        lambda _module, _args, kwargs: rows.append(kwargs["input_ids"].shape[1]), with_kwargs=True
    )
    try:
        together(model, asked)
    finally:
        handle.remove()
    return rows


def test_a_choice_that_saw_its_sibling_would_be_found_out(model: Any) -> None:
    # The same layout under a plain causal mask, where a later choice reads the earlier ones.
    row = lay_out(ASKED[:1])
    with torch.inference_mode():
        hidden = hidden_states(
            model,
            input_ids=torch.tensor([row.ids]),
            position_ids=torch.tensor([row.positions]),
            attention_mask=torch.ones(1, len(row.ids), dtype=torch.long),
        )[0]
        likelihoods = head_logits(model, hidden).log_softmax(-1)
    leaky = sum(float(likelihoods[place, token]) for place, token, choice in row.scored if choice == 2)
    assert abs(leaky - alone(model, ASKED[0])[2]) > 1e-2


def test_all_single_tokens_together_are_certain(model: Any) -> None:
    every = tuple((token,) for token in range(model.config.vocab_size))
    (scores,) = together(model, [ScoredQuestion((1, 40, 50), every)])
    assert torch.tensor(scores).exp().sum().item() == pytest.approx(1.0, abs=1e-4)


def test_sliding_window_model_gets_a_row_for_each_choice(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model.config, "sliding_window", 4096, raising=False)
    assert not takes_masks(model)
    assert lengths_read(model, ASKED) == [8]  # seven rows padded to the longest, in one batch
    assert flat(together(model, ASKED)) == pytest.approx(flat([alone(model, each) for each in ASKED]), abs=1e-4)


def test_attention_that_takes_no_mask_gets_none(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert takes_masks(model)
    monkeypatch.setattr(model.config, "_attn_implementation_internal", "flash_attention_2")
    assert not takes_masks(model)


@pytest.mark.parametrize("window", [None, 4096])
def test_empty_choice_is_refused_both_ways(model: Any, window: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model.config, "sliding_window", window, raising=False)
    with pytest.raises(ValueError, match="at least one token"):
        together(model, [ScoredQuestion((1,), ((),))])


def test_nothing_asked_is_nothing_answered(model: Any) -> None:
    assert together(model, []) == []


def test_progress_is_said_until_all_is_done(model: Any) -> None:
    said: list[tuple[int, int]] = []
    with torch.inference_mode():
        log_likelihoods(model, ASKED, lambda *done: said.append(done))
    assert said == [(3, 3)]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [("logits_scaling", 2.0, 1.5), ("logit_scale", 2.0, 6.0), ("final_logit_softcapping", 1.0, 0.99505)],
)
def test_models_that_scale_or_cap_their_last_step_are_followed(
    model: Any, key: str, value: float, expected: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "get_output_embeddings", lambda: lambda hidden: hidden)
    monkeypatch.setattr(model.config, key, value, raising=False)
    assert float(head_logits(model, torch.tensor([3.0]))) == pytest.approx(expected, abs=1e-5)
