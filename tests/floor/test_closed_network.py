"""The walls that conftest.py builds around every test."""

import asyncio
import os
import socket
import threading
from pathlib import Path

import pytest

ELSEWHERE = "192.0.2.1"  # reserved for documentation (RFC 5737)


def test_connecting_to_another_machine_raises() -> None:
    with socket.socket() as sock, pytest.raises(AssertionError, match="the network is closed"):
        sock.connect((ELSEWHERE, 80))


def test_connect_ex_does_not_slip_through() -> None:
    with socket.socket() as sock, pytest.raises(AssertionError, match="the network is closed"):
        sock.connect_ex((ELSEWHERE, 80))


def test_a_datagram_to_another_machine_raises() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(AssertionError, match="the network is closed"):
        sock.sendto(b"hello", (ELSEWHERE, 53))


def test_looking_up_a_name_raises() -> None:
    with pytest.raises(AssertionError, match="the network is closed"):
        socket.create_connection(("example.org", 80))


def test_asyncio_does_not_slip_through() -> None:
    async def connect() -> None:
        await asyncio.open_connection(ELSEWHERE, 80)

    with pytest.raises(AssertionError, match="the network is closed"):
        asyncio.run(connect())


def test_a_name_that_begins_like_localhost_is_another_machine() -> None:
    with socket.socket() as sock, pytest.raises(AssertionError, match="the network is closed"):
        sock.connect(("localhost.example.org", 80))


def _answer_once(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"here")


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer_once, args=(server,))
        thread.start()
        with socket.create_connection(("localhost", server.getsockname()[1])) as client:
            assert client.recv(4) == b"here"
        thread.join()


def test_a_unix_socket_can_be_reached(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        thread = threading.Thread(target=_answer_once, args=(server,))
        thread.start()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(tmp_path / "s"))
            assert client.recv(4) == b"here"
        thread.join()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OMP_NUM_THREADS", "1"),
        ("MLFLOW_DISABLE_TELEMETRY", "true"),
        ("HF_HUB_DISABLE_TELEMETRY", "1"),
        ("HF_HUB_OFFLINE", "1"),
        ("DO_NOT_TRACK", "true"),
    ],
)
def test_libraries_are_told_to_keep_quiet(name: str, value: str) -> None:
    assert os.environ[name] == value
