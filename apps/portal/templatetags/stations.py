"""Tags of the stations' screens: ``{% load stations %}``."""

from django import template
from django.utils.safestring import SafeString

from apps.portal.kit import html
from apps.portal.links import page_of
from apps.portal.stations.faults import DEVIATION_WORDS, FAULT_WORDS
from apps.portal.stations.states import shown_state
from apps.sessions.choices import SessionState

register = template.Library()


@register.simple_tag
def connector_badge(evse, connector, reservation=None) -> SafeString:
    """The state of a connector of ``evse``, which ``reservation`` may keep for somebody."""
    return html.badge(shown_state(evse, connector, is_reserved=reservation is not None))


@register.filter
def session_state(session) -> SessionState:
    """The state with its colour and icon."""
    return SessionState(session.state)


@register.simple_tag
def session_url(session) -> str:
    return page_of(session)


@register.filter
def fault_words(error_code: str) -> str:
    """What a 1.6 error code means, for people; empty for codes of others."""
    return FAULT_WORDS.get(error_code, "")


@register.filter
def deviation_words(code: str) -> str:
    """A deviation's code as words: ``timestamp-missing`` → ``Timestamp missing``."""
    return DEVIATION_WORDS.get(code) or code.replace("-", " ").replace("_", " ").capitalize()
