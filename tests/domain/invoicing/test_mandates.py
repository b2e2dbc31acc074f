"""The life of a mandate: asked for, signed, used, revoked, expired; and where its account number may be read."""

from datetime import date, datetime, timedelta

import pytest

from apps.core.models import AuditEntry
from apps.invoicing.models import Mandate, PaymentMethod
from apps.invoicing.sealing import unseal
from apps.invoicing.services.issuers_of import IssuerUnclear
from apps.invoicing.services.mandates import (
    CannotCollect,
    InvalidIban,
    InvalidMandate,
    ask_mandate,
    expire_mandates,
    revoke_mandate,
    sign_mandate,
)
from tests.factories.bank import IBAN, DirectDebitFactory, MandateFactory
from tests.factories.billing import BillingAccountFactory, IssuerFactory, SiteTermsFactory
from tests.factories.chargers import NOON
from tests.factories.places import SiteFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return BillingAccountFactory(number="K00004", organisation=IssuerFactory().organisation)


def sign(account, at: datetime = NOON, **values) -> Mandate:
    given = {"iban": IBAN, "holder": "Rita Resident", "actor": None} | values
    return sign_mandate(account=account, at=at, **given)


def test_a_signed_mandate_makes_the_account_pay_by_debit(account):
    mandate = sign(account, iban="de02 1203 0000 0000 2020 51", holder="  Rita   Resident ")
    account.refresh_from_db()
    assert (mandate.state, mandate.holder, mandate.signed_on) == ("signed", "Rita Resident", NOON.date())
    assert mandate.bank_account == "DE •••• 2051"
    assert account.pay_by == "direct_debit"
    method = PaymentMethod.objects.get(account=account)
    assert (method.provider, method.provider_ref, method.label) == ("sepa", mandate.reference, "DE •••• 2051")
    assert method.is_default


def test_the_number_is_encrypted_and_stands_in_no_log(account, caplog):
    mandate = sign(account)
    assert unseal(mandate.iban_sealed) == IBAN
    assert IBAN not in repr(list(Mandate.objects.values()))
    assert IBAN not in repr(list(AuditEntry.objects.values())) + repr(list(PaymentMethod.objects.values()))
    assert IBAN not in caplog.text


def test_asking_twice_is_one_mandate_that_is_then_signed(account):
    asked = ask_mandate(account=account, actor=None, at=NOON)
    assert ask_mandate(account=account, actor=None, at=NOON).pk == asked.pk
    assert asked.state == "asked"
    assert sign(account).pk == asked.pk


def test_another_bank_account_replaces_the_mandate(account):
    first = sign(account)
    second = sign(account, iban="FR14 2004 1010 0505 0001 3M02 606", at=NOON + timedelta(days=1))
    first.refresh_from_db()
    account.refresh_from_db()
    assert (first.state, second.state) == ("revoked", "signed")
    assert first.reference != second.reference
    assert account.pay_by == "direct_debit"
    assert list(PaymentMethod.objects.filter(removed_at=None).values_list("label", flat=True)) == ["FR •••• 2606"]


@pytest.mark.parametrize(
    ("values", "refusal", "field"),
    [
        ({"iban": "DE02120300000000202052"}, InvalidIban, "iban"),
        ({"iban": "my account"}, InvalidIban, "iban"),
        ({"iban": ""}, InvalidIban, "iban"),
        ({"iban": "BR1800360305000010009795493C1"}, InvalidIban, "iban"),
        ({"holder": "  "}, InvalidMandate, "holder"),
        ({"signed_on": NOON.date() + timedelta(days=1)}, InvalidMandate, "signed_on"),
    ],
)
def test_what_cannot_be_collected_from_is_refused(account, values, refusal, field):
    with pytest.raises(refusal) as told:
        sign(account, **values)
    assert told.value.field == field
    assert not Mandate.objects.exists()


def test_without_a_creditor_identifier_nobody_is_asked():
    account = BillingAccountFactory(organisation=IssuerFactory(creditor_id="").organisation)
    with pytest.raises(CannotCollect):
        sign(account)


def test_the_issuer_is_that_of_the_home_site_or_the_only_one():
    site = SiteFactory()
    other = IssuerFactory(organisation=site.organisation)
    account = BillingAccountFactory(organisation=site.organisation, home_site=site)
    own = SiteTermsFactory(site=site, issuer__organisation=site.organisation).issuer
    assert sign(account).issuer == own
    stranger = BillingAccountFactory(organisation=site.organisation)
    with pytest.raises(IssuerUnclear):
        sign(stranger)
    assert sign(stranger, issuer=other).issuer == other


def test_a_revoked_mandate_collects_nothing_more():
    user = UserFactory()
    debit = DirectDebitFactory()
    revoke_mandate(mandate=debit.mandate, reason="The customer wrote.", actor=user, at=NOON)
    debit.refresh_from_db()
    debit.payment.refresh_from_db()
    assert (debit.mandate.state, debit.mandate.end_reason) == ("revoked", "The customer wrote.")
    assert (debit.state, debit.payment.state) == ("cancelled", "released")
    assert AuditEntry.objects.get(action="mandate.revoked").actor == user


def test_revoking_gives_the_way_of_paying_back(account):
    revoke_mandate(mandate=sign(account), reason="x", actor=None, at=NOON)
    account.refresh_from_db()
    assert account.pay_by == "transfer"
    assert not PaymentMethod.objects.filter(removed_at=None).exists()


def test_mandates_expire_36_months_after_their_last_use():
    at = datetime.fromisoformat("2026-04-10T12:00:00+00:00")
    on_the_day = MandateFactory(collected_on=date(2023, 4, 10), state="active", signed_on=date(2020, 1, 1))
    a_day_before = MandateFactory(collected_on=date(2023, 4, 9), state="active", signed_on=date(2020, 1, 1))
    never_used = MandateFactory(signed_on=date(2023, 4, 9))
    assert expire_mandates(at=at) == 2
    for mandate in (on_the_day, a_day_before, never_used):
        mandate.refresh_from_db()
    assert [m.state for m in (on_the_day, a_day_before, never_used)] == ["active", "expired", "expired"]
