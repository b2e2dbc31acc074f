"""The bank: statements and what they pay, mandates, direct debits and the files that collect them."""
