"""Everything a screen imports from the kit, in one place."""

from apps.portal.kit.access import PortalView, SignedInView
from apps.portal.kit.action import ActionView
from apps.portal.kit.detail import DetailView
from apps.portal.kit.form import FormView
from apps.portal.kit.list import Empty, ListView
from apps.portal.kit.panels import Attribute, Panel, Tab
from apps.portal.kit.parts import ActionButton, Crumb

__all__ = [
    "ActionButton",
    "ActionView",
    "Attribute",
    "Crumb",
    "DetailView",
    "Empty",
    "FormView",
    "ListView",
    "Panel",
    "PortalView",
    "SignedInView",
    "Tab",
]
