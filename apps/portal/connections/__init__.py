"""Why a charger can't connect, and taking in those that wait."""
