"""The version-neutral language between a charger and us: frozen values, no Django, no I/O.

It has the shape of OCPP 2.x. ``events`` are what a charger tells us, ``replies`` what we answer, ``commands`` what we
ask of it, ``metering`` readings of a meter, ``tokens`` identifiers of people. Instants are timezone-aware UTC.
"""
