"""What the lists of the bank can be narrowed to."""

import django_filters

from apps.accounts.policy import Action
from apps.invoicing.bank_choices import BankOutcome, CollectionState, DebitState, MandateState
from apps.invoicing.models import DirectDebit, Issuer
from apps.portal.bank.forms import DAY


def issuers(request):
    return Issuer.objects.visible_to(request.user, Action.BILLING_VIEW).order_by("name")


class TransactionFilters(django_filters.FilterSet):
    outcome = django_filters.MultipleChoiceFilter(label="Came to", choices=BankOutcome.choices)
    issuer = django_filters.ModelChoiceFilter(queryset=issuers)
    is_credit = django_filters.ChoiceFilter(label="Direction", choices=[("True", "In"), ("False", "Out")])
    booked_from = django_filters.DateFilter(label="Booked from", field_name="booked_on", lookup_expr="gte", widget=DAY)
    booked_until = django_filters.DateFilter(label="until", field_name="booked_on", lookup_expr="lte", widget=DAY)


class FileFilters(django_filters.FilterSet):
    issuer = django_filters.ModelChoiceFilter(queryset=issuers)


class MandateFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=MandateState.choices)
    issuer = django_filters.ModelChoiceFilter(queryset=issuers)


class DebitFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=DebitState.choices)
    issuer = django_filters.ModelChoiceFilter(label="Issuer", field_name="mandate__issuer", queryset=issuers)
    by_letter = django_filters.ChoiceFilter(
        label="To be announced by letter", choices=[("true", "Yes")], method="filter_by_letter"
    )

    class Meta:
        model = DirectDebit
        fields = ()

    def filter_by_letter(self, rows, name, value):
        return rows.filter(state=DebitState.QUEUED, notified_at=None, mandate__account__email="")


class CollectionFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=CollectionState.choices)
    issuer = django_filters.ModelChoiceFilter(queryset=issuers)
