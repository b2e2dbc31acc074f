"""Which provider is asked. Payments by transfer, debit or hand have a provider by name only: nobody can be asked."""

from django.conf import settings

from apps.invoicing.payments.dummy import DummyProvider
from apps.invoicing.payments.port import PaymentProvider
from apps.invoicing.payments.stripe import StripeProvider

_PROVIDERS = {"dummy": DummyProvider, "stripe": StripeProvider}
ASKED = tuple(_PROVIDERS)


class UnknownProvider(LookupError):
    """No provider of that name can be asked."""


def provider_named(name: str) -> PaymentProvider:
    """The provider of a payment, which may be another one than that of new payments."""
    try:
        return _PROVIDERS[name]()
    except KeyError as error:
        raise UnknownProvider(name) from error


def provider_of_new_payments() -> str:
    """The name in ``settings.PAYMENT_PROVIDER``."""
    return settings.PAYMENT_PROVIDER
