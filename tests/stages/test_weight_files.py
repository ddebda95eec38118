"""Forms that are not the model are left out, one after the other, and never cost the model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.community import GENERATE_TASK, write_rows
from tests.stages.conftest import run
from tests.toys import make_tokenizer

from commonhold.errors import NoSpaceError
from commonhold.models import gguf_writer
from commonhold.models.load import load_model
from commonhold.models.merge import merge
from commonhold.publish.record import read_record
from commonhold.publish.record_outputs import LeftOutPart
from commonhold.publish.verify import verify
from commonhold.recipe.load import load_recipe
from commonhold.releases.release import run_and_release
from commonhold.releases.versions import candidate
from commonhold.stages.recheck import open_recheck
from commonhold.stages.stage import Context
from commonhold.stages.workspace import Workspace

ASKED = ("publish.gguf=q8_0",)
WRITE = gguf_writer.write_gguf


def published(community: Path, overrides: tuple[str, ...] = ASKED) -> tuple[Any, Path, list[str]]:
    """The outputs of the record, the bundle, and what was said."""
    workspace, said = Workspace(community.parents[1] / "work"), list[str]()
    outcome = run_and_release(load_recipe(community, overrides), workspace, said.append)
    assert outcome.ran == ("publish",)
    _, bundle = candidate(workspace, "water-desk")
    assert verify(bundle).model == "water-desk"
    return read_record((bundle / "record.json").read_bytes()).outputs, bundle, said


def test_everything_that_was_asked_for_is_published(community: Path) -> None:
    outputs, _, _ = published(community)
    assert outputs.left_out == ()
    assert outputs.merged is not None
    assert outputs.gguf.kind == "q8_0"
    assert [task.items for task in outputs.gguf.recheck] == [2, 2]


def writing(change: Callable[[str, Path], None]) -> Callable[..., str]:
    """`write_gguf`, and then a change of the file by its kind."""

    def write(folder: Path, kind: Any, name: str, licence: str, out: Path) -> str:
        pre = WRITE(folder, kind, name, licence, out)
        change(kind, out)
        return pre

    return write


def broken(*kinds: str) -> Callable[[str, Path], None]:
    """Overwrites the last numbers of files of these kinds."""

    def change(kind: str, out: Path) -> None:
        if kind in kinds:
            data = bytearray(out.read_bytes())
            data[-2000:] = bytes(2000)
            out.write_bytes(data)

    return change


def test_where_8_bits_are_not_the_model_there_are_16(community: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gguf_writer, "write_gguf", writing(broken("q8_0")))
    outputs, bundle, said = published(community)
    (left,) = outputs.left_out
    assert (left.form, left.fault) == ("q8_0", True)
    assert "is not what it was made of" in left.why
    assert outputs.gguf.kind == "f16"
    assert any(line.startswith("note: the GGUF in 8 bits is left out, because the layer") for line in said)
    assert any(line.endswith("This is a fault of commonhold; please report it") for line in said)
    assert "**Left out:** the GGUF in 8 bits." in (bundle / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in (bundle / "gguf").glob("*.gguf")] == ["water-desk-f16.gguf"]


def test_where_no_gguf_is_the_model_the_merged_one_stands(community: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gguf_writer, "write_gguf", writing(broken("q8_0", "f16")))
    outputs, bundle, _ = published(community)
    assert [left.form for left in outputs.left_out] == ["q8_0", "f16"]
    assert (outputs.gguf, outputs.served) == (None, "merged")
    assert not (bundle / "gguf").exists()
    gaps = {gap.what: gap for gap in read_record((bundle / "record.json").read_bytes()).gaps}
    assert (gaps["outputs.gguf"].reason, gaps["outputs.gguf"].why) == ("withheld", outputs.left_out[1].why)


def merging(change: Callable[[Path], None]) -> Callable[..., Any]:
    """`merge`, and then a change of the folder."""

    def merge_and_change(*arguments: Any) -> Any:
        marks = merge(*arguments)
        change(arguments[-1])
        return marks

    return merge_and_change


def with_a_wrong_scale(folder: Path) -> None:
    from tests.toys import CPU

    model = load_model(folder, "none", CPU)
    model.get_submodule("model.layers.1.mlp.up_proj").weight.data.mul_(1.1)
    model.bfloat16().save_pretrained(folder)


def without_its_stop(folder: Path) -> None:
    """A template that ends no reply."""
    template = folder / "chat_template.jinja"
    text = template.read_text(encoding="utf-8")
    template.write_text(text.replace("message['content'] + '<|im_end|>'", "message['content']"), encoding="utf-8")
    assert template.read_text(encoding="utf-8") != text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (with_a_wrong_scale, "The layer model.layers.1.mlp.up_proj is off by 1"),
        (without_its_stop, "It does not hold the tuned model's chat template."),
    ],
)
def test_a_wrong_merged_model_leaves_the_adapter(
    community: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], why: str
) -> None:
    monkeypatch.setattr("commonhold.models.merge.merge", merging(change))
    outputs, bundle, _ = published(community)
    (left,) = outputs.left_out
    assert (left.form, left.fault) == ("merged", True)
    assert left.why.startswith(why)
    assert (outputs.merged, outputs.gguf, outputs.served) == (None, None, "adapter")
    assert not (bundle / "merged").exists()
    assert (bundle / "adapter" / "adapter_model.safetensors").is_file()


def test_what_rounding_costs_is_no_fault_of_ours(community: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter(["", "it is surely worse at replies", ""])
    monkeypatch.setattr("commonhold.stages.weight_files.why_worse", lambda *_: next(told))
    outputs, _, said = published(community)
    assert outputs.left_out == (LeftOutPart(form="q8_0", why="It is surely worse at replies.", fault=False),)
    assert outputs.gguf.kind == "f16"
    assert "note: the GGUF in 8 bits is left out, because it is surely worse at replies" in said


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "why", "fault"),
    [
        (NoSpaceError("/somewhere: the disk is full"), "The disk was full.", False),
        (MemoryError(), "The memory was too small.", False),
        (RuntimeError("[enforce fail] std::bad_alloc"), "The memory was too small.", False),
        (ValueError("/home/me: no name for a tensor"), "Making it failed (ValueError).", True),
    ],
)
def test_whatever_happens_to_a_form_the_model_is_published(
    community: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, why: str, fault: bool
) -> None:
    monkeypatch.setattr("commonhold.models.merge.merge", failing(error))
    outputs, bundle, said = published(community)
    assert outputs.left_out == (LeftOutPart(form="merged", why=why, fault=fault),)
    assert outputs.served == "adapter"
    assert any(str(error) in line for line in said)  # all of it on the screen
    assert "/home/me" not in (bundle / "record.json").read_text(encoding="utf-8")


def test_an_interruption_is_no_reason_to_go_on(community: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commonhold.models.merge.merge", failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        run(community, ASKED)
    assert list(Workspace(community.parents[1] / "work").work.glob("publish-*")) == []


def test_a_figure_in_place_of_an_answer_is_no_reply(community: Path) -> None:
    folder = community.parents[1] / "tasks" / "likely"
    folder.mkdir()
    task = GENERATE_TASK.replace("replies", "likely").replace("generate", "likelihood").replace("include", "likelihood")
    (folder / "task.yaml").write_text(task, encoding="utf-8")
    write_rows(folder / "items.csv", [("e", "Who mends the pump?", "The well desk")], ("id", "prompt", "answer"))
    outcome = run(community, until="evaluate")
    context = Context(load_recipe(community), Workspace(community.parents[1] / "work"), print)
    context.artifacts.update(outcome.artifacts)
    tokenizer = make_tokenizer()
    recheck = open_recheck(context, tokenizer)
    assert [task.name for task in recheck.tasks] == ["choices", "likely", "replies"]
    figure = next(score.tuned_output for score in recheck.before if score.task == "likely")
    replies = [tokenizer.decode(probe.completion) for probe in recheck.probes]
    assert len(replies) == 2 + 4  # two validation rows, and two answers of each other task
    assert not any(figure in reply for reply in replies)


def test_without_a_second_evaluation_the_replies_are_compared_all_the_same(community: Path) -> None:
    outputs, _, said = published(community, ("publish.recheck_items=0", *ASKED))
    assert outputs.recheck == outputs.gguf.recheck == ()
    assert outputs.merged.equivalence.positions > 0
    assert not any("again" in line for line in said)


def test_a_gguf_alone_is_made_of_a_merged_model_that_is_not_published(community: Path) -> None:
    outputs, bundle, _ = published(community, ("publish.merged=false", *ASKED))
    assert (outputs.merged, outputs.served) == (None, "adapter")
    assert outputs.gguf is not None
    assert not (bundle / "merged").exists()
