"""Settings of stations: one variable, monitors, templates, differences, quirks."""
