"""``manage.py verify_ocmf FILE.jsonl``: checks signed meter values and says how much energy they state."""

import sys

from django.core.management.base import BaseCommand, CommandError

from apps.core.jsonl import answers
from apps.sessions.engine.ocmf import answer_ocmf


class Command(BaseCommand):
    help = "Check the OCMF containers of a file of JSON lines against their public keys; print one JSON line each."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", help="JSON lines: {id, ocmf, public_key (hex)}; - for standard input")

    def handle(self, *, file: str, **options) -> None:
        try:
            for line in answers(file, answer_ocmf, stdin=sys.stdin):
                self.stdout.write(line)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
