"""Old uploads lose their content; that they were there stays known."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from apps.chargers.models import FileTicket, StationFile
from apps.chargers.services.files.storage import remove_content

LEFT_BEHIND_S = 86_400
"""A partial file this old belongs to no upload any more."""


def remove_old_files(at: datetime, *, chunk: int = 500) -> int:
    """Remove the content of uploads older than ``FILES_KEPT_DAYS``, dead tickets and partial files; how many files."""
    before = at - timedelta(days=settings.FILES_KEPT_DAYS)
    removed = 0
    old = StationFile.objects.filter(removed_at=None, received_at__lt=before).order_by("received_at")
    while rows := list(old.values_list("pk", "storage_name")[:chunk]):
        for _, storage_name in rows:
            remove_content(storage_name)
        removed += StationFile.objects.filter(pk__in=[pk for pk, _ in rows]).update(removed_at=at)
    FileTicket.objects.filter(expires_at__lt=before).delete()
    for partial in Path(settings.FILES_ROOT).glob("*/*.part"):
        if at.timestamp() - partial.stat().st_mtime > LEFT_BEHIND_S:
            partial.unlink(missing_ok=True)
    return removed
