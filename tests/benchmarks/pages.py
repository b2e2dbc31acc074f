"""``python -m tests.benchmarks.pages``: the list pages that exist, with the number of their queries, as JSON."""

import json

PAGES = (
    ("page_stations", "portal list of stations", "portal:stations", ""),
    ("page_sessions", "portal list of sessions", "portal:sessions", "?state=all"),
    ("api_stations", "API list of stations", "api:station-list", ""),
    ("api_sessions", "API list of sessions", "api:session-list", ""),
)


def count_queries() -> list[dict]:
    """Asks each page twice, since the first answer fills caches, and counts the second time."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from apps.accounts.models import User

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(), backend=settings.AUTHENTICATION_BACKENDS[0])
    found = []
    for key, title, name, query in PAGES:
        url = reverse(name) + query
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.get(url)
        if answer.status_code != 200:
            raise RuntimeError(f"{url}: {answer.status_code}")
        found.append({"key": key, "title": title, "url": url, "queries": len(queries)})
    return found


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(count_queries()))
