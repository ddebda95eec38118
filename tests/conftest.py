"""What holds in every test: the network is closed, libraries are quiet and single-threaded, hypothesis repeats itself.

All of it happens when this file is loaded, before a test module can import a library that reads its settings once.
"""

import gc
import ipaddress
import os
import signal
import socket
from typing import Any

from hypothesis import settings

from commonhold.environment import hush

os.environ.update(
    OMP_NUM_THREADS="1",
    MKL_NUM_THREADS="1",
    OPENBLAS_NUM_THREADS="1",
    OMP_WAIT_POLICY="passive",  # spinning threads make a busy machine ten times slower
    MKL_CBWR="AUTO,STRICT",  # as `environment` sets it; MKL reads it once, at its first matrix product
    TOKENIZERS_PARALLELISM="false",
    MLFLOW_DISABLE_TELEMETRY="true",
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_OFFLINE="1",
    DO_NOT_TRACK="true",  # MLflow compares with this very word
)

hush()

gc.disable()  # until the tests are collected: their modules and libraries stay to the end

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets background jobs ignore it, children too

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_collection_finish() -> None:
    """Spares every later collection of garbage a walk over what stays anyhow."""
    gc.freeze()
    gc.enable()


_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_sendto = socket.socket.sendto
_getaddrinfo = socket.getaddrinfo


class NetworkClosedError(AssertionError):
    """A test, or a library in it, tried to leave this machine."""


def _is_local(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def _refuse_strangers(sock: socket.socket, address: Any) -> None:
    if sock.family != socket.AF_UNIX and not _is_local(address[0]):
        raise NetworkClosedError(f"the network is closed in tests: {address}")


def _guarded_connect(sock: socket.socket, address: Any) -> None:
    _refuse_strangers(sock, address)
    _connect(sock, address)


def _guarded_connect_ex(sock: socket.socket, address: Any) -> int:
    _refuse_strangers(sock, address)
    return _connect_ex(sock, address)


def _guarded_sendto(sock: socket.socket, data: Any, *rest: Any) -> int:
    _refuse_strangers(sock, rest[-1])
    return _sendto(sock, data, *rest)


def _guarded_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
    if not _is_local(host):  # asking for an address leaves the machine too
        raise NetworkClosedError(f"the network is closed in tests: {host}")
    return _getaddrinfo(host, *arguments, **options)


socket.socket.connect = _guarded_connect  # type: ignore[method-assign, assignment]
socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign, assignment]
socket.socket.sendto = _guarded_sendto  # type: ignore[method-assign, assignment]
socket.getaddrinfo = _guarded_getaddrinfo
