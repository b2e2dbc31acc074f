"""``manage.py price_cdr FILE.jsonl``: prices CDRs with the engine that prices our own sessions."""

import sys

from django.core.management.base import BaseCommand, CommandError

from apps.core.jsonl import answers
from apps.tariffs.engine.ocpi_answer import answer_cdr


class Command(BaseCommand):
    help = "Price the CDRs of a file of JSON lines, each with its tariffs and time zone; print one JSON line each."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "file", help="JSON lines: {id, cdr, tariffs, time_zone, ocpi_version}; - for standard input"
        )

    def handle(self, *, file: str, **options) -> None:
        try:
            for line in answers(file, answer_cdr, stdin=sys.stdin):
                self.stdout.write(line)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
