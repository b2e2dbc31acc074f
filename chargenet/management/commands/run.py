"""``manage.py run``: everything in one process, as ``make run`` starts it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from apps.accounts.models import User
from apps.gateway.server import PortInUse, build_server, tune_gc
from chargenet.background import BackgroundWork
from chargenet.demo.people import SIGN_INS
from chargenet.demo.seed import FLEET_FILE, PASSWORD, seed_demo
from chargenet.management.commands.serve import gateway_limits

MANAGE = Path(settings.BASE_DIR) / "manage.py"


class Command(BaseCommand):
    help = "Run portal, API, sockets, worker and beat in one process, with a demo network unless --no-demo."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="Start empty; the first page asks who you are.")

    def handle(self, *, host: str, port: int, no_demo: bool, **options) -> None:
        from chargenet.asgi import application

        try:
            server = build_server(application, host=host, port=port, ready=lambda: self._announce(), **gateway_limits())
        except PortInUse:
            raise CommandError(f"Port {port} is taken by another program. Try: make run PORT={port + 1}") from None
        self.url = f"http://{host}:{server.port}/"
        self.socket_url = f"ws://{host}:{server.port}/ocpp"
        self.with_demo = not no_demo
        self.fleet: subprocess.Popen | None = None
        self._prepare_database()
        work = BackgroundWork()
        work.start()
        tune_gc()
        try:
            server.run()
        finally:
            self._stop_fleet()
            work.stop()
            self.stdout.write("Stopped.")

    def _prepare_database(self) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
            if self.with_demo:
                seed_demo()
        except OperationalError as error:
            raise CommandError(f"The database in {settings.VAR_DIR} cannot be used: {error}.") from error

    def _announce(self) -> None:
        self.stdout.write(f"\nChargeNet runs at {self.url}   (chargers: {self.socket_url}/<identity>)\n")
        if self.with_demo:
            self.stdout.write(f"Sign in with the password {PASSWORD} as")
            for person in SIGN_INS:
                self.stdout.write(f"  {person.email:<28} {person.title}")
            self._start_fleet()
        elif not User.objects.exists():
            self.stdout.write("Open it to create your organisation and its administrator.")
        self.stdout.write("\nCtrl-C stops everything.")
        self.stdout.flush()

    def _start_fleet(self) -> None:
        command = [sys.executable, str(MANAGE), "simulate", "--fleet", str(FLEET_FILE), "--url", self.socket_url]
        self.fleet = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)

    def _stop_fleet(self) -> None:
        if self.fleet is None or self.fleet.poll() is not None:
            return
        os.killpg(self.fleet.pid, signal.SIGTERM)
        try:
            self.fleet.wait(timeout=8)
        except subprocess.TimeoutExpired:
            os.killpg(self.fleet.pid, signal.SIGKILL)
