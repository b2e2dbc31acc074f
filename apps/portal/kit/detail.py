"""A page about one thing: head, tabs, panels."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from apps.accounts.policy import may
from apps.portal.kit.access import PortalView, is_htmx
from apps.portal.kit.panels import Panel, Tab
from apps.portal.kit.parts import ActionButton, Crumb, split_buttons


class DetailView(PortalView):
    """Declare ``action``, ``queryset`` and ``panels`` (or ``tabs``); override the methods below for the head.

    The object is found by ``lookup``: URL argument and field have the same name.
    """

    template_name = "portal/kit/detail.html"
    lookup = "pk"
    panels: Sequence[Panel] = ()
    tabs: Sequence[Tab] = ()

    def page_title(self, obj) -> str:
        return str(obj)

    def page_subtitle(self, obj) -> str:
        """A line below the title; HTML must be marked safe."""
        return ""

    def page_status(self, obj):
        """A member of coloured choices, shown beside the title."""
        return None

    def page_live(self, obj) -> str:
        """The topic whose nudges redraw the head of the page."""
        return ""

    def breadcrumbs(self, obj) -> Sequence[Crumb]:
        return ()

    def buttons(self, obj) -> Sequence[ActionButton]:
        return ()

    def extra_context(self, obj) -> dict:
        return {}

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.object = self.get_row(**{self.lookup: kwargs[self.lookup]})
        tabs = self._open_to_user(self.tabs or (Tab("main", "", self.panels),))
        if "panel" in request.GET:
            panels = [panel for tab in tabs for panel in self._open_to_user(tab.panels)]
            response = self._render_panel(panels, request.GET["panel"])
        else:
            response = self._render_page(tabs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def _open_to_user(self, parts: Sequence) -> list:
        return [part for part in parts if part.action is None or may(self.request.user, part.action)]

    def _render_panel(self, panels: list[Panel], key: str) -> HttpResponse:
        panel = next((panel for panel in panels if panel.key == key), None)
        if panel is None:
            raise Http404(f"There is no panel {key!r} here.")
        return render(self.request, "portal/kit/panel.html", {"object": self.object, "panel": self._draw(panel)})

    def _render_page(self, tabs: list[Tab]) -> HttpResponse:
        wanted = self.request.GET.get("tab", tabs[0].key if tabs else "")
        tab = next((tab for tab in tabs if tab.key == wanted), None)
        if tab is None:
            raise Http404("There is no such tab here.")
        drawn = [self._draw(panel, first_time=True) for panel in self._open_to_user(tab.panels)]
        context = {
            "object": self.object,
            "title": self.page_title(self.object),
            "subtitle": self.page_subtitle(self.object),
            "status": self.page_status(self.object),
            "live": self.page_live(self.object),
            "breadcrumbs": self.breadcrumbs(self.object),
            "tabs": tabs if self.tabs else [],
            "current_tab": tab.key,
            "main_panels": [panel for panel in drawn if not panel["side"]],
            "side_panels": [panel for panel in drawn if panel["side"]],
            **split_buttons(self.buttons(self.object)),
            **self.extra_context(self.object),
        }
        return render(self.request, self.template_name, context)

    def _draw(self, panel: Panel, *, first_time: bool = False) -> dict:
        """What the panel's template needs; a lazy panel is read only when asked for by itself."""
        wait = panel.lazy and first_time and not is_htmx(self.request)
        drawn = {
            "key": panel.key,
            "title": panel.title,
            "icon": panel.icon,
            "template": panel.template,
            "side": panel.side,
            "flush": panel.flush,
            "wait": wait,
            "live": panel.live(self.object) if panel.live else "",
            "url": f"{self.request.path}?panel={panel.key}",
        }
        if not wait:
            drawn["attributes"] = [(attribute.label, attribute.read(self.object)) for attribute in panel.attributes]
            drawn["context"] = panel.load(self.request, self.object) if panel.load else {}
        return drawn
