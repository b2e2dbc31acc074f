"""Runs the whole suite on each way of running: embedded (SQLite, in memory), then PostgreSQL with Redis.

``CHARGENET_REQUIRE_TIERS=1`` makes the second obligatory; otherwise it runs where both services answer at
``TEST_DATABASE_URL`` and ``TEST_REDIS_URL``. Arguments go to pytest.
"""

import os
import subprocess
import sys

import psycopg
import redis

DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/chargenet")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def services_missing() -> str | None:
    """Why the production tier cannot run, or ``None``."""
    server = DATABASE_URL.rsplit("/", 1)[0] + "/postgres"
    try:
        psycopg.connect(server, connect_timeout=3).close()
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3).ping()
    except (psycopg.OperationalError, redis.RedisError) as error:
        return str(error).strip().splitlines()[0]
    return None


def run_pytest(title: str, arguments: list[str], **variables: str) -> int:
    print(f"\n━━ {title} ━━", flush=True)
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}} | variables
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    failed = run_pytest("embedded: SQLite and memory", arguments)
    missing = services_missing()
    if missing and os.environ.get("CHARGENET_REQUIRE_TIERS") == "1":
        print(f"PostgreSQL and Redis are required here and do not answer: {missing}")
        return 1
    if missing:
        print(f"PostgreSQL with Redis skipped: {missing}")
        return failed
    return (
        run_pytest("production: PostgreSQL and Redis", arguments, DATABASE_URL=DATABASE_URL, REDIS_URL=REDIS_URL)
        or failed
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
