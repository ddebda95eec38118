"""Rephrasing by a recipe's own base model: the toy here, the real one where it is slow."""

import os
from collections import Counter
from pathlib import Path

import pytest
from tests.stages.conftest import run
from tests.toys import CPU

from commonhold.curate.rephrasing.checks import refused, unquoted
from commonhold.curate.rephrasing.style import INSTRUCTIONS, request
from commonhold.errors import FormError
from commonhold.files import read_json, read_jsonl
from commonhold.models.fetch import resolve_base
from commonhold.models.generation import BatchGenerator
from commonhold.models.load import load_model, load_tokenizer
from commonhold.recipe.load import load_recipe
from commonhold.stages.pipeline import RunOutcome

RULES = """\
governance: 1
stewards:
  - name: the test suite
    contact: desk@example.org
    public_key: ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
quorum: 1
purposes: [train, evaluate]
publication_licences: [CC0-1.0]
redress: Write to the desk.
reviewed: 2026-01-01
review_days: 3650
"""
"""The key is that of RFC 8032, section 7.1, test 1."""
EASY = ("data.rephrase.styles=[easy]", "data.rephrase.share=0.2")


def allow(recipe: Path) -> None:
    """Lets the toy community's yes cover rephrasing."""
    datasheet = recipe.parents[1] / "data" / "datasheet.yaml"
    text = datasheet.read_text(encoding="utf-8")
    datasheet.write_text(text.replace("basis:", "covers: [train, evaluate, rephrase], basis:"), encoding="utf-8")


def curated(outcome: RunOutcome) -> Path:
    return outcome.artifacts["curate"].path


def test_the_recipes_base_rephrases_and_everything_it_wrote_is_decided(fresh: Path) -> None:
    allow(fresh)
    folder = curated(run(fresh, EASY, until="curate"))
    made = [row for row in read_jsonl(folder / "decisions.jsonl") if row["step"] == "rephrase/1"]
    training = [row["record_id"] for row in read_jsonl(folder / "examples.jsonl") if row["split"] == "train"]
    summary = read_json(folder / "summary.json")
    assert made
    assert {row["detail"].split(" of ")[1].split(":")[0] for row in made} <= {*training}
    assert sum(summary["synthetic"].values()) + sum(summary["synthetic_refused"].values()) == len(made)


def test_a_recipe_that_does_not_ask_gets_no_rephrased_record(fresh: Path) -> None:
    allow(fresh)
    folder = curated(run(fresh, until="curate"))
    assert [row for row in read_jsonl(folder / "decisions.jsonl") if row["step"] == "rephrase/1"] == []


def test_another_quantisation_rephrases_anew_and_curates_alike_without_rephrasing(fresh: Path) -> None:
    allow(fresh)
    other = ("base.quantisation=none",)
    run(fresh, until="curate")
    assert run(fresh, other, until="curate").ran == ()
    run(fresh, EASY, until="curate")
    assert run(fresh, (*EASY, *other), until="curate").ran == ("curate",)


def test_a_community_that_does_not_allow_it_is_not_overruled(fresh: Path) -> None:
    allow(fresh)
    (fresh.parents[1] / "data" / "GOVERNANCE.yaml").write_text(RULES, encoding="utf-8")
    run(fresh, until="curate")
    with pytest.raises(FormError, match="does not allow rephrase"):
        run(fresh, EASY, until="curate")


def test_a_style_named_twice_is_refused(fresh: Path) -> None:
    with pytest.raises(FormError, match="the style 'easy' is named twice"):
        load_recipe(fresh, ("data.rephrase.styles=[easy, easy]",))


MESSAGES = (
    "There is a big hole in the road in front of the school and cars drive around it.",
    "The street lamp at the corner has been dark for three weeks.",
    "My neighbour burns rubbish in his garden every evening and the smoke comes in.",
    "Water is running out of the ground next to the playground since this morning.",
    "I paid my water bill twice by mistake and want the money back.",
    "How do I get a permit to hold a street party in our road?",
)


@pytest.mark.slow
def test_the_smallest_real_base_makes_some_messages_that_pass(tmp_path_factory: pytest.TempPathFactory) -> None:
    kept = os.environ.get("COMMONHOLD_TEST_BASES")
    base = resolve_base("smollm2-135m-instruct", Path(kept) if kept else tmp_path_factory.mktemp("bases"), print)
    model = BatchGenerator(load_model(base.path, "none", CPU), load_tokenizer(base.path), adapter=False)
    asked = [(style, message) for style in INSTRUCTIONS for message in MESSAGES]
    replies = model.generate([request(style, message) for style, message in asked], 60)
    found = [
        (style, refused(message, "Desk: Streets, ext. 204", unquoted(reply), style))
        for (style, message), reply in zip(asked, replies, strict=True)
    ]
    used = Counter(style for style, why in found if why is None)
    print(f"used {used.total()} of {len(found)}: {dict(used)}; {Counter(why[0] for _, why in found if why)}")
    assert 0 < used.total() < len(found)
