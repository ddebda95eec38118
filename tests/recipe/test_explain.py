"""What a key means, and where a value came from."""

from pathlib import Path

import pytest

from commonhold.errors import RequestError
from commonhold.recipe.explain import ResolvedValue, explain, explain_recipe, resolved_values
from commonhold.recipe.load import load_recipe
from commonhold.recipe.sections import Recipe

RECIPE = """\
recipe: 1
name: bakery
governance:
  purpose: Answer questions about bread.
  intended_use: The baker reads along.
  out_of_scope:
    - cakes
    - tarts
  contact: bread@example.org
  stewards: [the bakers]
data: {folder: ../data}
evaluate:
  tasks: [../tasks]
  gates:
    - task: bread
      min_gain: 0.1
publish: {model: bakery, licence: Apache-2.0}
"""


def _values(tmp_path: Path, *overrides: str) -> dict[str, ResolvedValue]:
    path = tmp_path / "bakery.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return {each.key: each for each in resolved_values(load_recipe(path, overrides))}


def test_a_field_is_explained_with_kind_bounds_default_and_both_ways_to_write_it() -> None:
    assert explain("train.lora.rank").splitlines() == [
        "train.lora.rank",
        "  Width of the adapter; more learns more and forgets more.",
        "",
        "  kind      whole number",
        "  bounds    1 to 256",
        "  default   16",
        "",
        "  in the recipe",
        "    train:",
        "      lora:",
        "        rank: 16",
        "  for one run",
        "    --set train.lora.rank=16",
    ]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("base.quantisation", "kind      nf4 or int8 or none"),
        (
            "data.redact",
            "kind      list of payment_card or iban or email or url_secret or online_profile or id_number or "
            "ip_address or coordinates or date_of_birth or street_address or phone or web_address",
        ),
        (
            "data.redact",
            "default   [payment_card, iban, email, url_secret, online_profile, id_number, ip_address, coordinates, "
            "date_of_birth, phone]",
        ),
        ("data.system_prompt", 'default   ""'),
        ("data.near_duplicate", "bounds    above 0, at most 1"),
        ("data.balance.source_weights", "kind      names, each with a number"),
        ("data.balance.source_weights", "default   left out"),
        ("data.max_records", "bounds    at least 1"),
        ("data.max_records", "default   left out"),
        ("data.folder", "default   none; it must be given"),
        ("train.gradient_checkpointing", "kind      true or false or auto or offload"),
        ("train.learning_rate", "default   0.001"),
        ("train.lora.target_modules", "kind      list of text or all-linear"),
        ("governance.stewards", "kind      list of text"),
        ("governance.stewards", "bounds    at least 1 of them"),
        ("evaluate.gates", "kind      list of sections"),
        ("evaluate.gates.min_gain", "bounds    -1 to 1"),
        ("recipe", "kind      1"),
        ("seed", "bounds    at least 0, below 2,147,483,648"),
    ],
)
def test_facts_are_in_plain_words(path: str, line: str) -> None:
    assert f"  {line}" in explain(path).splitlines()


def test_a_section_shows_the_keys_in_it_and_no_others() -> None:
    text = explain("train.lora")
    assert "rank = 16" in text
    assert "target_modules = all-linear" in text
    assert "epochs" not in text


def test_a_key_in_a_list_of_sections_is_written_with_a_dash_and_not_offered_to_set() -> None:
    text = explain("evaluate.gates.min_gain")
    assert "        - min_gain: …" in text
    assert "--set" not in text


@pytest.mark.parametrize("path", ["evaluate.gates.0.min_gain", " evaluate.gates.min_gain ", "evaluate.gates.min_gain."])
def test_a_place_from_an_error_message_is_understood(path: str) -> None:
    assert explain(path) == explain("evaluate.gates.min_gain")


def test_without_a_path_every_key_of_the_form_is_shown() -> None:
    text = explain()
    assert all(f"  {name}" in text for name in Recipe.model_fields)
    assert "  folder (required)  " in text
    assert "      rank = 16  " in text


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("train.lora.rnak", "train.lora.rank"),
        ("trian", "train"),
        ("rank", "train.lora.rank"),
        ("train.rank", "train.lora.rank"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(path: str, near: str) -> None:
    with pytest.raises(
        RequestError, match=f"^{path}: there is no such key; did you mean '{near}'\\? Run: commonhold explain$"
    ):
        explain(path)


def test_a_key_near_to_none_is_answered_without_a_guess() -> None:
    with pytest.raises(RequestError, match=r"^zzzzz: there is no such key\. Run: commonhold explain$"):
        explain("zzzzz")


def test_a_value_of_the_file_has_its_line(tmp_path: Path) -> None:
    values = _values(tmp_path)
    assert values["governance.contact"] == ("governance.contact", "bread@example.org", f"{tmp_path}/bakery.yaml:9")
    assert values["governance.out_of_scope"].source == f"{tmp_path}/bakery.yaml:6"
    assert values["evaluate.gates.0.min_gain"] == ("evaluate.gates.0.min_gain", 0.1, f"{tmp_path}/bakery.yaml:16")


def test_a_value_that_nobody_gave_is_a_default(tmp_path: Path) -> None:
    values = _values(tmp_path)
    assert values["train.lora.rank"] == ("train.lora.rank", 16, "default")
    assert values["evaluate.gates.0.max_loss"] == ("evaluate.gates.0.max_loss", None, "default")


def test_a_value_of_the_command_line_has_the_override(tmp_path: Path) -> None:
    values = _values(tmp_path, "seed=7", "governance.contact=x", "train.lora={rank: 4}", "train.lora.alpha=8")
    assert values["seed"].source == "--set seed=7"
    assert values["governance.contact"].source == "--set governance.contact=x"
    assert values["train.lora.rank"].source == "--set train.lora={rank: 4}"
    assert values["train.lora.alpha"].source == "--set train.lora.alpha=8"


def test_what_an_override_leaves_out_is_a_default_though_the_file_had_it(tmp_path: Path) -> None:
    values = _values(tmp_path, "evaluate.gates=[{task: cake, max_loss: 0.2}]")
    assert values["evaluate.gates.0.min_gain"] == ("evaluate.gates.0.min_gain", None, "default")
    assert values["evaluate.tasks"].source == f"{tmp_path}/bakery.yaml:13"


def test_every_leaf_of_the_recipe_is_resolved_once(tmp_path: Path) -> None:
    # 3 at the top, governance 5, data 11 and masking 3, cleaning 5, balance 4, rephrase 2, base 3, train 12,
    # objective 2, checkpoints 2 and lora 6, evaluate 4 and a gate's 8, publish 6, serve 4
    assert len(_values(tmp_path)) == 3 + 5 + (11 + 3 + 5 + 4 + 2) + 3 + (12 + 2 + 2 + 6) + (4 + 8) + 6 + 4


def test_lines_stand_in_columns(tmp_path: Path) -> None:
    path = tmp_path / "bakery.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    lines = explain_recipe(load_recipe(path))
    # The longest key is train.checkpoints.early_stopping_patience, of 42 letters.
    assert lines[1].startswith(f"{'name':<42} {path}:2 ")
    assert {line.index("  ", 53) > 0 for line in lines} == {True}
    assert lines[2].split() == ["seed", "default", "42"]
