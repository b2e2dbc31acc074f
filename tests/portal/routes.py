"""Who may open which URL of the portal and the API: the second bookkeeping beside the policy, written out by hand.

Each route names the people whose *role* opens it, and the kind of row its address is about. Of what kind each
person's own rows are is said in ``test_role_matrix``. A new URL needs its line here.
"""

from dataclasses import dataclass

PEOPLE = ("ada", "sam", "tess", "finn", "sue", "rita", "otto")
STAFF = frozenset({"ada", "sam", "tess", "finn", "sue", "otto"})
OFFICE = STAFF - {"tess"}
HELPERS = STAFF - {"finn"}
MANAGERS = frozenset({"ada", "sam", "otto"})
TECHNICAL = MANAGERS | {"tess"}
PRICING = frozenset({"ada", "finn", "otto"})
OPERATORS = frozenset({"ada", "otto"})
EVERYBODY = frozenset(PEOPLE)
DRIVERS = frozenset({"rita"})


@dataclass(frozen=True)
class Route:
    """``row``: the kind of row in the address, ``""`` for none. ``status``: of a GET by somebody who may.

    ``leads_on``: with a single choice the page redirects to it.
    """

    opened_by: frozenset[str]
    row: str = ""
    status: int = 200
    query: str = ""
    leads_on: bool = False
    is_public: bool = False


PORTAL = {
    "setup": Route(EVERYBODY, status=302, is_public=True),
    "home": Route(STAFF),
    # sites
    "sites": Route(STAFF),
    "site-new": Route(MANAGERS),
    "site": Route(STAFF, "site"),
    "site-edit": Route(MANAGERS, "site"),
    "area-new": Route(MANAGERS, "site"),
    "area-rename": Route(MANAGERS, "area"),
    "area-remove": Route(MANAGERS, "area"),
    # people
    "users": Route(OPERATORS),
    "user-new": Route(OPERATORS),
    "membership-revoke": Route(OPERATORS, "membership"),
    "api-tokens": Route(EVERYBODY),
    "audit": Route(frozenset({"ada", "sam", "finn", "otto"})),
    # sessions
    "sessions": Route(STAFF),
    "session": Route(STAFF, "session"),
    "session-curve": Route(STAFF, "session"),
    "session-stop": Route(HELPERS, "session"),
    "session-remote-stop": Route(HELPERS, "session"),
    "session-close": Route(frozenset({"ada", "sam", "finn", "otto"}), "session"),
    "session-reprice": Route(frozenset({"ada", "sam", "finn", "otto"}), "session"),
    # drivers
    "drivers": Route(OFFICE),
    "driver-new": Route(OFFICE - {"finn"}),
    "driver": Route(OFFICE, "driver"),
    "driver-edit": Route(OFFICE - {"finn"}, "driver"),
    "driver-sign-in": Route(OFFICE - {"finn"}, "driver"),
    "driver-end": Route(OFFICE - {"finn"}, "driver"),
    "driver-readmit": Route(OFFICE - {"finn"}, "driver"),
    "token-new": Route(OFFICE - {"finn"}, "driver"),
    "groups": Route(OFFICE),
    "group-new": Route(OFFICE - {"finn"}),
    "group-edit": Route(OFFICE - {"finn"}, "group"),
    "tokens": Route(OFFICE),
    "token": Route(OFFICE, "card"),
    "token-edit": Route(OFFICE - {"finn"}, "card"),
    "token-block": Route(OFFICE - {"finn"}, "card"),
    "token-unblock": Route(OFFICE - {"finn"}, "card"),
    "access-rules": Route(OFFICE),
    "access-rule-new": Route(OFFICE - {"finn"}, leads_on=True),
    "access-rule-new-at": Route(OFFICE - {"finn"}, "site"),
    "access-rule-preview": Route(OFFICE - {"finn"}, "site"),
    "access-rule-edit": Route(OFFICE - {"finn"}, "rule"),
    "access-rule-remove": Route(OFFICE - {"finn"}, "rule"),
    # tariffs
    "tariffs": Route(OFFICE),
    "tariff": Route(OFFICE, "tariff"),
    "tariff-new": Route(PRICING),
    "tariff-preview": Route(PRICING),
    "tariff-new-version": Route(PRICING, "tariff"),
    "tariff-assign": Route(PRICING, "tariff"),
    "assignment-end": Route(PRICING, "assignment"),
    # one's own charging
    "my": Route(DRIVERS),
    "my-history": Route(DRIVERS),
    "my-session": Route(DRIVERS, "session"),
    "my-curve": Route(DRIVERS, "session"),
    "my-cards": Route(DRIVERS),
    "my-card-lost": Route(DRIVERS, "card"),
    # stations
    "stations": Route(STAFF),
    "station-new": Route(MANAGERS),
    "station": Route(STAFF, "station"),
    "station-head": Route(STAFF, "station"),
    "station-sessions": Route(STAFF, "station"),
    "station-commands": Route(STAFF, "station"),
    "station-variables": Route(STAFF, "station"),
    "station-journal": Route(HELPERS, "station"),
    "station-journal-export": Route(HELPERS, "export"),
    "station-history": Route(STAFF, "station"),
    "station-settings": Route(STAFF, "station"),
    "station-start": Route(HELPERS, "station"),
    "station-cards": Route(OFFICE, "station"),
    "station-unlock": Route(HELPERS, "station"),
    "station-reset": Route(HELPERS, "station"),
    "station-availability": Route(HELPERS, "station"),
    "station-trigger": Route(HELPERS, "station"),
    "station-clear-cache": Route(HELPERS, "station"),
    "station-read-variables": Route(HELPERS, "station"),
    "station-raw-call": Route(frozenset({"ada", "tess", "otto"}), "station"),
    "station-edit": Route(TECHNICAL, "station"),
    "station-move": Route(TECHNICAL, "station"),
    "station-registration": Route(TECHNICAL, "station"),
    "station-password": Route(TECHNICAL, "station"),
    "station-evse-new": Route(TECHNICAL, "station"),
    "station-retire": Route(TECHNICAL, "station"),
    "variable-set": Route(HELPERS, "variable"),
    "command": Route(STAFF, "command"),
    "command-cancel": Route(HELPERS, "command"),
    # the door
    "connections": Route(HELPERS),
    "unknown-adopt": Route(MANAGERS, "unknown"),
    "unknown-ignore": Route(MANAGERS, "unknown"),
}

API = {
    "schema": Route(EVERYBODY, is_public=True),
    "site-list": Route(STAFF),
    "site-detail": Route(STAFF, "site"),
    "station-list": Route(STAFF),
    "station-detail": Route(STAFF, "identity"),
    "station-commands": Route(frozenset({"ada", "tess", "otto"}), "identity", status=405),
    "evse-list": Route(STAFF),
    "evse-detail": Route(STAFF, "evse"),
    "connector-list": Route(STAFF),
    "connector-detail": Route(STAFF, "connector"),
    "session-list": Route(STAFF),
    "session-detail": Route(STAFF, "session"),
    "driver-list": Route(OFFICE),
    "driver-detail": Route(OFFICE, "driver"),
    "token-list": Route(OFFICE),
    "token-detail": Route(OFFICE, "card"),
    "command-list": Route(STAFF),
    "command-detail": Route(STAFF, "command"),
    "meter-value-list": Route(STAFF, query="?station={identity}"),
    "journal-list": Route(HELPERS, query="?station={identity}"),
}

MACHINES = {"healthz": Route(EVERYBODY, is_public=True), "metrics": Route(EVERYBODY, status=404, is_public=True)}

# Of django-allauth, for people without a second factor; last, for they end with the page that signs out.
SIGN_IN = {
    "account_login": Route(EVERYBODY, is_public=True, leads_on=True),
    "account_inactive": Route(EVERYBODY, is_public=True),
    "account_reauthenticate": Route(EVERYBODY),
    "account_change_password": Route(EVERYBODY),
    "account_set_password": Route(EVERYBODY, status=302),
    "account_reset_password": Route(EVERYBODY, is_public=True),
    "account_reset_password_done": Route(EVERYBODY, is_public=True),
    "account_reset_password_from_key": Route(EVERYBODY, "reset key", is_public=True),
    "account_reset_password_from_key_done": Route(EVERYBODY, is_public=True),
    "mfa_index": Route(EVERYBODY),
    "mfa_authenticate": Route(EVERYBODY, status=302, is_public=True),
    "mfa_reauthenticate": Route(EVERYBODY, status=302),
    "mfa_activate_totp": Route(EVERYBODY, status=302),
    "mfa_deactivate_totp": Route(EVERYBODY, status=404),
    "mfa_view_recovery_codes": Route(EVERYBODY, status=404),
    "mfa_generate_recovery_codes": Route(EVERYBODY, status=302),
    "mfa_download_recovery_codes": Route(EVERYBODY, status=404),
    "account_logout": Route(EVERYBODY, is_public=True, leads_on=True),
}

ROUTES = {
    **{f"portal:{name}": route for name, route in PORTAL.items()},
    **{f"api:{name}": route for name, route in API.items()},
    **{f"gateway:{name}": route for name, route in MACHINES.items()},
    **SIGN_IN,
}
