"""Files of invoices, and signed meter data with how to check it."""
