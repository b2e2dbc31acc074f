"""``manage.py set_up``: the first page's work without a browser, for machines that prepare an empty system."""

import json
import secrets

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.services.api_tokens import issue_api_token
from apps.core.errors import DomainError
from apps.sites.services.people import set_up_first_organisation


class Command(BaseCommand):
    help = "Create the first organisation, its administrator and an API token; print what signs in as JSON, once."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--organisation", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="Administrator")
        parser.add_argument("--password", help="At least ten characters; one is made where none is given.")

    def handle(self, *, organisation: str, email: str, name: str, password: str | None, **options) -> None:
        password = password or secrets.token_urlsafe(16)
        try:
            user = set_up_first_organisation(organisation_name=organisation, name=name, email=email, password=password)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        _, token = issue_api_token(user=user, name="set up", actor=user)
        self.stdout.write(json.dumps({"email": email, "password": password, "token": token}))
