"""List pages at ten rows and at a million: queries, and time to the first byte."""

import asyncio
import http.client
import json
import time

from tests.benchmarks.context import Context, running
from tests.benchmarks.deployments import Deployment
from tests.benchmarks.figures import Figure
from tests.support.server import ServerProcess

TRIES = 15
_FILL = """
INSERT INTO charging_sessions_chargingsession
 (site_id, station_id, evse_id, evse_number, connector_number, transaction_id, protocol, seq_ranges, state,
  charging_state, charging_states, flags, token_value, token_type, token_status, id_token_id, driver_id, is_billable,
  free_of_charge, started_at, started_reported_at, started_received_at, ended_at, ended_reported_at, ended_received_at,
  stopped_reason, meter_start_wh, meter_last_wh, energy_carried_wh, energy_wh, currency, cost_net, cost_gross,
  priced_at, meter_points, power_wh, details)
SELECT s.site_id, s.id, e.id, 1, 1, 'OLD-' || n, 'ocpp1.6', '[]', 'ended', '', '[]', '[]', t.value, 'ISO14443',
  'Accepted', t.id, t.driver_id, true, false, at, at, at, at + interval '1 hour', at + interval '1 hour',
  at + interval '1 hour', 'Local', 0, 7000, 0, 7000, 'EUR', 3.5, 4.2, at + interval '1 hour', '[]', 0, '{}'
FROM generate_series({first}, {last}) AS n
CROSS JOIN LATERAL (SELECT now() - interval '2 hours' - n * interval '20 seconds' AS at) AS clock
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM chargers_chargingstation) s
  ON s.place = n % {stations}
JOIN chargers_evse e ON e.station_id = s.id AND e.number = 1
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM drivers_idtoken) t ON t.place = n % {stations}
"""


async def measure(context: Context) -> None:
    if context.production_missing:
        return
    deployment = context.production
    deployment.fetch("TRUNCATE charging_sessions_chargingsession CASCADE")
    stored = 0
    with running(deployment.server()) as server:
        for sessions in context.scale.sessions:
            _fill(deployment, stored + 1, sessions, context.scale.fleet)
            stored = sessions
            context.add(*await asyncio.to_thread(_look, deployment, server, sessions))


def _fill(deployment: Deployment, first: int, last: int, stations: int) -> None:
    deployment.fetch(_FILL.format(first=first, last=last, stations=stations))
    deployment.fetch("ANALYZE charging_sessions_chargingsession")


def _look(deployment: Deployment, server: ServerProcess, sessions: int) -> list[Figure]:
    pages = json.loads(deployment.run("-m", "tests.benchmarks.pages"))
    figures = []
    for page in pages:
        first_byte_ms = _first_byte_ms(server, page["url"], deployment.access["cookie"])
        title = f"{page['title']} at {sessions:,} sessions ({page['queries']} queries)"
        figures.append(Figure(f"{page['key']}_{sessions}", f"{title}, first byte, median", first_byte_ms, "ms", 150))
    return figures


def _first_byte_ms(server: ServerProcess, url: str, cookie: str) -> float:
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    values_ms = []
    for _ in range(TRIES):
        begun_s = time.perf_counter()
        client.request("GET", url, headers={"Cookie": cookie, "Host": "127.0.0.1"})
        answer = client.getresponse()
        values_ms.append((time.perf_counter() - begun_s) * 1000)
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{url}: {answer.status}")
    client.close()
    return sorted(values_ms)[TRIES // 2]
