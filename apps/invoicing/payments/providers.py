"""Which provider is asked. Payments by transfer, debit or hand have a provider by name only: nobody can be asked."""

from django.conf import settings
from django.utils.module_loading import import_string

from apps.invoicing.payments.port import PaymentProvider

# Imported when asked for: the library of one that is not used costs half a second of every start.
_PROVIDERS = {
    "dummy": "apps.invoicing.payments.dummy.DummyProvider",
    "stripe": "apps.invoicing.payments.stripe.StripeProvider",
}
ASKED = tuple(_PROVIDERS)


class UnknownProvider(LookupError):
    """No provider of that name can be asked."""


def provider_named(name: str) -> PaymentProvider:
    """The provider of a payment, which may be another one than that of new payments."""
    try:
        path = _PROVIDERS[name]
    except KeyError as error:
        raise UnknownProvider(name) from error
    return import_string(path)()


def provider_of_new_payments() -> str:
    """The name in ``settings.PAYMENT_PROVIDER``."""
    return settings.PAYMENT_PROVIDER
