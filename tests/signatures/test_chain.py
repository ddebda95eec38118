"""A log that can be added to: whatever is changed, taken out, put in or moved is noticed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.signatures.chain import (
    NO_ENTRY,
    LogEntry,
    entry_signed_by,
    log_entry,
    log_line,
    read_log,
    signed_entry,
    standing,
)
from commonhold.signatures.private_key import make_private_key

FIRST, SECOND = "a" * 64, "b" * 64
KEY = make_private_key("ed25519")


def log(*events: tuple[str, str], reason: str = "it was wrong") -> list[LogEntry]:
    """A log with these events about these bundles, a second apart."""
    entries: list[LogEntry] = []
    for number, (event, bundle) in enumerate(events):
        details = {"reason": reason} if event == "withdrawn" else {}
        before = entries[-1] if entries else None
        entries.append(log_entry(before, f"2026-03-04T12:00:0{number}Z", event, ("desk", 1, bundle), details))
    return entries


def written(entries: list[LogEntry]) -> bytes:
    return b"".join(map(log_line, entries))


FULL = log(("published", FIRST), ("approved", FIRST), ("promoted", FIRST), ("published", SECOND))


def test_a_log_reads_back_as_it_was_written() -> None:
    assert list(read_log(written(FULL))) == FULL
    assert [entry.place for entry in FULL] == [0, 1, 2, 3]
    assert FULL[0].previous == NO_ENTRY
    assert FULL[1].previous == FULL[0].digest


def test_an_empty_log_has_no_lines() -> None:
    assert read_log(b"") == ()


@given(data=st.data())
def test_any_changed_byte_before_the_last_line_is_noticed(data: st.DataObject) -> None:
    text = written(FULL)
    end = len(text) - len(log_line(FULL[-1]))
    place = data.draw(st.integers(0, end - 1))
    mask = data.draw(st.integers(1, 255))
    with pytest.raises(ValueError, match="line"):
        read_log(text[:place] + bytes([text[place] ^ mask]) + text[place + 1 :])


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_line_that_was_taken_out_is_noticed(gone: int) -> None:
    with pytest.raises(ValueError, match=f"line {gone + 1} follows .* a line was changed or is missing"):
        read_log(written([*FULL[:gone], *FULL[gone + 1 :]]))


def test_lines_that_changed_places_and_lines_put_in_are_noticed() -> None:
    for entries in ([FULL[1], FULL[0], *FULL[2:]], [FULL[0], *FULL], [*FULL, FULL[-1]]):
        with pytest.raises(ValueError, match="a line was changed or is missing"):
            read_log(written(entries))


def test_a_log_that_was_cut_off_reads_but_has_another_head() -> None:
    assert read_log(written(FULL[:2]))[-1].digest != FULL[-1].digest


def test_a_torn_line_is_refused() -> None:
    with pytest.raises(ValueError, match="its last line is not whole"):
        read_log(written(FULL)[:-1])


@pytest.mark.parametrize(
    ("field", "value", "trouble"),
    [
        ("event", "celebrated", "an event or a moment that no log has"),
        ("at", "yesterday", "an event or a moment that no log has"),
        ("place", -1, "a number belongs"),
        ("version", True, "a number belongs"),
        ("model", 7, "text belongs"),
        ("details", [], "text belongs"),
        ("log", 2, "is no entry of a log of this kind"),
        ("extra", 1, "is no entry of a log of this kind"),
    ],
)
def test_a_line_of_another_form_is_refused(field: str, value: object, trouble: str) -> None:
    line = json.loads(log_line(FULL[0]))
    line["entry"][field] = value
    with pytest.raises(ValueError, match=trouble):
        read_log(json.dumps(line, sort_keys=True, separators=(",", ":")).encode() + b"\n")


def test_a_line_in_another_form_is_refused_even_when_it_says_the_same() -> None:
    line = json.dumps(json.loads(log_line(FULL[0])), indent=None).encode()
    with pytest.raises(ValueError, match="is not written in the one form"):
        read_log(line + b"\n")


def test_a_log_is_about_one_model() -> None:
    other = log_entry(FULL[0], "2026-03-04T12:00:09Z", "published", ("another", 1, FIRST), {})
    with pytest.raises(ValueError, match="line 2 is about another model, 'another'"):
        read_log(written([FULL[0], other]))


def test_a_signed_line_fits_its_key_and_loses_its_signature_visibly() -> None:
    signed = signed_entry(FULL[0], KEY.sign(FULL[0].signed_part))
    assert entry_signed_by(read_log(log_line(signed))[0], KEY.public)
    assert not entry_signed_by(signed, make_private_key("ed25519").public)
    assert not entry_signed_by(FULL[0], KEY.public)
    follows = log_entry(signed, "2026-03-04T12:00:09Z", "approved", ("desk", 1, FIRST), {})
    with pytest.raises(ValueError, match="a line was changed or is missing"):
        read_log(written([FULL[0], follows]))


@pytest.mark.parametrize(
    ("events", "champion", "withdrawn"),
    [
        ([], "", []),
        ([("published", FIRST)], "", []),
        ([("published", FIRST), ("promoted", FIRST)], FIRST, []),
        ([("promoted", FIRST), ("promoted", SECOND)], SECOND, []),
        ([("promoted", FIRST), ("promoted", SECOND), ("withdrawn", FIRST)], SECOND, [FIRST]),
        # The one before does not come back by itself: somebody has to decide that.
        ([("promoted", FIRST), ("promoted", SECOND), ("withdrawn", SECOND)], "", [SECOND]),
        ([("promoted", FIRST), ("withdrawn", FIRST), ("promoted", FIRST)], "", [FIRST]),
    ],
)
def test_the_champion_is_the_last_promoted_unless_it_was_withdrawn(
    events: list[tuple[str, str]], champion: str, withdrawn: list[str]
) -> None:
    found = standing(log(*events))
    assert (found.champion, list(found.withdrawn)) == (champion, withdrawn)


def test_a_withdrawal_keeps_its_reason() -> None:
    assert standing(log(("withdrawn", FIRST), reason="repeats a name")).withdrawn == {FIRST: "repeats a name"}
