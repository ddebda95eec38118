"""Who made a model again is counted by keys that are not its publisher's; what was changed is refused."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.publish.verification.handing_out import Keys, digest_of_bundle, reproduce, statement, write_page

from commonhold.errors import DigestError
from commonhold.publish.sign import sign_reproduction
from commonhold.publish.verification.findings import Trust
from commonhold.publish.verification.reproduced import Witness, counted_line
from commonhold.publish.verification.reproduction_statement import (
    read_signed_statement,
    read_unsigned_statement,
    signed_statement_bytes,
    statement_payload,
)
from commonhold.publish.verify import Verification, verify
from commonhold.signatures.private_key import PrivateKey, make_private_key

DIGEST = "ab" * 32


@pytest.fixture(scope="module")
def others() -> tuple[PrivateKey, PrivateKey, PrivateKey]:
    """People whom nobody at the desk is."""
    return make_private_key("ed25519"), make_private_key("p256"), make_private_key("ed25519")


def problems(folder: Path, trust: Trust | None = None) -> list[str]:
    with pytest.raises(DigestError) as caught:
        verify(folder, trust=trust or Trust())
    return [line.strip() for line in str(caught.value).splitlines()[1:-1]]


def about(lines: tuple[str, ...]) -> list[str]:
    return [line for line in lines if "reproduced" in line]


def claimed_and_proven(found: Verification) -> tuple[list[str], list[str]]:
    return about(found.claimed), about(found.proven)


def test_two_others_are_counted_and_named_by_grade_and_key(
    handed: Path, keys: Keys, others: tuple[PrivateKey, ...]
) -> None:
    digest = digest_of_bundle(handed)
    reproduce(handed, "one", sign_reproduction(statement(digest, "R3"), others[1]))
    reproduce(handed, "two", sign_reproduction(statement(digest, "R1"), others[0]))
    first, second = (key.public.fingerprint[:12] for key in others[:2])
    claimed, proven = claimed_and_proven(verify(handed, trust=keys.trust))
    named = f"R1 (key {first}…, 2026-03-05), R3 (key {second}…, 2026-03-05)"
    assert claimed == [
        f"that it was reproduced by 2 others: {named}; if you know whose keys these are, give them with --reproducer"
    ]
    assert proven == []
    page = (handed / "attestations/reproductions.md").read_text(encoding="utf-8")
    assert "independently reproduced: 1 (R1), 1 (R3)" in page


def test_a_key_that_the_checker_knows_makes_it_proven_and_the_other_stays_a_claim(
    handed: Path, keys: Keys, others: tuple[PrivateKey, ...]
) -> None:
    digest = digest_of_bundle(handed)
    for name, key in (("one", others[0]), ("two", others[1])):
        reproduce(handed, name, sign_reproduction(statement(digest), key))
    claimed, proven = claimed_and_proven(verify(handed, trust=keys.trust._replace(reproducers=(others[0].public,))))
    assert [line.partition(":")[0] for line in proven] == ["reproduced by 1 other, as they have signed"]
    assert [line.partition(":")[0] for line in claimed] == ["that it was reproduced by 1 other"]


def test_a_known_key_that_has_signed_nothing_is_told(handed: Path, others: tuple[PrivateKey, ...]) -> None:
    reproduce(handed, "one", sign_reproduction(statement(digest_of_bundle(handed)), others[0]))
    told = problems(handed, Trust(reproducers=(others[2].public,)))
    known = others[2].public.fingerprint[:12]
    assert told == [f"reproductions: none that counts is signed with the key {known}… that you trust"]


@pytest.mark.parametrize("who", ["publisher", "Ana"])
def test_the_publishers_and_the_stewards_own_keys_do_not_count(who: str, handed: Path, keys: Keys) -> None:
    own = {"publisher": keys.publisher, **keys.stewards}[who]
    reproduce(handed, "own", sign_reproduction(statement(digest_of_bundle(handed)), own))
    claimed, proven = claimed_and_proven(verify(handed, trust=keys.trust))
    assert len(claimed) == 1
    assert claimed[0].startswith(
        "that its own publisher or stewards reproduced it, which does not count as independent"
    )
    assert proven == []
    page = (handed / "attestations/reproductions.md").read_text(encoding="utf-8")
    assert "independently reproduced: by nobody\n" in page
    assert problems(handed, keys.trust._replace(reproducers=(own.public,)))


def test_a_statement_about_another_bundle_is_refused(handed: Path, others: tuple[PrivateKey, ...]) -> None:
    reproduce(handed, "one", sign_reproduction(statement(DIGEST), others[0]))
    assert problems(handed) == ["reproductions/one.json: is about another bundle"]


def test_a_statement_that_nobody_signed_is_refused(handed: Path) -> None:
    reproduce(handed, "one", statement_payload(statement(digest_of_bundle(handed))))
    assert problems(handed) == ["reproductions/one.json: is an envelope without payloadType, payload or signatures"]


def test_somebody_elses_key_cannot_be_put_in(handed: Path, others: tuple[PrivateKey, ...]) -> None:
    said = statement(digest_of_bundle(handed))
    envelope = json.loads(sign_reproduction(said, others[0]))
    forged = statement_payload(said._replace(reproducer=others[1].public.text))
    reproduce(handed, "one", signed_statement_bytes(forged, base64.b64decode(envelope["signatures"][0]["sig"])))
    assert "is not signed with the key that it names" in problems(handed)[0]


def test_a_statement_that_was_dropped_is_noticed(handed: Path, others: tuple[PrivateKey, ...]) -> None:
    for name, key in (("one", others[0]), ("two", others[1])):
        reproduce(handed, name, sign_reproduction(statement(digest_of_bundle(handed)), key))
    (handed / "attestations/reproductions/one.json").unlink()
    write_page(handed)
    (told,) = problems(handed)
    assert told.endswith("which is not here; it was taken out or changed")


def test_a_statement_that_the_log_does_not_know_is_noticed(handed: Path, others: tuple[PrivateKey, ...]) -> None:
    data = sign_reproduction(statement(digest_of_bundle(handed)), others[0])
    reproduce(handed, "one", data, logged=False)
    assert problems(handed) == ["reproductions: the log does not know one.json"]


@pytest.mark.parametrize("change", ["more", "gone"])
def test_a_page_that_counts_otherwise_is_noticed(change: str, handed: Path, others: tuple[PrivateKey, ...]) -> None:
    reproduce(handed, "one", sign_reproduction(statement(digest_of_bundle(handed)), others[0]))
    page = handed / "attestations/reproductions.md"
    if change == "more":
        page.write_text(page.read_text(encoding="utf-8").replace("1 (R1)", "9 (R1)"), encoding="utf-8")
    else:
        page.unlink()
    assert problems(handed) == ["reproductions.md: does not say what the statements in reproductions/ say"]


def test_of_one_key_the_newest_statement_counts(handed: Path, others: tuple[PrivateKey, ...]) -> None:
    digest = digest_of_bundle(handed)
    later = statement(digest, "R3", at="2026-03-06T12:00:00Z")
    reproduce(handed, "a", sign_reproduction(later, others[0]))
    reproduce(handed, "b", sign_reproduction(statement(digest, "R1"), others[0]))
    assert verify(handed)
    page = (handed / "attestations/reproductions.md").read_text(encoding="utf-8")
    assert "independently reproduced: 1 (R3)\n" in page


def test_failures_and_first_steps_are_counted_apart() -> None:
    said = [
        statement(DIGEST, "R1"),
        statement(DIGEST, "R1"),
        statement(DIGEST, "R3"),
        statement(DIGEST, "R1", steps=20),
        statement(DIGEST, "R4"),
    ]
    assert counted_line([Witness(str(number), each) for number, each in enumerate(said)]) == (
        "independently reproduced: 2 (R1), 1 (R3); in its first steps only: 1 (R1); not reproduced: 1 (R4)"
    )
    assert counted_line([]) == "independently reproduced: by nobody"


@settings(max_examples=25)
@given(share=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_no_byte_of_a_signed_statement_can_be_changed(others: tuple[PrivateKey, ...], share: float, mask: int) -> None:
    data = sign_reproduction(statement(DIGEST), others[0])
    place = int(share * len(data))
    with pytest.raises(ValueError, match=r".+"):
        read_signed_statement(data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :])


@pytest.mark.parametrize(
    ("changed", "trouble"),
    [
        ({"grade": "R5"}, "a grade that there is not"),
        ({"bundle_sha256": "x"}, "names no digest of a bundle"),
        ({"at": "yesterday"}, "names a moment"),
        ({"steps": -1}, "or a number of steps"),
        ({"steps": True}, "or a number of steps"),
        ({"compared": ()}, "compares something in another form"),
        ({"compared": ({"what": "weights"},)}, "compares something in another form"),
        ({"made_with": {"processor": "x" * 5000}}, "something else than short texts"),
        ({"grade": "R2"}, "contradicts itself"),
    ],
)
def test_a_statement_of_another_form_is_refused(
    changed: dict[str, object], trouble: str, others: tuple[PrivateKey, ...]
) -> None:
    said = statement(DIGEST)._replace(**changed)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=trouble):
        read_signed_statement(sign_reproduction(said, others[0]))
    with pytest.raises(ValueError, match=trouble):
        read_unsigned_statement(statement_payload(said))


def test_grade_r1_with_something_that_differs_contradicts_itself(others: tuple[PrivateKey, ...]) -> None:
    said = statement(DIGEST, "R3")._replace(grade="R1")
    with pytest.raises(ValueError, match="contradicts itself"):
        read_signed_statement(sign_reproduction(said, others[0]))


def test_a_statement_that_names_a_key_is_not_taken_for_an_unsigned_one(others: tuple[PrivateKey, ...]) -> None:
    named = statement(DIGEST, reproducer=others[0].public.text)
    with pytest.raises(ValueError, match="names a key already"):
        read_unsigned_statement(statement_payload(named))
