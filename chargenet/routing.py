"""Which application serves which connection."""

from urllib.parse import unquote

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

# First of all, since it loads the apps that the consumers import from.
django_application = get_asgi_application()

from apps.gateway.consumer import OcppConsumer  # noqa: E402
from apps.gateway.files import DOORS  # noqa: E402
from apps.gateway.live import LiveConsumer  # noqa: E402

_ocpp = OcppConsumer.as_asgi()
_live = AllowedHostsOriginValidator(AuthMiddlewareStack(LiveConsumer.as_asgi()))


async def _http(scope, receive, send) -> None:
    """Files pass by Django, which would gather them before anybody could say no."""
    raw = scope.get("raw_path") or b""
    if b"%2f" in raw.lower() and raw.startswith(b"/api/"):
        # The identity of a station may hold a slash: encoded, it does not end a segment of the path.
        kept = raw.replace(b"%2F", b"%252F").replace(b"%2f", b"%252f")
        scope = {**scope, "path": unquote(kept.decode("latin-1"), errors="replace")}
    door = next((door for prefix, door in DOORS.items() if scope["path"].startswith(prefix)), django_application)
    await door(scope, receive, send)


async def _websocket(scope, receive, send) -> None:
    """By path. Charger sockets pass through no middleware: they have neither session nor origin."""
    path = "/" + scope["path"].lstrip("/")
    if path.startswith("/ocpp/") or path == "/ocpp":
        await _ocpp(scope, receive, send)
    elif path == "/live/":
        await _live(scope, receive, send)
    else:
        await receive()
        await send({"type": "websocket.close"})


application = ProtocolTypeRouter({"http": _http, "websocket": _websocket})
