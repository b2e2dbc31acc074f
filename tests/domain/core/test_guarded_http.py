"""Requests to addresses that others named end in time, whatever the other side does."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from apps.core.guarded_http import FetchFailed, all_within, fetch


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a server that sends the head of its answer a byte at a time, without end."""
    listener = socket.create_server(("127.0.0.1", 0))
    is_over = threading.Event()

    def drip(client: socket.socket) -> None:
        with suppress(OSError), client:
            client.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not is_over.wait(0.1):
                client.sendall(b"a")

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=[listener.accept()[0]], daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    is_over.set()
    listener.close()


def took_s(url: str, timeout_s: float) -> float:
    began_s = time.monotonic()
    with pytest.raises(FetchFailed):
        fetch(url, timeout_s=timeout_s, max_bytes=1000, is_our_own_choice=True)
    return time.monotonic() - began_s


def test_a_server_that_drips_holds_nobody_longer_than_the_time_given(dripping):
    assert took_s(dripping, 0.5) < 20  # 64 KiB of header at this pace take two hours


def test_several_requests_share_the_time_given_to_all(dripping):
    with all_within(0.5):
        assert took_s(dripping, 600) < 20
        assert took_s(dripping, 600) < 20
