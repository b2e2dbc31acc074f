"""``python -m tests.benchmarks.baselines.echo PORT SERVER``: our Daphne or uvicorn with an application that echoes."""

import sys

from apps.gateway.server import ServerOptions, build_server, tune_gc
from apps.gateway.server.uvicorn import uvicorn_options


async def application(scope, receive, send) -> None:
    """Sends back every text."""
    await receive()
    await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": "[3," + message["text"][3:]})


if __name__ == "__main__":
    port, kind = int(sys.argv[1]), sys.argv[2]
    if kind == "uvicorn":
        import uvicorn

        options = uvicorn_options(ServerOptions()) | {"log_level": "warning"}
        uvicorn.run("tests.benchmarks.baselines.echo:application", host="127.0.0.1", port=port, **options)
    else:
        server = build_server(application, host="127.0.0.1", port=port)
        tune_gc()
        server.run()
