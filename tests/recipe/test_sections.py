"""What the sections refuse beyond the bounds of single fields."""

import pytest
from pydantic import ValidationError

from commonhold.forms import Form
from commonhold.recipe import sections
from commonhold.recipe.sections import Data, Evaluate, Gates, Lora, Publish, Train


def test_half_and_half_leaves_nothing_to_train_on() -> None:
    with pytest.raises(ValidationError, match="leave nothing to train on"):
        Data(folder="x", validation_share=0.5, test_share=0.5)


def test_a_little_less_leaves_something() -> None:
    assert Data(folder="x", validation_share=0.5, test_share=0.49).test_share == 0.49


def test_fewest_words_above_most_words_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"min_words \(9\) is larger than max_words \(8\)"):
        Data(folder="x", min_words=9, max_words=8)


def test_fewest_words_equal_to_most_words_is_allowed() -> None:
    assert Data(folder="x", min_words=8, max_words=8).max_words == 8


def test_a_gate_without_a_condition_is_refused() -> None:
    with pytest.raises(ValidationError, match="a gate needs a condition"):
        Gates(task="bread")


@pytest.mark.parametrize("condition", ["min_tuned", "min_gain", "max_loss", "min_worst", "max_failures"])
def test_a_gate_with_a_condition_of_zero_is_allowed(condition: str) -> None:
    assert getattr(Gates.model_validate({"task": "bread", condition: 0.0}), condition) == 0.0


def test_two_gates_for_one_task_are_refused() -> None:
    with pytest.raises(ValidationError, match="two gates for the task 'bread'"):
        Evaluate(tasks=("x",), gates=(Gates(task="bread", min_gain=0), Gates(task="bread", max_loss=0)))


def test_a_gate_for_a_slice_alone_is_no_condition() -> None:
    with pytest.raises(ValidationError, match="max_failures or max_failure_rate"):
        Gates(task="bread", slice="language=es")


def test_a_rate_of_failures_of_zero_could_never_be_shown() -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        Gates(task="bread", max_failure_rate=0.0)


def test_a_task_and_its_slices_may_have_a_gate_each() -> None:
    gates = (Gates(task="bread", min_gain=0), Gates(task="bread", slice="language=es", min_gain=0))
    assert len(Evaluate(tasks=("x",), gates=gates).gates) == 2
    with pytest.raises(ValidationError, match="two gates for the slice 'language=es' of the task 'bread'"):
        Evaluate(tasks=("x",), gates=(*gates, gates[1]))


def test_gates_for_two_tasks_are_allowed() -> None:
    gates = (Gates(task="bread", min_gain=0), Gates(task="cake", min_gain=0))
    assert Evaluate(tasks=("x",), gates=gates).gates == gates


def test_an_adapter_on_no_layer_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        Lora(target_modules=())


@pytest.mark.parametrize("name", ["bakery", "b2", "riverbend-8gb", "a.b_c", "x" * 63])
def test_a_plain_name_is_allowed(name: str) -> None:
    assert Publish(model=name, licence="MIT").model == name


@pytest.mark.parametrize(
    "name", ["", "b", "Bakery", "-bakery", "my bakery", "../x", "a/b", "bäckerei", "bakery\n", "x" * 64]
)
def test_a_name_that_would_not_do_as_a_file_name_is_refused_in_plain_words(name: str) -> None:
    with pytest.raises(ValidationError, match="2 to 63 small letters, digits, dots, hyphens or underscores"):
        Publish(model=name, licence="MIT")


@pytest.mark.parametrize(
    ("gradient_accumulation_steps", "processes", "fitting"),
    [
        (3, 2, "gradient_accumulation_steps to 2 or 4"),
        (1, 2, "gradient_accumulation_steps to 2"),
        (6, 4, "gradient_accumulation_steps to 4 or 8, or processes to 2 or 3"),
    ],
)
def test_batches_that_cannot_be_shared_out_are_refused_with_numbers_that_can(
    gradient_accumulation_steps: int, processes: int, fitting: str
) -> None:
    with pytest.raises(
        ValidationError,
        match=rf"gradient_accumulation_steps \({gradient_accumulation_steps}\).*\({processes}\); set {fitting}",
    ):
        Train(gradient_accumulation_steps=gradient_accumulation_steps, processes=processes)


@pytest.mark.parametrize(("gradient_accumulation_steps", "processes"), [(1, 1), (3, 1), (4, 2), (2, 2)])
def test_batches_that_come_out_even_are_allowed(gradient_accumulation_steps: int, processes: int) -> None:
    assert Train(gradient_accumulation_steps=gradient_accumulation_steps, processes=processes).processes == processes


@pytest.mark.parametrize("method", ["kto", "dpo"])
def test_preferences_are_not_shared_out(method: str) -> None:
    train = {"objective": {"method": method}, "gradient_accumulation_steps": 2, "processes": 2}
    with pytest.raises(ValidationError, match=f"{method} trains in one process"):
        Train.model_validate(train)
    assert Train.model_validate({**train, "processes": 1}).objective.method == method


FORMS = [kind for kind in vars(sections).values() if isinstance(kind, type) and issubclass(kind, Form)]
SYNONYMS = [(form, word, meant) for form in FORMS for word, meant in form.synonyms.items()]


def test_there_are_synonyms() -> None:
    assert {"batch_rows", "per_device_train_batch_size", "r"} <= {word for _, word, _ in SYNONYMS}


@pytest.mark.parametrize(("form", "word", "meant"), SYNONYMS)
def test_a_synonym_is_no_key_and_means_one(form: type[Form], word: str, meant: str) -> None:
    assert word not in form.model_fields
    at: object = form
    for name in meant.split("."):
        at = at.model_fields[name].annotation  # type: ignore[attr-defined]
    assert at is not None
