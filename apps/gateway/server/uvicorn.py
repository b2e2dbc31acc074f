"""The same limits for uvicorn, the other server ChargeNet is tested under."""

import importlib.util
from typing import Any

from apps.gateway.server.options import ServerOptions


def uvicorn_options(options: ServerOptions | None = None) -> dict[str, Any]:
    """Keyword arguments for ``uvicorn.run`` or ``uvicorn.Config``.

    What uvicorn has no option for it lacks: pings begin with the connection instead of spread over time, and
    unsent bytes, bodies and slow request heads are not limited; a proxy in front should do that.
    """
    options = options or ServerOptions()
    return {
        "loop": "uvloop" if _is_installed("uvloop") else "asyncio",
        "http": "httptools" if _is_installed("httptools") else "h11",
        "ws": "websockets-sansio",
        "ws_max_size": options.frame_limit_bytes,
        "ws_max_queue": options.inbox_limit,
        "ws_ping_interval": options.ping_interval_s or None,
        "ws_ping_timeout": options.ping_timeout_s,
        "ws_per_message_deflate": False,
        "backlog": options.backlog,
        "lifespan": "off",
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(options.trusted_proxies),
        "forwarded_allow_ips": list(options.trusted_proxies),
        "timeout_keep_alive": int(options.idle_timeout_s),
        "timeout_graceful_shutdown": int(options.stop_timeout_s),
    }


def _is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
