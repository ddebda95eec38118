"""Two versions beside each other: recipe key by key, rows by id, tuned models on the same items."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from commonhold.evaluate.comparison.compare import compare_versions, recipe_changes, row_changes
from commonhold.evaluate.comparison.pages import comparison_data, comparison_html, written
from commonhold.evaluate.comparison.sentences import sentences
from commonhold.evaluate.comparison.version import CountedItems, KeyChange, Version, VersionRows
from commonhold.evaluate.results import slice_of
from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.records.score import Evaluation, Score, TaskResult
from commonhold.strict_json import JsonObject

NASTY = "<script>alert('x')</script>"


def score(item: int, tuned: float, task: str = "desk", prompt: str = "", **more: Any) -> Score:
    return Score(
        task=task, item_id=f"{item:03}", base=0.0, tuned=tuned, base_output="b", tuned_output=f"{task} says {tuned:g}",
        prompt=prompt or f"question {item}", expected="ext. 204", language="en", group="", cluster="", **more,
    )  # fmt: skip


def version(name: str, asked: list[Score] | None, recipe: Mapping[str, Any] | None = None, **more: Any) -> Version:
    tasks = dict.fromkeys(each.task for each in asked or ())
    results = tuple(
        TaskResult(task, task.title(), "include/1", slice_of("all", own), (), 0)
        for task in tasks
        if (own := [each for each in asked or () if each.task == task])
    )
    rows = VersionRows(10, 8, {"too_short": 2}, {"r1": "x", "r2": "y"})
    made = Version(name, ResolvedRecipe(recipe or {"seed": 42}), rows, Evaluation(results), tuple(asked or ()))
    return replace(made, **more)


def right(number: int, of: int, task: str = "desk", **more: Any) -> list[Score]:
    return [score(item, float(item < number), task, **more) for item in range(of)]


def test_keys_that_differ_are_named_with_both_values() -> None:
    old: JsonObject = {"seed": 42, "train": {"epochs": 2, "lora": {"rank": 8}}, "data": {"redact": ["email"]}}
    new: JsonObject = {
        "seed": 42,
        "train": {"epochs": 3, "lora": {"rank": 8}},
        "data": {"redact": ["email", "phone"]},
        "x": None,
    }
    assert recipe_changes(old, new) == (
        KeyChange("train.epochs", 2, 3),
        KeyChange("data.redact", ["email"], ["email", "phone"]),
    )


def test_a_key_that_one_side_lacks_and_sections_of_a_list_are_seen() -> None:
    old: dict[str, Any] = {"gates": [{"task": "desk", "min_gain": 0.0}]}
    new: dict[str, Any] = {"gates": [{"task": "desk", "min_gain": 0.1}, {"task": "form", "max_loss": 0.2}]}
    assert [(change.key, change.old, change.new) for change in recipe_changes(old, new)] == [
        ("gates.0.min_gain", 0.0, 0.1),
        ("gates.1.task", None, "form"),
        ("gates.1.max_loss", None, 0.2),
    ]


def test_sections_where_there_were_none_are_named_once() -> None:
    new: dict[str, Any] = {"gates": [{"task": "desk"}]}
    assert recipe_changes({"gates": []}, new) == (KeyChange("gates.0.task", None, "desk"),)
    assert recipe_changes(new, {"gates": []}) == (KeyChange("gates.0.task", "desk", None),)
    assert recipe_changes({"redact": []}, {"redact": ["email"]}) == (KeyChange("redact", [], ["email"]),)


def test_a_tuple_and_a_list_of_the_same_are_the_same() -> None:
    assert recipe_changes({"a": ("x",)}, {"a": ["x"]}) == ()


def test_rows_are_counted_by_reason_and_examples_by_id() -> None:
    old = VersionRows(10, 7, {"too_short": 2, "no_consent": 1}, {"a": "1", "b": "1", "c": "1"})
    new = VersionRows(12, 10, {"too_short": 1, "near_duplicate": 1}, {"b": "1", "c": "2", "d": "1"})
    found = row_changes(old, new)
    assert found.counts == (
        CountedItems("records in", 10, 12),
        CountedItems("kept", 7, 10),
        CountedItems("too_short", 2, 1),
        CountedItems("near_duplicate", 0, 1),
        CountedItems("no_consent", 1, 0),
    )
    assert (found.added, found.removed, found.changed) == (("d",), ("a",), ("c",))


def test_without_lines_it_is_not_said_that_nothing_changed() -> None:
    rows = VersionRows(10, 8, {}, None)
    assert row_changes(rows, rows).added is None
    assert sentences(compare_versions(version("o", [], rows=rows), version("n", [], rows=rows)))[1] == (
        "Data: 8 records were kept then, 8 now; which ones is not at hand."
    )


def test_the_tuned_models_are_set_against_each_other_on_the_same_items() -> None:
    found = compare_versions(version("old", right(10, 40)), version("new", right(30, 40)))
    (task,) = found.tasks
    assert (task.overall.base, task.overall.tuned, task.overall.wins, task.overall.losses) == (0.25, 0.75, 20, 0)
    assert task.overall.p == pytest.approx(2 / 2**20)
    assert [each.item_id for each in task.won] == [f"{item:03}" for item in range(10, 30)]
    assert (task.won[0].base_output, task.won[0].tuned_output) == ("desk says 0", "desk says 1")
    assert task.lost == ()
    assert sentences(found)[0].startswith("Better on “Desk”: +50 points on 40 items (95 % interval ")


def test_chance_is_adjusted_over_the_tasks() -> None:
    # Six of twenty won in one task: 2/2⁶, times two; nothing in the other.
    old = [*right(0, 20), *right(5, 20, "form")]
    new = [*right(6, 20), *right(5, 20, "form")]
    desk, form = compare_versions(version("old", old), version("new", new)).tasks
    assert [desk.overall.p_adjusted, form.overall.p_adjusted] == pytest.approx([2 * 2 / 2**6, 1.0])
    # 0.0625 is not enough, though the interval alone lies above zero.
    assert desk.overall.difference_interval.low > 0
    said = sentences(compare_versions(version("old", old), version("new", new)))
    assert said[0] == "No clear difference on “Desk” and “Form”."


def test_items_that_were_not_asked_of_both_alike_are_left_out_and_counted() -> None:
    old = [score(1, 1.0), score(2, 0.0), score(3, 0.0)]
    new = [score(1, 1.0), score(2, 1.0, prompt="another question"), score(4, 1.0)]
    (task,) = compare_versions(version("old", old), version("new", new)).tasks
    assert (task.overall.items, task.left_out) == (1, 4)


def test_a_bundle_without_answers_stands_beside_and_is_not_paired() -> None:
    found = compare_versions(version("bundle", right(10, 40), scores=None), version("new", right(30, 40)))
    assert found.tasks == ()
    (task,) = found.unpaired
    assert (task.old.tuned, task.new.tuned) == (0.25, 0.75)
    assert task.why == "one side is a bundle, which has no answers to single items"


def test_another_scorer_is_no_ground_for_a_difference() -> None:
    old, new = version("old", right(10, 40)), version("new", right(30, 40))
    assert new.evaluation is not None
    other = Evaluation(tuple(replace(result, scorer="exact/1") for result in new.evaluation.results))
    found = compare_versions(old, replace(new, evaluation=other))
    assert [task.why for task in found.unpaired] == ["judged by include/1 then and by exact/1 now"]


def test_what_cannot_be_compared_is_said() -> None:
    old = version("old", None, evaluation=None, scores=None, rows=None)
    found = compare_versions(old, version("new", right(1, 2)))
    assert found.missing == (
        "old has no data to compare: its curation is gone, or never ended.",
        "old has no scores to compare: it was not evaluated, or its evaluation is gone.",
    )
    found = compare_versions(version("old", right(1, 2)), version("new", right(1, 2, "form")))
    assert found.missing == ("Only old was asked: desk.", "Only new was asked: form.")


def test_the_same_version_twice_says_that_nothing_differs() -> None:
    same = version("v", right(10, 40))
    assert sentences(compare_versions(same, same)) == (
        "No clear difference on “Desk”.",
        "The recipes are the same.",
        "Both learnt from the same 8 examples.",
    )


def test_a_language_that_got_worse_is_named() -> None:
    old = [*right(20, 20), *[replace(each, language="es", item_id=f"s{each.item_id}") for each in right(20, 20)]]
    new = [*right(20, 20), *[replace(each, language="es", item_id=f"s{each.item_id}") for each in right(5, 20)]]
    said = sentences(compare_versions(version("old", old), version("new", new)))
    assert any(sentence.startswith("Worse for language es in “Desk”: −75 points") for sentence in said)


def test_the_page_is_escaped_and_always_the_same() -> None:
    old = version("old", right(1, 3, prompt=NASTY), {"name": NASTY})
    new = version("new", right(2, 3, prompt=NASTY), {"name": "x"})
    page = comparison_html(compare_versions(old, new))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page == comparison_html(compare_versions(old, new))


def test_the_data_for_programs_has_everything() -> None:
    data: Any = comparison_data(compare_versions(version("old", right(1, 3)), version("new", right(2, 3))))
    assert (data["old"], data["tasks"][0]["won"][0]["item_id"], data["rows"]["added"]) == ("old", "001", ())


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (True, "true"), ("nf4", "nf4"), (["a", "é"], '["a", "é"]'), (0.001, "0.001")]
)
def test_values_are_written_as_a_person_would(value: Any, text: str) -> None:
    assert written(value) == text
