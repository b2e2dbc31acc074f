"""What the portal itself remembers about the people who use it."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class SavedView(models.Model):
    """A list as one person likes to see it: the filters, order and page length of ``screen`` under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    screen = models.CharField(max_length=100, help_text="The list's route, such as portal:stations.")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True, help_text="The query string, in canonical order.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "screen", "name"], name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name
