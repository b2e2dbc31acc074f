"""What residents are to their site: invited, told of things, with wishes of their own."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.drivers.choices import NoticeKind
from apps.drivers.models.people import Driver
from apps.drivers.querysets import DriverScopedQuerySet


class DriverPartQuerySet(DriverScopedQuerySet):
    driver_path = "driver"

    def of_user(self, user):
        return self.filter(driver__user=user)


class Invitation(models.Model):
    """A driver is asked to sign in. Its link is signed, works once, and until ``expires_at``."""

    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = DriverPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["driver"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"Invitation of {self.driver}"


class DriverSettings(models.Model):
    """Of what a driver wants to hear, and the most he means to spend a month (gross, in the currency of each bill)."""

    driver = models.OneToOneField(Driver, on_delete=models.CASCADE, related_name="settings")
    monthly_budget = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    mails_session_end = models.BooleanField("when a session has ended", default=False)
    mails_card = models.BooleanField("when a card is blocked or accepted again", default=True)

    def __str__(self) -> str:
        return f"Settings of {self.driver}"


class DriverNotice(models.Model):
    """Something a driver is told: shown under "My charging", and sent by mail while ``due_at`` is set.

    ``key`` makes telling the same thing twice one notice.
    """

    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=12, choices=NoticeKind)
    key = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    objects = DriverPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["driver", "key"], name="driver_notice_once")]
        indexes = [
            models.Index(fields=["driver", "-created_at"], name="driver_notice_recent"),
            models.Index(fields=["due_at"], name="driver_notice_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.subject
