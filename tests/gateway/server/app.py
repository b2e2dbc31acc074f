"""A small ASGI application that does, by path, what the tests of the servers need."""

import asyncio
import json

release = asyncio.Event()
"""Set by ``GET /release``: the slow socket goes on."""
gone = asyncio.Event()
"""Set when a socket has ended: ``GET /until-gone`` goes on."""
waiting: list[str] = []
"""Requests that wait for ``gone``."""
slow_inbox = None
"""The queue of the slow socket, under our own server."""
disconnects: list[dict] = []
"""Every ``websocket.disconnect`` seen, with the path it came to."""
REFUSALS = {400, 401, 403, 404, 429, 503}


async def application(scope, receive, send):
    if scope["type"] == "http":
        await serve_http(scope, receive, send)
    elif scope["path"].startswith("/refuse/"):
        await refuse(scope, receive, send)
    elif scope["path"] == "/reject":
        await receive()
        await send({"type": "websocket.close", "code": 4003})
    elif scope["path"] == "/fail-before":
        raise RuntimeError("fails before accepting")
    elif scope["path"] == "/silent":
        await wait_for_disconnect(scope, receive)
    else:
        await serve_socket(scope, receive, send)


async def refuse(scope, receive, send):
    await receive()
    status = int(scope["path"].rsplit("/", 1)[1])
    headers = [(b"content-type", b"text/plain"), (b"x-reason", b"test")]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="chargers"'))
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b"refused ", "more_body": True})
    await send({"type": "websocket.http.response.body", "body": b"with %d" % status})


async def serve_socket(scope, receive, send):
    await receive()
    offered = scope["subprotocols"]
    await send({"type": "websocket.accept", "subprotocol": "ocpp1.6" if "ocpp1.6" in offered else None})
    if scope["path"] == "/slow":
        await stall(receive)
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            disconnects.append({**message, "path": scope["path"]})
            gone.set()
            return
        await answer(scope, message, send)


async def answer(scope, message, send):
    text = message.get("text")
    if text is None:
        await send({"type": "websocket.send", "bytes": message["bytes"]})
    elif text == "fail":
        raise RuntimeError("fails while open")
    elif text == "scope":
        await send({"type": "websocket.send", "text": json.dumps(describe(scope))})
    elif text.startswith("close "):
        await send({"type": "websocket.close", "code": int(text.split()[1]), "reason": "as asked"})
    elif text.startswith("flood "):
        for _ in range(int(text.split()[1])):
            await send({"type": "websocket.send", "text": "x" * 65536})
    else:
        await send({"type": "websocket.send", "text": text})


async def stall(receive):
    global slow_inbox
    slow_inbox = getattr(receive, "__self__", None)
    release.clear()
    await release.wait()


async def wait_for_disconnect(scope, receive):
    while (message := await receive())["type"] != "websocket.disconnect":
        pass
    disconnects.append({**message, "path": scope["path"]})


def describe(scope):
    info = scope["extensions"].get("chargenet.connection")
    return {
        "path": scope["path"],
        "raw_path": scope["raw_path"].decode(),
        "query_string": scope["query_string"].decode(),
        "scheme": scope["scheme"],
        "client": scope["client"][0],
        "subprotocols": scope["subprotocols"],
        "extensions": sorted(scope["extensions"]),
        "rtt_ms": info and info.rtt_ms,
    }


async def serve_http(scope, receive, send):
    path = scope["path"]
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    if path == "/fail":
        raise RuntimeError("fails on HTTP")
    if path == "/half":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"10")]})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("fails within the answer")
    if path == "/nothing":
        return
    if path == "/release":
        release.set()
    if path == "/until-gone":
        waiting.append(path)
        await gone.wait()
    if path == "/waiting":
        body = b"%d" % len(waiting)
    if path == "/root":
        body = json.dumps(scope["root_path"]).encode()
    if path == "/pending":
        body = b"none" if slow_inbox is None else b"%d" % len(slow_inbox)
    if path == "/disconnects":
        body = json.dumps(disconnects).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})
