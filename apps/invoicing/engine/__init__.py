"""Pure rules of billing: totals, references, bank files. No Django, no clock."""
