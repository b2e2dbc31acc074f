"""The ground floor: outbox, audit, identifiers, nudges. No domain words."""
