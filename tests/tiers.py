"""Runs the whole suite on each way of running: embedded (SQLite, in memory), then PostgreSQL with Redis.

``CHARGENET_REQUIRE_TIERS=1`` makes the second obligatory; otherwise it runs where both services answer at
``TEST_DATABASE_URL`` and ``TEST_REDIS_URL``. What knows neither database nor broker runs once. Arguments go to pytest.
"""

import os
import subprocess
import sys

import psycopg
import redis

DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/chargenet")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")

# Tests wait for sockets more than they compute, but more of them at once starve each other on two cores.
PROCESSES = 3
SAME_ON_BOTH = ("pure", "architecture", "gateway/server", "gateway/simulator", "portal/kit", "benchmarks")


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
    command = [sys.executable, "-m", "pytest", "-n", str(PROCESSES), "--dist", "loadgroup", *arguments]
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
    services = {"DATABASE_URL": DATABASE_URL, "REDIS_URL": REDIS_URL}
    once = [f"--ignore=tests/{folder}" for folder in SAME_ON_BOTH]
    return run_pytest("production: PostgreSQL and Redis", [*once, *arguments], **services) or failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
