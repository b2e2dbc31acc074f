"""Everything that can be written into the audit log: what its filter offers, without reading the log for it."""

from apps.chargers.choices import OperationKind
from apps.chargers.messages.commands import COMMANDS
from apps.chargers.transfer_choices import CampaignState

_WRITTEN = (
    "access_rule.changed", "access_rule.created", "access_rule.removed", "account.changed", "account.closed",
    "account.created", "account.plan_begun", "account.plan_ended", "account.reopened", "api_token.issued",
    "api_token.revoked", "area.created", "area.removed", "area.renamed", "authority.distrusted",
    "authority.founded", "authority.retired", "bank_file.imported", "bank_transaction.assigned", "bulk.begun",
    "bulk.cancelled", "bulk.retried", "bulk.rights_missing", "ca_certificate.added", "ca_certificate.removed",
    "campaign.started", "certificate.revoked", "charge.waived", "collection.discarded", "collection.made",
    "collection.submitted", "configuration_template.created", "configuration_template.edited",
    "configuration_template.removed", "contract.removed", "contract.stored", "debit.announced", "debit.cancelled",
    "debit.returned", "debit_terms.changed", "driver.changed", "driver.created", "driver.invited", "driver.joined",
    "driver.left", "driver.readmitted", "driver.wishes_changed", "driver_group.changed", "driver_group.created",
    "dunning.paused", "dunning.resumed", "firmware.added", "firmware.file_received", "firmware.withdrawn",
    "invoice.credited", "invoice.discarded", "invoice.issued", "invoice.reminded", "invoice.written_off",
    "issuer.changed", "issuer.created", "local_list.site_switched", "local_list.switched", "mandate.asked",
    "mandate.signed", "market.prices_recorded", "membership.granted", "membership.revoked", "organisation.created",
    "payment.allocated", "payment.captured", "payment.freed", "payment.received", "payment.refunded",
    "payment.released", "payment_method.chosen", "payment_method.removed", "period.closed", "period.opened",
    "plan.changed", "plan.created", "plan.retired", "qr_code.renewed", "qr_codes.made", "quirk_profile.created",
    "quirk_profile.edited", "quirk_profile.removed", "session.closed", "session.repriced", "session.tariff_chosen",
    "site.changed", "site.closed", "site.created", "site.terms_changed", "station.command.cancelled",
    "station.created", "station.edited", "station.evse_added", "station.moved", "station.password_removed",
    "station.password_set", "station.price_telling_changed", "station.profile_change_begun",
    "station.profile_change_failed", "station.registration_set", "station.retired", "station.security_acknowledged",
    "station.sent_elsewhere", "station.variables_prepared", "tariff.assigned", "tariff.assignment_ended",
    "tariff.created", "tariff.version_added", "token.blocked", "token.changed", "token.created",
    "token.reported_lost", "token.unblocked", "unknown_station.ignored", "vehicle.added", "vehicle.changed",
    "vehicle.retired",
)  # fmt: skip
"""As services name them; a test holds the list against the services."""

ACTIONS = tuple(
    sorted(
        {
            *_WRITTEN,
            *(f"station.command.{name}" for name in COMMANDS),
            *(f"station.operation.{kind.value}" for kind in OperationKind),
            *(f"campaign.{state.value}" for state in CampaignState),
        }
    )
)
