"""Doing one thing to one row, after asking once."""

from apps.portal.kit.form import FormView
from apps.portal.links import page_of


class ActionView(FormView):
    """A confirmation: what will happen, perhaps a few fields, one button. GET asks, POST does.

    Declare ``action``, ``queryset``, ``title``, ``intro`` (what it means for people at the charger),
    ``submit_label``; write ``save(form)``. ``dangerous`` makes the button red. ``get_refusal`` says why it is not
    possible now. Afterwards the object's page opens.
    """

    submit_label = "Confirm"

    def get_success_url(self, result) -> str:
        return page_of(self.object)
