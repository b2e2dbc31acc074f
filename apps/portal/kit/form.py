"""Pages with a form: kept input, errors beside their fields, one service call."""

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property

from apps.core.errors import DomainError
from apps.portal.kit.access import PortalView, is_htmx
from apps.portal.kit.parts import Crumb
from apps.portal.links import PAGES, page_of


class FormView(PortalView):
    """Declare ``action``, ``title``, ``form_class``; write ``save(form)`` with one service call.

    With ``queryset`` the page is about the row that the URL argument ``lookup`` names (``self.object``), found
    within the user's scope. Opened from a button with ``in_dialog`` the form appears in a dialog.
    """

    template_name = "portal/kit/form_page.html"
    dialog_template_name = "portal/kit/form_dialog.html"
    form_class: type[forms.BaseForm] = forms.Form
    lookup = "pk"
    title = ""
    intro = ""
    submit_label = "Save"
    submit_icon = ""
    success_message = ""
    dangerous = False

    @cached_property
    def object(self):
        if self.queryset is None or self.lookup not in self.kwargs:
            return None
        return self.get_row(**{self.lookup: self.kwargs[self.lookup]})

    def save(self, form):
        """Do it: one service call. A ``DomainError`` is shown beside its field, or above the form."""
        raise NotImplementedError

    def get_success_url(self, result) -> str:
        """Where to go afterwards; ``result`` is what ``save`` returned."""
        raise NotImplementedError

    def get_title(self) -> str:
        return self.title

    def get_intro(self) -> str:
        return self.intro

    def get_cancel_url(self) -> str:
        """Where "Cancel" leads when the form is a page of its own; no button where empty."""
        return self._page_of_object()

    def get_success_message(self, result) -> str:
        return self.success_message

    def get_refusal(self) -> str:
        """Why this cannot be done now, in one sentence; the form is then not offered."""
        return ""

    def breadcrumbs(self) -> Sequence[Crumb]:
        """The way back: the row that the form is about, where it has a page."""
        url = self._page_of_object()
        return (Crumb(str(self.object), url),) if url else ()

    def _page_of_object(self) -> str:
        has_page = self.object is not None and self.object._meta.label_lower in PAGES
        return page_of(self.object) if has_page else ""

    def extra_context(self) -> dict:
        """What a template of its own needs besides."""
        return {}

    def get_initial(self) -> dict:
        return {}

    def get_form(self) -> forms.BaseForm:
        kwargs = {"initial": self.get_initial()}
        if self.request.method == "POST":
            kwargs |= {"data": self.request.POST, "files": self.request.FILES}
        if issubclass(self.form_class, forms.BaseModelForm) and self.object is not None:
            kwargs["instance"] = self.object
        return self.form_class(**kwargs, **self.get_form_kwargs())

    def get_form_kwargs(self) -> dict:
        """Further arguments of the form, such as the querysets it may choose from."""
        return {}

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self._render(self.get_form())

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.get_form()
        if self.get_refusal() or not form.is_valid():
            return self._render(form, status=422)
        try:
            result = self.save(form)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            return self._render(form, status=422)
        if message := self.get_success_message(result):
            messages.success(request, message)
        url = self.get_success_url(result)
        if not is_htmx(request):
            return redirect(url)
        response = HttpResponse()
        response["HX-Redirect"] = url
        return response

    def _render(self, form: forms.BaseForm, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "object": self.object,
            "title": self.get_title(),
            "intro": self.get_intro(),
            "refusal": self.get_refusal(),
            "breadcrumbs": self.breadcrumbs(),
            "submit_label": self.submit_label,
            "submit_icon": self.submit_icon,
            "dangerous": self.dangerous,
            "cancel_url": self.get_cancel_url(),
            "url": self.request.get_full_path(),
            **self.extra_context(),
        }
        in_dialog = is_htmx(self.request)
        template = self.dialog_template_name if in_dialog else self.template_name
        response = render(self.request, template, context, status=status)
        patch_vary_headers(response, ["HX-Request"])
        return response
