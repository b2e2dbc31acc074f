"""Facts that this app announces through the outbox. Every payload carries ``organisation_id`` and ``at``."""

TOKEN_CHANGED = "token.changed"
"""A token (the subject) was handed out, changed, blocked, lost or accepted again. ``{driver_id}``"""

DRIVER_CHANGED = "driver.changed"
"""A driver (the subject) changed, left, or came back."""

DRIVER_GROUP_CHANGED = "driver_group.changed"
"""A group (the subject) changed: its name, its priority."""

ACCESS_RULE_CHANGED = "access_rule.changed"
"""A rule (the subject) was made, changed or removed. ``{site_id}``"""
