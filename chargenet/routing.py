"""Which application serves which connection."""

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

# First of all, since it loads the apps that the consumers import from.
django_application = get_asgi_application()

from apps.gateway.consumer import OcppConsumer  # noqa: E402
from apps.gateway.live import LiveConsumer  # noqa: E402

_ocpp = OcppConsumer.as_asgi()
_live = AllowedHostsOriginValidator(AuthMiddlewareStack(LiveConsumer.as_asgi()))


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


application = ProtocolTypeRouter({"http": django_application, "websocket": _websocket})
