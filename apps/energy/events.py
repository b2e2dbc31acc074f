"""What energy announces. The subject is the row named."""

EV_NEEDS_NOTIFIED = "ev_needs.notified"
"""A car said what it needs (subject: ``EvChargingNeeds``), and a plan was promised."""

EV_SCHEDULE_REJECTED = "ev_schedule.rejected"
"""A car was going to draw more than it may (subject: ``EvChargingSchedule``): it needs a new plan."""
