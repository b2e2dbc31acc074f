"""Billing runs, invoices, payments and the ledger."""
