"""The signing key: made once, whole, and taken as it stands from the environment."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from chargenet.secret_key import load_or_create_secret_key


def test_whoever_starts_at_the_same_time_has_the_same_key(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: load_or_create_secret_key(tmp_path), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) == 50
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_begins_with_a_dollar_sign_is_taken_as_it_stands():
    ask = "from django.conf import settings; print(settings.SECRET_KEY)"
    environment = os.environ | {"SECRET_KEY": "$HOME-and-more", "DJANGO_SETTINGS_MODULE": "chargenet.settings"}
    answer = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "$HOME-and-more"
