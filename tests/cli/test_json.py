"""With --json, stdout is one JSON document; every command that has an answer gives it so."""

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.cli.test_command_line import COMMANDS, taking
from tests.community import make_community, rows, write_rows
from tests.evaluate.people.makers import make_evaluation, make_scores

from commonhold.cli import main
from commonhold.cli.answer import json_text
from commonhold.evaluate.result_files import write_results
from commonhold.models.catalog import Catalog, read_catalog
from commonhold.provenance.pending_runs import Delivery
from commonhold.provenance.runs import list_runs
from commonhold.publish.verify import verify
from commonhold.records.reproduction import Reproduction, ReproductionCheck
from commonhold.records.weights import BaseWeights
from commonhold.releases.versions import candidate
from commonhold.signatures.private_key import make_private_key, write_private_key
from commonhold.stages.sweep import Sweep, Trial
from commonhold.stages.workspace import Workspace

WITHOUT = {
    "serve": "answers over HTTP until it is stopped",
    "ui": "answers over HTTP until it is stopped",
    "completion": "prints a script, which a shell reads",
}
MODEL = "water-desk"
GOVERNANCE = """\
governance: 1
stewards: [{{name: the test suite, contact: a@b.example, public_key: "{signing}", sealing_key: "{sealing}"}}]
quorum: 1
purposes: [train, evaluate]
publication_licences: [CC0-1.0]
approved_licences: []
redress: Write.
reviewed: 2026-05-01
review_days: 3650
"""


class Town:
    """A community that trained a model, with a steward's and a publisher's keys; runs commands in its workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recipe = folder / "recipes" / "water.yaml"
        self.work = folder / "work"

    @property
    def run(self) -> str:
        """The id of its run."""
        return list_runs(self.work)[0].id

    @property
    def bundle(self) -> Path:
        """What it published."""
        return candidate(Workspace(self.work), MODEL)[1]

    def typed(self, line: str) -> list[str]:
        """A line as words; `{…}` names a property or a file of the town."""
        places = {"folder": self.folder, "recipe": self.recipe, "run": self.run, "bundle": self.bundle}
        return [*(word.format(**places) for word in line.split()), "--workspace", str(self.work)]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Made once, and not to be changed."""
    recipe = make_community(tmp_path_factory.mktemp("town"))
    town = Town(recipe.parents[1])
    table = [list(row) for row in rows()]
    table[2][1:3] = ["Anneliese Brandt", "The market smells, says Anneliese from the corner"]
    table[4][4] = "no"
    write_rows(town.folder / "data" / "rows.csv", table)
    datasheet = town.folder / "data" / "datasheet.yaml"
    datasheet.write_text(datasheet.read_text(encoding="utf-8") + "personal: {name: Who}\n", encoding="utf-8")
    steward, publisher, sealing = make_private_key("ed25519"), make_private_key("p256"), X25519PrivateKey.generate()
    write_private_key(town.folder / "ana.pem", steward)
    write_private_key(town.folder / "publisher.pem", publisher)
    pem = sealing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (town.folder / "sealing.pem").write_bytes(pem)
    written = GOVERNANCE.format(signing=steward.public.text, sealing=_sealing_text(sealing))
    (town.folder / "data" / "GOVERNANCE.yaml").write_text(written, encoding="utf-8")
    (town.folder / "tests.csv").write_text("q,__expected\nCapital?,contains: Paris\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("commonhold.releases.tracking.track_if_needed", lambda *_: None)
        words = ["train", str(recipe), "--workspace", str(town.work)]
        assert main([*words, "--set", "data.masking.placeholder_numbers=9"]) == 0
    return town


def _sealing_text(key: X25519PrivateKey) -> str:
    return "x25519:" + base64.b64encode(key.public_key().public_bytes_raw()).decode()


@pytest.fixture
def town(trained: Town, tmp_path: Path) -> Town:
    """A copy, to be changed."""
    return Town(Path(shutil.copytree(trained.folder, tmp_path / "town")))


@pytest.fixture(autouse=True)
def untracked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tracker has tests of its own; loading it takes seconds."""
    monkeypatch.setattr("commonhold.releases.tracking.track_if_needed", lambda *_: None)
    monkeypatch.setattr("commonhold.releases.tracking.track_standing", lambda *_: None)


Asked = Callable[..., Any]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    """Runs a command with --json; gives the document that is the whole of stdout."""

    def ask(words: list[str], code: int = 0) -> Any:
        capsys.readouterr()
        assert main([*words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return ask


LOOKING = {
    "check": ("check {recipe}", "items"),
    "plan": ("plan {recipe}", "stages"),
    "curate show": ("curate show rows.csv:2", "decisions"),
    "curate diff": ("curate diff {run} {run}", "alike"),
    "curate receipt": ("curate receipt rows.csv:2", "receipt"),
    "curate consent": ("curate consent {recipe} rows.csv:2", "event"),
    "curate about": ("curate about p1", "paragraph"),
    "compare": ("compare {run} {run}", "rows"),
    "verify": ("verify {bundle}", "sound"),
    "doctor": ("doctor", "device"),
    "schema": ("schema", "properties"),
    "clean": ("clean", "parts"),
    "eval preview": ("eval preview {folder}/tasks/choices", "preview"),
    "eval check": ("eval check {folder}/tasks", "tasks"),
}
"""Commands that change nothing, and something that their answer holds."""
LISTING = {
    "runs": "runs",
    "catalog": "catalog",
    "explain": "explain train.lora",
    "glossary": "glossary sbom",
    "curate why-dropped": "curate why-dropped",
    "curate unseal": "curate unseal --key {folder}/sealing.pem",
}
"""Commands whose answer is a list."""
WRITING = (
    "curate", "train", "sweep", "fetch", "track", "push", "reproduce", "attest", "keygen", "sign", "approve", "promote",
    "export", "withdraw", "eval new", "eval import", "eval export", "eval pack", "eval ratings", "curate identifier",
)  # fmt: skip
"""Commands that make something; each has a test below."""


def test_every_command_with_an_answer_has_json_and_a_test() -> None:
    assert set(COMMANDS) - set(taking("--json")) == set(WITHOUT)
    assert sorted([*LOOKING, *LISTING, *WRITING]) == sorted(taking("--json"))


@pytest.mark.parametrize(("line", "key"), LOOKING.values(), ids=LOOKING)
def test_a_command_that_looks_answers_with_one_document(line: str, key: str, trained: Town, asked: Asked) -> None:
    assert key in asked(trained.typed(line))


@pytest.mark.parametrize("line", LISTING.values(), ids=LISTING)
def test_a_command_that_lists_answers_with_one_list(line: str, trained: Town, asked: Asked) -> None:
    found = asked(trained.typed(line))
    assert isinstance(found, list)
    assert found


def test_lists_hold_what_people_read(trained: Town, asked: Asked) -> None:
    (run,) = asked(trained.typed("runs"))
    assert (run["id"], run["status"], run["stages"]["train"]) == (trained.run, "done", "done")
    (dropped,) = asked(trained.typed("curate why-dropped"))
    assert (dropped["reason"], dropped["rows"], dropped["first"][0]["row"]) == ("no_consent", 1, 6)
    (masked,) = asked(trained.typed("curate unseal --key {folder}/sealing.pem --record rows.csv:4"))
    assert masked["value"] == "Anneliese"
    assert [key["path"] for key in asked(["explain", "train.lora.rank"])] == ["train.lora.rank"]
    assert {"key": "train.epochs", "value": 1} in [
        {"key": each["key"], "value": each["value"]} for each in asked(["explain", str(trained.recipe)])
    ]


def test_a_curation_answers_with_its_summary(town: Town, asked: Asked) -> None:
    found = asked(town.typed("curate {recipe}"))
    assert (found["summary"]["records_in"], Path(found["report"]).is_file()) == (20, True)
    assert Path(found["folder"]).parent == town.work / "objects" / "curate"


def test_a_training_answers_with_scores_and_publication(town: Town, asked: Asked) -> None:
    words = town.typed("train {recipe} --set data.masking.placeholder_numbers=9")
    found = asked(words)
    assert (found["published"]["model"], found["published"]["version"]) == (MODEL, 1)
    assert {result["task"] for result in found["results"]} == {"replies", "choices"}
    gates = ["--set", "evaluate.gates=[{task: replies, min_tuned: 1.0}]"]
    refused = asked([*words, *gates], code=3)
    assert refused["published"] is None
    assert [gate["verdict"] for gate in refused["gates"]] == ["fail"]


def test_a_sweep_answers_with_its_trials(town: Town, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial(0, {"train.epochs": 1}, (), 2.5, "run")
    monkeypatch.setattr("commonhold.stages.sweep.Sweeper.run", lambda *_: Sweep("s", (trial,)))
    found = asked(town.typed("sweep {recipe} --trials 1"))
    assert (found["trials"][0]["loss"], found["gains"]) == (2.5, [0.0])


def test_what_goes_over_the_network_answers_with_json(
    town: Town, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = BaseWeights("toy", "abc", "CC0-1.0", town.folder, {"model.safetensors": "0" * 64}, "1" * 64)
    monkeypatch.setattr("commonhold.models.fetch.fetch_base", lambda *_: base)
    assert asked(town.typed("fetch toy"))["revision"] == "abc"
    monkeypatch.setattr("commonhold.releases.push.push_bundle", lambda *_: "https://hub.example/a/b")
    assert asked(town.typed("push {bundle} --to a/b"))["address"] == "https://hub.example/a/b"
    monkeypatch.setattr("commonhold.releases.tracking.track", lambda *_, **__: Delivery(("one",), ()))
    monkeypatch.setattr("commonhold.releases.aliases.mirror_aliases", lambda *_, **__: "")
    assert asked(town.typed("track")) == {"sent": ["one"], "pending": []}


def test_the_way_to_a_champion_answers_with_json(town: Town, asked: Asked) -> None:
    key = asked(["keygen", str(town.folder / "new.pem"), "--for", "steward"])
    assert key["public_key"].startswith("ed25519:")
    signed = asked(town.typed(f"sign {MODEL} --key {{folder}}/publisher.pem"))
    approved = asked(town.typed(f"approve {MODEL} --key {{folder}}/ana.pem"))
    assert (approved["approved_by"], approved["needed"]) == (["the test suite"], 1)
    promoted = asked(town.typed(f"promote {MODEL} --key {{folder}}/publisher.pem"))
    exported = asked(town.typed(f"export {MODEL} {{folder}}/out"))
    copy = asked(town.typed("approve {folder}/out --key {folder}/ana.pem --out {folder}/approval.json"))
    assert Path(copy["approval"]).is_file()
    assert {each["bundle_sha256"] for each in (signed, approved, promoted, exported)} == {exported["bundle_sha256"]}
    assert promoted["log_head"] == exported["log_head"]
    withdrawn = asked(town.typed(f"withdraw {MODEL} --reason wrong --key {{folder}}/publisher.pem"))
    assert (withdrawn["version"], withdrawn["reason"]) == (1, "wrong")


def test_a_reproduction_answers_with_json(town: Town, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Reproduction(MODEL, "", "R1", 0, (ReproductionCheck("weights", True, "the same"),), True)
    found = replace(found, bundle_digest=verify(town.bundle).digest)
    monkeypatch.setattr("commonhold.stages.reproduction.reproduce", lambda *_: found)
    asked(["keygen", str(town.folder / "me.pem"), "--for", "steward"])
    made = asked(town.typed("reproduce {bundle} --statement {folder}/said.json"))
    assert (made["grade"], made["compared"][0]["equal"]) == ("R1", True)
    said = asked(town.typed("attest {folder}/said.json --key {folder}/me.pem"))
    assert said["grade"] == "R1"
    taken = asked(town.typed(f"attest {MODEL} --add {{folder}}/said.json --by {{folder}}/me.pub"))
    assert (taken["version"], taken["grade"]) == (1, "R1")


def test_tasks_are_written_and_exchanged_with_json(town: Town, asked: Asked) -> None:
    made = asked(["eval", "new", str(town.folder / "mine")])
    assert [Path(made[name]).is_file() for name in ("task", "items")] == [True, True]
    imported = asked(["eval", "import", str(town.folder / "tests.csv"), "--to", str(town.folder / "capitals")])
    assert (imported["checked"], imported["not_carried_over"]) == (1, [])
    exported = asked(["eval", "export", imported["tasks"][0], "--to", str(town.folder / "harness")])
    assert all(Path(file).is_file() for file in exported["files"])


def test_a_pack_and_its_ratings_answer_with_json(tmp_path: Path, asked: Asked) -> None:
    scores = make_scores(8)
    write_results(make_evaluation(scores), scores, tmp_path / "evaluation")
    place = ["--workspace", str(tmp_path / "work")]
    made = asked(["eval", "pack", str(tmp_path / "evaluation"), "--out", str(tmp_path / "pack"), *place])
    assert Path(made["key"]).is_file()
    questions = json.loads((tmp_path / "pack" / "pack.json").read_text(encoding="utf-8"))["questions"]
    answers = [{"question": each["id"], "verdict": "A"} for each in questions]
    saved = tmp_path / "heron.json"
    saved.write_text(json.dumps({"ratings": 1, "pack": made["pack"], "rater": "heron", "answers": answers}), "utf-8")
    found = asked(["eval", "ratings", str(tmp_path / "pack"), str(saved), *place])
    assert (found["raters"], Path(found["report"]).is_file()) == (1, True)


def test_an_identifier_answers_with_its_languages(town: Town, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = next((town.work / "objects" / "curate").iterdir()) / "examples.jsonl"
    lines = []
    for n in range(60):
        own = n % 2 == 1
        text = f"zaqe vuxi kolo {n} wazu irebo qelo zuvaxo pira" if own else f"The water in our street {n} is leaking"
        lines.append(json.dumps({"prompt": text, "completion": text, "language": "qaa" if own else "en"}))
    examples.write_text("\n".join(lines), encoding="utf-8")
    found = asked(town.typed("curate identifier --out {folder}/languages.json"))
    assert set(found["languages"]) == {"en", "qaa"}


def test_an_error_stays_on_stderr(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(town.folder / "nowhere.yaml"), "--json"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "nowhere.yaml: there is no such file" in shown.err


def test_what_was_found_is_answered_beside_the_error(
    town: Town, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    (town.folder / "tasks" / "choices" / "items.csv").write_text("id,prompt\n1,\n", encoding="utf-8")
    found = asked(["eval", "check", str(town.folder / "tasks")], code=2)
    assert [task["in_order"] for task in found["tasks"]] == [False, True]
    assert found["problems"][0]["line"] == 2
    label = town.bundle / "label.html"
    label.write_text("changed", encoding="utf-8")
    assert main([*town.typed("verify {bundle}"), "--json"]) == 4
    shown = capsys.readouterr()
    assert json.loads(shown.out)["sound"] is False
    assert "label.html" in shown.err


def test_what_a_library_prints_is_not_in_the_document(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = read_catalog()

    def noisy() -> Catalog:
        print("a library's advice")
        return catalog

    monkeypatch.setattr("commonhold.models.catalog.read_catalog", noisy)
    assert len(asked(["catalog"])) == len(catalog.models)


def test_records_paths_and_times_have_a_form_in_json() -> None:
    data = {"where": Path("a/b"), "when": datetime(2026, 5, 1, tzinfo=UTC), "who": {"b", "a"}, "what": Delivery((), ())}
    assert json.loads(json_text(data)) == {
        "where": "a/b",
        "when": "2026-05-01T00:00:00+00:00",
        "who": ["a", "b"],
        "what": {"sent": [], "pending": [], "cause": ""},
    }
    with pytest.raises(TypeError, match="object has no form in JSON"):
        json_text(object())
