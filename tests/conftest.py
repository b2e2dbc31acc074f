"""What every test shares: the tiers, the cast and a quiet log."""

import os

import pytest
from django.conf import settings

from tests.factories.cast import *  # noqa: F403  (the named cast as fixtures)
from tests.support.guarded_rows import let_tables_be_emptied
from tests.support.migrated import copy_instead_of_migrating


@pytest.fixture(autouse=True)
def _memory_of_other_databases():
    """What processes remember of rows does not outlive the rows."""
    from apps.chargers.services.commands.nudging import forget_organisations
    from apps.sessions.services.numbers import forget_numbers
    from apps.tariffs.selectors import forget_tariffs

    forget_organisations()
    forget_numbers()
    forget_tariffs()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory) -> None:
    """The test database is a copy of a migrated one."""
    copy_instead_of_migrating(tmp_path_factory.mktemp("migrated"))


def pytest_configure(config: pytest.Config) -> None:
    """Passwords need not be slow to check in tests, and guarded tables can be emptied."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    let_tables_be_emptied()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with a reason, what this tier does not have."""
    lacking = {
        "postgres": None if settings.DATABASE_URL else "needs PostgreSQL: set DATABASE_URL",
        "redis": None if settings.REDIS_URL else "needs Redis: set REDIS_URL",
        "browser": _browser_missing(),
    }
    for item in items:
        for marker, reason in lacking.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def _browser_missing() -> str | None:
    from shutil import which

    if which("chromium") or os.environ.get("CHARGENET_REQUIRE_BROWSER") == "1":
        return None
    return "needs Chromium: apt-get install chromium"
