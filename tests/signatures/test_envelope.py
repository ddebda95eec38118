"""What is signed is type and payload with their lengths, and an envelope holds nothing else."""

from typing import Any

import pytest

from commonhold.signatures.envelope import envelope_signed_by, envelope_value, read_envelope, signed_bytes
from commonhold.signatures.private_key import make_private_key


def test_signed_bytes_are_those_of_the_dsse_protocol() -> None:
    # The example of the protocol: secure-systems-lab/dsse, protocol.md.
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert signed_bytes("http://example.com/HelloWorld", b"hello world") == expected


def test_an_envelope_reads_back_and_its_signature_fits_its_key_alone() -> None:
    key = make_private_key("ed25519")
    value = envelope_value("text", b"payload", key.sign(signed_bytes("text", b"payload")))
    envelope = read_envelope(value)
    assert (envelope.payload_type, envelope.payload) == ("text", b"payload")
    assert envelope_signed_by(envelope, key.public)
    assert not envelope_signed_by(envelope, make_private_key("ed25519").public)
    assert not envelope_signed_by(envelope._replace(payload_type="other"), key.public)


GOOD: Any = envelope_value("text", b"x", b"y")


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {**GOOD, "payload": 1},
        {**GOOD, "payload": "?"},
        {**GOOD, "payload": "é"},
        {**GOOD, "signatures": []},
        {**GOOD, "signatures": [GOOD["signatures"][0]] * 17},
        {**GOOD, "signatures": ["sig"]},
        {**GOOD, "signatures": [{"keyid": ""}]},
        {**GOOD, "payloadType": None},
    ],
)
def test_what_is_no_envelope_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"envelope|base64"):
        read_envelope(value)
