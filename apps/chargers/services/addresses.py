"""Addresses that stations are given for files of ours, and those that lie elsewhere."""

from urllib.parse import quote, urlsplit

from apps.core.errors import DomainError

SCHEMES = frozenset({"http", "https", "ftp", "ftps", "sftp"})
MAX_LENGTH = 512


class LocationRefused(DomainError):
    code = "location_refused"
    message = "This is no address that a charger can use."


def upload_address(base_url: str, token: str, *, as_password: bool = False) -> str:
    """Where a station uploads to. ``as_password``: the token as user information, for stations that need it so."""
    if not as_password:
        return f"{base_url.rstrip('/')}/files/in/{token}/"
    scheme, _, rest = base_url.rstrip("/").partition("://")
    return f"{scheme}://station:{token}@{rest}/files/in/"


def download_address(base_url: str, token: str, name: str) -> str:
    """Where a station fetches a firmware; the name comes last, since some models look at its ending."""
    return f"{base_url.rstrip('/')}/files/out/{token}/{quote(name)}"


def check_location(location: str) -> str:
    """An address elsewhere, as a person gave it. Raises ``LocationRefused``."""
    location = location.strip()
    try:
        parts = urlsplit(location)
        is_good = parts.scheme in SCHEMES and bool(parts.hostname)
    except ValueError:
        is_good = False
    if not is_good:
        raise LocationRefused("Give an address that begins with http, https, ftp, ftps or sftp.", field="location")
    if len(location) > MAX_LENGTH:
        raise LocationRefused(f"An address may have {MAX_LENGTH} characters.", field="location")
    return location
