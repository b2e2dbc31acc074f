"""What a driver wishes to hear, and the most he means to spend a month."""

from decimal import Decimal

from django.db import transaction

from apps.core.audit import record_audit
from apps.drivers.models import Driver, DriverSettings


def save_wishes(*, driver: Driver, monthly_budget: Decimal | None, actor, **mails: bool) -> DriverSettings:
    """``mails``: mails_session_end, mails_card."""
    with transaction.atomic():
        settings, _ = DriverSettings.objects.select_for_update().get_or_create(driver=driver)
        wanted = {"monthly_budget": monthly_budget, **mails}
        changes = {n: [getattr(settings, n), v] for n, v in wanted.items() if getattr(settings, n) != v}
        for name, (_, value) in changes.items():
            setattr(settings, name, value)
        if changes:
            settings.save(update_fields=list(changes))
            record_audit(
                actor=actor,
                action="driver.wishes_changed",
                subject=driver,
                organisation=driver.organisation,
                changes=changes,
            )
    return settings
