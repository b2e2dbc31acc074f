"""``python -m tests.benchmarks.baselines.library PORT``: the ``ocpp`` library's own server loop; stores nothing."""

import asyncio
import sys
from datetime import UTC, datetime

import websockets
from ocpp import v16, v201
from ocpp.routing import on

NOW = datetime.now(UTC).isoformat()


class Charger16(v16.ChargePoint):
    @on("BootNotification")
    def on_boot(self, **_):
        return v16.call_result.BootNotification(current_time=NOW, interval=300, status="Accepted")

    @on("StatusNotification")
    def on_status(self, **_):
        return v16.call_result.StatusNotification()

    @on("Authorize")
    def on_authorize(self, **_):
        return v16.call_result.Authorize(id_tag_info={"status": "Accepted"})

    @on("StartTransaction")
    def on_start(self, **_):
        return v16.call_result.StartTransaction(transaction_id=1, id_tag_info={"status": "Accepted"})

    @on("MeterValues")
    def on_values(self, **_):
        return v16.call_result.MeterValues()

    @on("StopTransaction")
    def on_stop(self, **_):
        return v16.call_result.StopTransaction()


class Charger201(v201.ChargePoint):
    @on("BootNotification")
    def on_boot(self, **_):
        return v201.call_result.BootNotification(current_time=NOW, interval=300, status="Accepted")

    @on("StatusNotification")
    def on_status(self, **_):
        return v201.call_result.StatusNotification()

    @on("Authorize")
    def on_authorize(self, **_):
        return v201.call_result.Authorize(id_token_info={"status": "Accepted"})

    @on("TransactionEvent")
    def on_transaction(self, **_):
        return v201.call_result.TransactionEvent()


async def serve(socket) -> None:
    kind = Charger16 if socket.subprotocol == "ocpp1.6" else Charger201
    try:
        await kind(socket.request.path.rsplit("/", 1)[1], socket).start()
    except websockets.ConnectionClosed:
        return


async def main(port: int) -> None:
    options = {"subprotocols": ["ocpp1.6", "ocpp2.0.1"], "compression": None}
    async with websockets.serve(serve, "127.0.0.1", port, **options):
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
