"""``manage.py retire_authority rsa|ec``: the next certificate is signed by a new authority of our own."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.chargers.models import AuthorityKey
from apps.chargers.services.certificates.own_authority import retire_authority


class Command(BaseCommand):
    help = (
        "Sign no more with the own authority in use, for instance because SECRET_KEY was lost. The next request "
        "founds another, whose root stations must be given. What was signed stays valid."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("algorithm", choices=AuthorityKey.Algorithm.values, help="which one: that of its keys")

    def handle(self, *, algorithm: str, **options) -> None:
        retired = retire_authority(algorithm=algorithm, actor=None, at=timezone.now())
        for row in retired:
            self.stdout.write(f"Retired: {row}, SHA-256 {row.fingerprint}.")
        if not retired:
            self.stdout.write("There is no such authority in use.")
