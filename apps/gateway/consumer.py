"""The consumer of charger sockets: one instance per socket, from the handshake to the release of its registration.

Channels' stock dispatch starts two tasks per message, takes a thread hop for each (``aclose_old_connections``) and
subscribes every socket to the channel layer. Here one coroutine reads, handles and answers in order, no Django
connection is touched outside the gateway's own threads, and one channel serves the whole process (``outbound``).
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from channels.consumer import AsyncConsumer

from apps.gateway.handshake import Refusal, read_request
from apps.gateway.process import running_gateway
from apps.gateway.station_socket import StationSocket

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class OcppConsumer(AsyncConsumer):
    """Serves ``/ocpp/<identity>`` and ``/ocpp/<organisation>/<identity>``."""

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        gateway = await running_gateway()
        request = read_request(scope)
        decision = await gateway.door.admit(request)
        if isinstance(decision, Refusal):
            await _refuse(scope, send, decision)
            return
        socket = StationSocket(gateway, decision, request, send, scope)
        reason = "server error"
        try:
            if not await gateway.sockets.enter(socket):
                await _refuse(scope, send, Refusal(503, "The connection cannot be registered now."))
                return
            await send({"type": "websocket.accept", "subprotocol": decision.subprotocol})
            gateway.outbound.wake(socket.station_id)
            reason = await socket.serve(receive)
        finally:
            await gateway.sockets.leave(socket, reason)


async def _refuse(scope: MutableMapping[str, Any], send: Send, refusal: Refusal) -> None:
    """Answer with an HTTP status where the server can, with a plain close (403) elsewhere."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.reason[:120]})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b'Basic realm="ChargeNet", charset="UTF-8"'))
    if refusal.status in (429, 503):
        headers.append((b"retry-after", b"60" if refusal.status == 429 else b"10"))
    await send({"type": "websocket.http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": refusal.reason.encode()})
