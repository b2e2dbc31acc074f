import json

import pytest

from apps.invoicing.models import PaymentMethod
from apps.invoicing.services.parties import buyer_of, seller_of
from tests.factories.billing import BillingAccountFactory, IssuerFactory

pytestmark = pytest.mark.django_db


def test_the_seller_is_a_copy_that_survives_json():
    seller = seller_of(IssuerFactory(name="Stadtstrom GmbH"))
    assert json.loads(json.dumps(seller)) == seller
    assert seller["name"] == "Stadtstrom GmbH"
    assert seller["iban"] == "DE89370400440532013000"


def test_the_buyer_carries_his_mandate_while_one_is_in_force():
    account = BillingAccountFactory(pay_by="direct_debit")
    assert "mandate" not in buyer_of(account)
    PaymentMethod.objects.create(
        account=account, kind="direct_debit", provider="sepa", provider_ref="M-17", label="DE•• 3000"
    )
    assert buyer_of(account)["mandate"] == "M-17"
    assert buyer_of(account)["debtor"] == "DE•• 3000"


def test_who_transfers_has_no_mandate():
    account = BillingAccountFactory(pay_by="transfer")
    PaymentMethod.objects.create(account=account, kind="direct_debit", provider="sepa", provider_ref="M-17", label="x")
    assert "mandate" not in buyer_of(account)
