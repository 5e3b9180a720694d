"""A provider of messages and a mail server on this machine, which answer as a test tells them to."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Provider:
    """An SMS or mail provider. `status` and `reply` are its next answer, `requests` what it was asked.

    With the status 0 it takes the request and never answers; `{key}` in the reply stands for the
    request's idempotency key.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.status = 200
        self.reply = '{"data": {"id": "message-{key}", "record_type": "message"}}'
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.over = threading.Event()


@contextmanager
def provider_of_messages() -> Iterator[Provider]:
    """A running provider, which speaks HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            provider.requests.append((self.path, headers, json.loads(body)))
            if provider.status == 0:
                provider.over.wait(20)
                return
            key = headers.get("idempotency-key", "")
            answer = provider.reply.replace("{key}", key).encode()
            self.send_response(provider.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Provider(f"http://127.0.0.1:{server.server_port}")
        with _running(server):
            yield provider
            provider.over.set()


class MailServer:
    """Speaks SMTP: `replies` holds its answers by command, 250 for all others, and its GREETING.

    To a letter it may also `hang up` or `say nothing`, once it has it.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.replies: dict[str, str] = {}
        self.letters: list[bytes] = []
        self.over = threading.Event()


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A running mail server."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say(server.replies.get("GREETING", "220 ready"))
            for line in self.rfile:
                verb = line.decode().split(" ")[0].split(":")[0].strip().upper()
                if verb == "DATA":
                    self.take_letter()
                elif verb == "QUIT":
                    return self.say("221 bye")
                else:
                    self.say(server.replies.get(verb, "250 all right"))
            return None

        def take_letter(self) -> None:
            self.say("354 go on")
            letter = b"".join(iter(self.rfile.readline, b".\r\n"))
            reply = server.replies.get("DATA", "250 taken")
            if reply in ("hang up", "say nothing"):
                server.letters.append(letter)
                if reply == "say nothing":
                    server.over.wait(20)
                self.request.close()
                return
            if reply.startswith("2"):
                server.letters.append(letter)
            self.say(reply)

        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as running:
        server = MailServer(running.server_address[1])
        with _running(running):
            yield server
            server.over.set()


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(10)
