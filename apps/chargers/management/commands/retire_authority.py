"""``manage.py retire_authority rsa|ec``: the next certificate is signed by a new authority of our own."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.chargers.models import AuthorityKey
from apps.chargers.services.certificates.own_authority import distrust_authority, retire_authority


class Command(BaseCommand):
    help = (
        "Sign no more with the own authority in use, for instance because SECRET_KEY was lost. The next request "
        "founds another, whose root stations must be given. What was signed stays valid, unless --distrust is given."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("algorithm", choices=AuthorityKey.Algorithm.values, help="which one: that of its keys")
        parser.add_argument(
            "--distrust", action="store_true",
            help="Certificates of this and of formerly retired authorities open no door any more: a key was stolen.",
        )  # fmt: skip

    def handle(self, *, algorithm: str, distrust: bool, **options) -> None:
        now = timezone.now()
        retired = retire_authority(algorithm=algorithm, actor=None, at=now)
        distrusted = distrust_authority(algorithm=algorithm, actor=None, at=now) if distrust else []
        for word, rows in (("Retired", retired), ("Distrusted", distrusted)):
            for row in rows:
                self.stdout.write(f"{word}: {row}, SHA-256 {row.fingerprint}.")
        if not retired and not distrusted:
            self.stdout.write("There is no such authority in use.")
