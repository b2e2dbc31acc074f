"""``manage.py run``: everything in one process, as ``make run`` starts it."""

import signal
import threading

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from apps.accounts.models import Organisation, User
from apps.gateway.server import PortInUse, build_server, tune_gc
from apps.gateway.tls_failures import note_failed_handshake
from chargenet.background import BackgroundWork
from chargenet.demo.chargers import DemoChargers
from chargenet.demo.people import SIGN_INS
from chargenet.demo.seed import PASSWORD, seed_demo
from chargenet.management.commands.serve import gateway_limits
from chargenet.management.tls import add_tls_arguments, read_tls_options


class Command(BaseCommand):
    help = "Run portal, API, sockets, worker and beat in one process, with a demo network unless --no-demo."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="Start empty; the first page asks who you are.")
        add_tls_arguments(parser)

    def handle(self, *, host: str, port: int, no_demo: bool, **options) -> None:
        from chargenet.asgi import application

        try:
            self.server = build_server(
                application,
                host=host,
                port=port,
                tls=read_tls_options(options),
                ready=self._ready,
                handshake_failed=note_failed_handshake,
                **gateway_limits(),
            )
        except PortInUse as taken:
            raise CommandError(
                f"Port {taken.port} is taken by another program. Try: make run PORT={taken.port + 1}"
            ) from None
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.address = f"{host}:{self.server.port}"
        self.with_demo = not no_demo
        self.chargers: DemoChargers | None = None
        self._prepare_database()
        work = BackgroundWork()
        work.start()
        tune_gc()
        try:
            self.server.run()
        finally:
            if self.chargers:
                self.chargers.stop()
            work.stop()
            self.stdout.write("Stopped.")

    def _prepare_database(self) -> None:
        try:
            if not connection.introspection.table_names():
                self._say("Preparing the database (the first time only) …")
            call_command("migrate", verbosity=0, interactive=False)
            if self.with_demo and not Organisation.objects.exists():
                self._say("Making up a month of a charging network …")
                seed_demo()
        except (OperationalError, OSError) as error:
            raise CommandError(f"The database in {settings.VAR_DIR} cannot be used: {error}.") from error

        self.is_empty = not User.objects.exists()

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()

    def _ready(self) -> None:
        """Called inside the running loop, once connections are accepted."""
        self.stdout.write(
            f"\nChargeNet runs at http://{self.address}/   (chargers: ws://{self.address}/ocpp/<identity>)"
        )
        if self.server.tls_port is not None:
            self.stdout.write(f"With TLS: wss on port {self.server.tls_port} (the pages by https as well)")
        if self.with_demo:
            self.stdout.write(f"Sign in with the password {PASSWORD} as")
            for person in SIGN_INS:
                self.stdout.write(f"  {person.email:<28} {person.title}")
            self.chargers = DemoChargers(url=f"ws://{self.address}/ocpp")
            for number in (signal.SIGINT, signal.SIGTERM):
                self.server.loop.add_signal_handler(number, self._begin_stop)
        elif self.is_empty:
            self.stdout.write("Open it to create your organisation and its administrator.")
        self.stdout.write("\nCtrl-C stops everything.")
        self.stdout.flush()

    def _begin_stop(self) -> None:
        """First the chargers, so that they can say good-bye; then the server. A second signal does not wait."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self.server.loop.add_signal_handler(number, self.server.stop)
        threading.Thread(target=self._stop, daemon=True).start()

    def _stop(self) -> None:
        if self.chargers:
            self.chargers.stop()
        self.server.stop()
