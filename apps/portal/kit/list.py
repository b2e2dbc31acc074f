"""A list screen from a few declarations."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.text import slugify
from django_filters import FilterSet
from django_tables2 import Table

from apps.portal.kit.access import PortalView, is_htmx
from apps.portal.kit.export import CONTENT_TYPES, export_response
from apps.portal.kit.filters import active_chips, query_without, search_rows
from apps.portal.kit.paging import show_page
from apps.portal.kit.parts import ActionButton, Crumb, split_buttons
from apps.portal.kit.saved_views import canonical_query, delete_view, save_view, tabs_for


@dataclass(frozen=True)
class Empty:
    """What a list says when there is nothing in it yet: the state, and the next step."""

    title: str
    text: str = ""
    icon: str = "inbox"
    button: ActionButton | None = None


class ListView(PortalView):
    """Declare ``action``, ``title``, ``queryset``, ``table``; add ``filterset``, ``search``, ``empty`` as needed.

    ``search``: field paths that the search box looks into, e.g. ``("identity", "site__name")``.
    ``queryset`` must ``select_related`` what the columns show, so that the number of queries is constant.
    """

    template_name = "portal/kit/list.html"
    part_template_name = "portal/kit/list_part.html"
    title = ""
    subtitle = ""
    table: type[Table]
    filterset: type[FilterSet] | None = None
    search: Sequence[str] = ()
    search_hint = "Search"
    empty = Empty("Nothing here yet")
    rows_per_page = (25, 50, 100, 250)
    default_rows_per_page = 50
    exportable = True
    fixed_views: Sequence[tuple[str, str]] = (("All", ""),)  # tabs before those that people saved: name, query

    def buttons(self) -> Sequence[ActionButton]:
        """What can be done here, such as adding one."""
        return ()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return ()

    def live_topics(self) -> Sequence[str]:
        """Topics (``"site:5"``) whose nudges redraw the rows."""
        return ()

    def extra_context(self) -> dict:
        return {}

    def get_empty(self) -> Empty:
        return self.empty

    def get_table(self, rows) -> Table:
        table = self.table(data=rows)
        table.request = self.request  # given to the constructor, it would page the table and count its rows
        return table

    @property
    def screen(self) -> str:
        """The name that saved views of this list are kept under."""
        return self.request.resolver_match.view_name

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        filterset = self._filterset()
        rows = filterset.qs if filterset is not None else self.rows()
        if self.search:
            rows = search_rows(rows, request.GET.get("q", ""), self.search)
        table = self.get_table(rows)
        table.order_by = [name for name in request.GET.get("sort", "").split(",") if name] or table.order_by
        kind = request.GET.get("export", "")
        if self.exportable and kind in CONTENT_TYPES:
            return export_response(
                request, table=table, rows=table.data.data, kind=kind, name=slugify(self.title) or "list"
            )
        template = self.part_template_name if is_htmx(request) else self.template_name
        response = render(request, template, self._context(table, filterset))
        patch_vary_headers(response, ["HX-Request"])
        return response

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Save or delete a view of this list."""
        query = canonical_query(request.GET)
        if "delete_view" in request.POST:
            delete_view(user=request.user, screen=self.screen, pk=request.POST["delete_view"])
        else:
            try:
                view = save_view(user=request.user, screen=self.screen, name=request.POST.get("name", ""), query=query)
                messages.success(request, f"The view “{view}” is saved.")
            except ValueError as problem:
                messages.error(request, str(problem))
        return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)

    def _filterset(self) -> FilterSet | None:
        if self.filterset is None:
            return None
        return self.filterset(self.request.GET, queryset=self.rows(), request=self.request)

    def _context(self, table: Table, filterset: FilterSet | None) -> dict:
        query = self.request.GET
        page = show_page(table, query, choices=self.rows_per_page, default=self.default_rows_per_page)
        chips = active_chips(filterset, query, has_search=bool(self.search))
        own_fields = set(filterset.form.fields) if filterset is not None else set()
        kept = [(key, query[key]) for key in ("sort", "per_page") if query.get(key) and key not in own_fields]
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "breadcrumbs": self.breadcrumbs(),
            "table": table,
            "page": page,
            "filterset": filterset,
            "searchable": bool(self.search),
            "search_hint": self.search_hint,
            "search_text": query.get("q", ""),
            "chips": chips,
            "clear_query": canonical_query(query_without(query, "q", *(self._filter_names(filterset)))),
            "fixed_views": [
                (name, view, canonical_query(view) == canonical_query(query)) for name, view in self.fixed_views
            ],
            "saved_views": tabs_for(user=self.request.user, screen=self.screen, query=query),
            "current_query": canonical_query(query),
            "kept_fields": kept,
            "empty": self.get_empty(),
            "exportable": self.exportable,
            "live_topics": self.live_topics(),
            **split_buttons(self.buttons()),
            **self.extra_context(),
        }

    def _filter_names(self, filterset: FilterSet | None) -> list[str]:
        """Every query parameter that belongs to a filter."""
        if filterset is None:
            return []
        return [key for key in self.request.GET if any(key.startswith(name) for name in filterset.form.fields)]
