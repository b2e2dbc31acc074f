"""``python -m tests.benchmarks.enqueue one-by-one|at-once HOW_MANY``: asks for commands as a portal process would.

Prints JSON: the seconds of each from the service call until its answer was seen stored, or commands per second.
"""

import json
import sys
import time

WITHIN_S = 60


def one_by_one(how_many: int) -> list[float]:
    from django.utils import timezone

    from apps.accounts.models import User
    from apps.chargers.choices import UNSETTLED_STATES, CommandOrigin
    from apps.chargers.messages.commands import ClearCache
    from apps.chargers.models import ChargingStation, StationCommand
    from apps.chargers.services.commands import enqueue

    actor = User.objects.get()
    stations = ChargingStation.objects.select_related("site__organisation").order_by("identity")[: how_many + 5]
    values_s = []
    for station in stations:
        begun_s = time.perf_counter()
        row = enqueue(
            station=station, command=ClearCache(), actor=actor, origin=CommandOrigin.PORTAL, at=timezone.now()
        )
        while StationCommand.objects.filter(pk=row.pk, state__in=UNSETTLED_STATES).exists():
            if time.perf_counter() - begun_s > WITHIN_S:
                raise TimeoutError(f"command {row.pk} is not settled")
        values_s.append(time.perf_counter() - begun_s)
        time.sleep(0.005)
    return values_s[5:]  # the first ones open connections


def at_once(how_many: int) -> float:
    from datetime import timedelta

    from django.db import transaction
    from django.utils import timezone

    from apps.chargers.choices import UNSETTLED_STATES, CommandOrigin, CommandState
    from apps.chargers.messages.commands import ClearCache
    from apps.chargers.models import ChargingStation, StationCommand
    from apps.chargers.services.commands import announce_commands, insert_commands

    stations = list(ChargingStation.objects.order_by("identity").values_list("pk", flat=True)[:how_many])
    now = timezone.now()
    with transaction.atomic():
        insert_commands(
            [(pk, ClearCache()) for pk in stations],
            origin=CommandOrigin.AUTOMATION,
            state=CommandState.PENDING,
            at=now,
            deadline_at=now + timedelta(seconds=WITHIN_S),
        )
        announce_commands(stations)
        begun_s = time.perf_counter()
    while StationCommand.objects.filter(state__in=UNSETTLED_STATES).exists():
        if time.perf_counter() - begun_s > WITHIN_S:
            raise TimeoutError("commands are not settled")
        time.sleep(0.002)
    return how_many / (time.perf_counter() - begun_s)


if __name__ == "__main__":
    import django

    django.setup()
    measure = {"one-by-one": one_by_one, "at-once": at_once}[sys.argv[1]]
    print(json.dumps(measure(int(sys.argv[2]))))
