"""Billing: issuers, runs, invoices, books and payments."""

from apps.invoicing.models.bank import BankAssignment, BankFile, BankStatement, BankTransaction
from apps.invoicing.models.debits import DebitCollection, DebitTerms, DirectDebit, Mandate
from apps.invoicing.models.deliveries import Delivery
from apps.invoicing.models.dummy import DummyPayment, DummyWebhook
from apps.invoicing.models.dunning import AccountCharge, DunningPause, Reminder
from apps.invoicing.models.guests import GuestTerms, GuestVisit, QrCode
from apps.invoicing.models.invoices import BilledSession, Invoice, InvoiceDocument, InvoiceLine, InvoiceTax
from apps.invoicing.models.issuers import BillingPeriod, InvoiceSeries, Issuer, SiteTerms
from apps.invoicing.models.ledger import LedgerAccount, LedgerEntry
from apps.invoicing.models.payments import Allocation, Payment, PaymentEvent, PaymentMethod
from apps.invoicing.models.runs import BillingItem, BillingRun

__all__ = [
    "AccountCharge",
    "Allocation",
    "BankAssignment",
    "BankFile",
    "BankStatement",
    "BankTransaction",
    "BilledSession",
    "BillingItem",
    "BillingPeriod",
    "BillingRun",
    "DebitCollection",
    "DebitTerms",
    "Delivery",
    "DirectDebit",
    "DummyPayment",
    "DummyWebhook",
    "DunningPause",
    "GuestTerms",
    "GuestVisit",
    "Invoice",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceSeries",
    "InvoiceTax",
    "Issuer",
    "LedgerAccount",
    "LedgerEntry",
    "Mandate",
    "Payment",
    "PaymentEvent",
    "PaymentMethod",
    "QrCode",
    "Reminder",
    "SiteTerms",
]
