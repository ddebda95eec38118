"""The OpenSSF's own tool and this one read each other's signatures; anything else is refused.

The files in `golden/` were made by model-signing 1.1.1 over the tree of `tests/benchmarks/signing_interop.py`, which
makes them anew and tries the other direction too.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.benchmarks.signing_interop import write_tree
from tests.publish.verification.handing_out import files_of

from commonhold.publish.sign import sign_files
from commonhold.publish.verification.model_signature import files_digest, read_model_signature, signature_problems
from commonhold.signatures.envelope import envelope_value, signed_bytes
from commonhold.signatures.private_key import make_private_key
from commonhold.signatures.public_key import read_public_key

GOLDEN = Path(__file__).parent / "golden"
KEY = read_public_key((GOLDEN / "key.pub").read_text(encoding="utf-8"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "model")


@pytest.mark.parametrize("name", ["theirs.sig", "theirs_with_git.sig"])
def test_a_signature_of_the_openssfs_tool_is_accepted(name: str, tree: Path) -> None:
    signature = read_model_signature((GOLDEN / name).read_bytes())
    assert signature_problems(signature, files_of(tree), KEY) == []
    assert signature.key_hint == KEY.fingerprint
    assert signature.name == "model"


def test_what_their_signature_lets_pass_below_git_is_a_problem_here(tree: Path) -> None:
    (tree / ".git").mkdir()
    (tree / ".git/hook.txt").write_text("x", encoding="utf-8")
    signature = read_model_signature((GOLDEN / "theirs_with_git.sig").read_bytes())
    assert signature_problems(signature, files_of(tree), KEY) == [
        "model.sig: '.git/hook.txt' is not the file that was signed"
    ]


def test_their_signature_over_a_changed_file_and_with_another_key_is_refused(tree: Path) -> None:
    (tree / "README.md").write_text("# Another", encoding="utf-8")
    signature = read_model_signature((GOLDEN / "theirs.sig").read_bytes())
    other = make_private_key("p256").public
    assert signature_problems(signature, files_of(tree), other) == [
        "model.sig: 'README.md' is not the file that was signed",
        f"model.sig: was not made with the key {other.fingerprint[:12]}… that you trust; "
        f"it names the key {KEY.fingerprint[:12]}…",
    ]


def test_ours_has_the_form_of_theirs_key_by_key(tree: Path) -> None:
    ours = json.loads(sign_files("model", files_of(tree), make_private_key("p256")))
    theirs = json.loads((GOLDEN / "theirs.sig").read_bytes())
    assert shape(ours) == shape(theirs)
    payloads = [json.loads(base64.b64decode(each["dsseEnvelope"]["payload"])) for each in (ours, theirs)]
    listed = [sorted(each["predicate"].pop("resources"), key=lambda file: file["name"]) for each in payloads]
    assert listed[0] == listed[1]
    # One digest over all, in the order in which the files are listed: paths by letters here, by folders there.
    roots = [each["subject"][0]["digest"].pop("sha256") for each in payloads]
    assert roots[0] == files_digest([file["digest"] for file in listed[0]])
    assert payloads[0] == payloads[1]


def shape(value: Any) -> Any:
    """Keys without what stands at them."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def test_one_digest_over_two_files_is_that_of_their_bytes_in_order() -> None:
    # printf '\\0%.0s' {1..32} > x; printf '\\377%.0s' {1..32} >> x; sha256sum x
    expected = "bba91ca85dc914b2ec3efb9e16e7267bf9193b14350d20fba8a8b406730ae30a"
    assert files_digest(["00" * 32, "ff" * 32]) == expected


Change = Callable[[dict[str, Any]], object]


def rewritten(change: Change) -> bytes:
    """Their signature with a change of what is signed, which an attacker without the key can make."""
    bundle = json.loads((GOLDEN / "theirs.sig").read_bytes())
    payload = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    change(payload)
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
    return json.dumps(bundle).encode()


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (lambda value: value.update(_type="x"), "no in-toto statement"),
        (lambda value: value.update(predicateType="x"), "about something else than a model's files"),
        (lambda value: value.update(subject=[]), "does not list files"),
        (lambda value: value["predicate"].update(resources=[{"name": "a"}]), "does not list files"),
        (lambda value: value["predicate"]["serialization"].update(method="shards"), "in another way than one SHA-256"),
        (lambda value: value["predicate"]["serialization"].update(hash_type="blake3"), "in another way than one"),
        (lambda value: value["predicate"]["resources"].pop(), "contradicts itself"),
        (lambda value: value["subject"][0]["digest"].update(sha256="00" * 32), "contradicts itself"),
    ],
)
def test_a_statement_of_another_form_is_refused(change: Change, trouble: str) -> None:
    with pytest.raises(ValueError, match=trouble):
        read_model_signature(rewritten(change))


def test_a_consistent_forgery_reads_and_does_not_fit_the_key(tree: Path) -> None:
    def forge(value: dict[str, Any]) -> None:
        value["predicate"]["resources"][0]["digest"] = "ab" * 32
        digests = [each["digest"] for each in value["predicate"]["resources"]]
        value["subject"][0]["digest"]["sha256"] = files_digest(digests)

    signature = read_model_signature(rewritten(forge))
    assert any("was not made with the key" in line for line in signature_problems(signature, files_of(tree), KEY))


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b"", "is not JSON"),
        (b"[]", "is no Sigstore bundle"),
        (b'{"mediaType": "x", "verificationMaterial": {}}', "is no Sigstore bundle"),
        (b'{"mediaType": "a", "mediaType": "b"}', "twice"),
    ],
)
def test_what_is_no_signature_is_refused(data: bytes, trouble: str) -> None:
    with pytest.raises(ValueError, match=trouble):
        read_model_signature(data)


def test_certificates_and_other_payloads_are_refused() -> None:
    bundle = json.loads((GOLDEN / "theirs.sig").read_bytes())
    with_certificate = {**bundle, "verificationMaterial": {"certificate": {"rawBytes": "AA=="}}}
    with pytest.raises(ValueError, match="with a certificate"):
        read_model_signature(json.dumps(with_certificate).encode())
    key = make_private_key("p256")
    other = envelope_value("text/plain", b"{}", key.sign(signed_bytes("text/plain", b"{}")))
    with pytest.raises(ValueError, match="something else than an in-toto statement"):
        read_model_signature(json.dumps({**bundle, "dsseEnvelope": other}).encode())


def test_a_file_listed_twice_is_refused() -> None:
    def double(value: dict[str, Any]) -> None:
        value["predicate"]["resources"].append(value["predicate"]["resources"][0])
        digests = [each["digest"] for each in value["predicate"]["resources"]]
        value["subject"][0]["digest"]["sha256"] = files_digest(digests)

    with pytest.raises(ValueError, match="lists a file twice"):
        read_model_signature(rewritten(double))
