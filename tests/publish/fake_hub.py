"""A Hugging Face style hub on this machine, as far as a push speaks with it: repositories, large files, commits."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_toy"


@dataclass
class FakeHub:
    """What the hub holds, and how it was spoken to."""

    address: str = ""
    private: dict[str, bool] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    """By path, as of the last commit."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    """Large files by their SHA-256."""
    cards: list[str] = field(default_factory=list)
    """Model cards that were sent ahead to be looked at."""
    messages: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    refuse: int = 0
    """Status with which commits are refused; 0 for not."""

    def commit(self, lines: list[dict[str, Any]]) -> None:
        """Takes a commit's lines: a header, then files, large ones by digest."""
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                self.messages.append(value["summary"])
            elif line["key"] == "file":
                self.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                self.files[value["path"]] = self.blobs[value["oid"]]


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    """A hub on a free port of 127.0.0.1, for a block."""
    hub = FakeHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self._body()
            if self.path.endswith("/validate-yaml"):
                hub.cards.append(json.loads(body)["content"])
                self._answer({"errors": [], "warnings": []})
            elif self.path.endswith("/repos/create"):
                asked = json.loads(body)
                hub.private[f"{asked.get('organization', 'toys')}/{asked['name']}"] = (
                    asked.get("visibility") == "private"
                )
                self._answer({"url": f"{hub.address}/toys/{asked['name']}"})
            elif "/preupload/" in self.path:
                files = json.loads(body)["files"]
                modes = {True: "lfs", False: "regular"}
                large = [file["path"].endswith((".safetensors", ".gguf")) for file in files]
                told = zip(files, large, strict=True)
                self._answer(
                    {"files": [{"path": f["path"], "uploadMode": modes[big], "shouldIgnore": False} for f, big in told]}
                )
            elif self.path.endswith("/objects/batch"):
                objects = json.loads(body)["objects"]
                self._answer({"transfer": "basic", "objects": [self._upload(each) for each in objects]})
            elif "/commit/" in self.path and hub.refuse:
                self._answer({"error": "You may not write here"}, hub.refuse)
            elif "/commit/" in self.path:
                hub.commit([json.loads(line) for line in body.splitlines()])
                self._answer({"commitUrl": f"{hub.address}/toys/water/commit/1", "commitOid": "1", "success": True})
            else:
                self._answer({"error": f"nothing at {self.path}"}, 404)

        def do_PUT(self) -> None:
            hub.blobs[self.path.rpartition("/")[2]] = self._body()
            self._answer({})

        def do_GET(self) -> None:
            self._answer({"error": f"nothing at {self.path}"}, 404)

        def _upload(self, wanted: dict[str, Any]) -> dict[str, Any]:
            return {**wanted, "actions": {"upload": {"href": f"{hub.address}/blobs/{wanted['oid']}"}}}

        def _body(self) -> bytes:
            if token := self.headers.get("Authorization"):
                hub.tokens.add(token)
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _answer(self, value: dict[str, Any], status: int = 200) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the server's form
            pass

    return Handler
