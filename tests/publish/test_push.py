"""A bundle goes to a hub whole, on command, with a token, and only if it may be given to strangers."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.publish.fake_hub import TOKEN, FakeHub, fake_hub

from commonhold.digests import digests_below, sha256_bytes
from commonhold.errors import DigestError, FormError, GateError, RequestError
from commonhold.publish.bundle import assemble
from commonhold.publish.inputs import BundleInputs, SourceFile
from commonhold.publish.push import Target, push, read_target
from commonhold.releases.push import push_bundle

NOWHERE = Target("http://127.0.0.1:9", "toys/water")
"""Nobody listens there: a test that gets that far fails in another way."""


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as running:
        yield running


def typed(bundle: Path, to: str, home: Path, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    """`commonhold push` in a process of its own: the hub's library reads its settings once."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    environment = {**kept, "PYTHONPATH": os.pathsep.join(sys.path), "HF_HOME": str(home), "HOME": str(home)}
    environment |= {"HF_TOKEN": token} if token else {}
    command = [sys.executable, "-m", "commonhold", "push", str(bundle), "--to", to]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_every_file_arrives_as_it_is_in_one_commit_of_a_private_repository(
    whole: Path, hub: FakeHub, tmp_path: Path
) -> None:
    done = typed(whole, f"{hub.address}/toys/water", tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, f"{hub.address}/toys/water/commit/1"), done.stderr
    assert {path: sha256_bytes(data) for path, data in hub.files.items()} == digests_below(whole)
    assert hub.private == {"toys/water": True}
    assert hub.tokens == {f"Bearer {TOKEN}"}
    assert len(hub.messages) == 1
    assert hub.messages[0].startswith("water-desk, bundle ")


def test_hub_that_refuses_is_told_without_a_traceback(whole: Path, hub: FakeHub, tmp_path: Path) -> None:
    hub.refuse = 403
    done = typed(whole, f"{hub.address}/toys/water", tmp_path)
    assert done.returncode == 2
    assert "403" in done.stderr
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stderr
    assert hub.files == {}


def test_without_a_token_nothing_is_sent(whole: Path, hub: FakeHub, tmp_path: Path) -> None:
    done = typed(whole, f"{hub.address}/toys/water", tmp_path, token="")
    assert done.returncode == 2
    assert "no token for the hub was found. Set HF_TOKEN, or run: hf auth login" in done.stderr
    assert (hub.private, hub.tokens) == ({}, set())


def test_bundle_that_was_changed_is_not_pushed(whole: Path, tmp_path: Path) -> None:
    bundle = Path(shutil.copytree(whole, tmp_path / "bundle"))
    (bundle / "label.html").write_text("Perfect.", encoding="utf-8")
    with pytest.raises(DigestError, match=r"label\.html: has 8 bytes, but the manifest says"):
        push_bundle(bundle, NOWHERE, [], print)


def test_model_that_failed_a_gate_is_not_pushed(inputs: BundleInputs, tmp_path: Path) -> None:
    results = inputs.evaluation / "results.json"
    results.write_text(results.read_text(encoding="utf-8").replace('"pass"', '"fail"'), encoding="utf-8")
    bundle = assemble(inputs, tmp_path / "bundle").path
    with pytest.raises(GateError, match=r"not pushed, because 1 of 1 gates say no:\n  desk: min_gain 0"):
        push(bundle, NOWHERE, print)


@pytest.mark.parametrize("licence", ["CC-BY-ND-4.0", "CC-BY-NC-4.0", "proprietary", "LicenseRef-Mine"])
def test_model_of_rows_whose_licence_forbids_it_is_not_pushed(
    licence: str, inputs: BundleInputs, tmp_path: Path
) -> None:
    rows = {**inputs.sources, "desk.csv": SourceFile("de" * 32, licence)}
    bundle = assemble(replace(inputs, sources=rows), tmp_path / "bundle").path
    with pytest.raises(FormError, match=r"desk\.csv|is not in the table|no licence"):
        push_bundle(bundle, NOWHERE, [], print)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("toys/water", Target("https://huggingface.co", "toys/water")),
        ("https://hub.example/toys/water", Target("https://hub.example", "toys/water")),
        ("https://hub.example:8443/toys/water/", Target("https://hub.example:8443", "toys/water")),
        ("http://localhost:8000/toys/water", Target("http://localhost:8000", "toys/water")),
    ],
)
def test_target_is_a_repository_with_or_without_its_hub(
    text: str, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert read_target(text) == target


@pytest.mark.parametrize(
    "text",
    ["water", "toys/water/more", "../water", "toys/", "https://hub.example/water", "ftp://hub.example/toys/water"],
)
def test_target_that_names_no_repository_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match=r"names no repository|over https only"):
        read_target(text)


def test_token_is_not_sent_in_the_clear() -> None:
    with pytest.raises(RequestError, match="a token is sent over https only"):
        read_target("http://hub.example/toys/water")


def test_hub_of_the_environment_is_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example/")
    assert read_target("toys/water") == Target("https://mirror.example", "toys/water")
