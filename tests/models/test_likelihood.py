"""Choices laid beside each other are as likely as each of them alone."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from commonhold.models.likelihood import PackedChoices, choice_scores, hidden_states, pack_choices

CONTEXT = [1, 40, 50, 60, 70]
CHOICES = [[80, 81, 82], [80], [90, 81]]


def alone(model: Any, context: list[int], choice: list[int]) -> float:
    """Log-likelihood by a pass of its own, every position's logits written out."""
    ids = torch.tensor([context + choice])
    with torch.inference_mode():
        logits = model(input_ids=ids, use_cache=False).logits[0].float()
    likelihoods = logits.log_softmax(-1)
    return sum(float(likelihoods[len(context) + n - 1, token]) for n, token in enumerate(choice))


def test_layout_by_hand() -> None:
    assert pack_choices([5, 6], [[7, 8], [9]]) == PackedChoices(
        ids=[5, 6, 7, 8, 9],
        positions=[0, 1, 2, 3, 2],
        owner=[0, 0, 1, 1, 2],
        predictor=[1, 2, 1],
    )


def test_choices_beside_each_other_are_as_likely_as_alone(model: Any) -> None:
    with torch.inference_mode():
        together = choice_scores(model, CONTEXT, CHOICES)
    assert together == pytest.approx([alone(model, CONTEXT, choice) for choice in CHOICES], abs=1e-4)


def test_choices_are_as_likely_as_alone_through_an_adapter(tuned: Any) -> None:
    with torch.inference_mode():
        together = choice_scores(tuned, CONTEXT, CHOICES)
    assert together == pytest.approx([alone(tuned, CONTEXT, choice) for choice in CHOICES], abs=1e-4)


def test_a_choice_that_saw_its_sibling_would_be_found_out(model: Any) -> None:
    # The same layout under a plain causal mask, where a later choice reads the earlier ones.
    packed = pack_choices(CONTEXT, CHOICES)
    with torch.inference_mode():
        hidden = hidden_states(
            model,
            input_ids=torch.tensor([packed.ids]),
            position_ids=torch.tensor([packed.positions]),
            attention_mask=torch.ones(1, len(packed.ids), dtype=torch.long),
        )[0]
        likelihoods = model.get_output_embeddings()(hidden[packed.predictor]).float().log_softmax(-1)
    leaky = sum(float(likelihoods[n, packed.ids[len(CONTEXT) + n]]) for n in (4, 5))  # the last choice
    assert abs(leaky - alone(model, CONTEXT, CHOICES[2])) > 1e-2


def test_order_of_the_choices_does_not_matter(model: Any) -> None:
    with torch.inference_mode():
        forward = choice_scores(model, CONTEXT, CHOICES)
        backward = choice_scores(model, CONTEXT, CHOICES[::-1])
    assert forward == pytest.approx(backward[::-1], abs=1e-4)


def test_all_single_tokens_together_are_certain(model: Any) -> None:
    with torch.inference_mode():
        scores = choice_scores(model, CONTEXT, [[token] for token in range(model.config.vocab_size)])
    assert torch.tensor(scores).exp().sum().item() == pytest.approx(1.0, abs=1e-4)


def test_sliding_window_model_gets_a_pass_for_each_choice(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[int] = []
    handle = model.model.register_forward_pre_hook(
        lambda _module, _args, kwargs: rows.append(kwargs["input_ids"].shape[1]), with_kwargs=True
    )
    monkeypatch.setattr(model.config, "sliding_window", 4096, raising=False)
    try:
        with torch.inference_mode():
            scores = choice_scores(model, CONTEXT, CHOICES)
    finally:
        handle.remove()
    assert rows == [8, 6, 7]
    assert scores == pytest.approx([alone(model, CONTEXT, choice) for choice in CHOICES], abs=1e-4)


@pytest.mark.parametrize(("context", "choices"), [([], [[1]]), ([1], [[]]), ([1], [[2], [], [3]])])
def test_conversation_or_choice_without_tokens_is_refused(context: list[int], choices: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="at least one token"):
        pack_choices(context, choices)


@given(
    context=st.lists(st.integers(0, 9), min_size=1, max_size=6),
    choices=st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4), min_size=1, max_size=4),
)
def test_every_choice_token_is_predicted_by_the_one_before_it_in_its_own_reading(
    context: list[int], choices: list[list[int]]
) -> None:
    packed = pack_choices(context, choices)
    for index, predictor in enumerate(packed.predictor, start=len(context)):
        assert packed.positions[predictor] == packed.positions[index] - 1
        assert packed.owner[predictor] in (0, packed.owner[index])
    assert packed.ids == context + [token for choice in choices for token in choice]
