"""The payment page of the dummy provider: whoever holds the address plays the customer and says how it ends."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from apps.invoicing.engine.progress import Phase
from apps.invoicing.models import DummyPayment
from apps.invoicing.payments.dummy import Behaviour, settle
from apps.invoicing.services.inbox import hear_dummy

ENDINGS = {
    "pay": ("Pay", Behaviour.GOOD, True),
    "decline": ("Have the card declined", Behaviour.GOOD, False),
    "lose": ("Pay, and lose the message", Behaviour.LOSE, True),
    "repeat": ("Pay, and send the message three times", Behaviour.REPEAT, True),
    "delay": ("Pay, and send the message a minute late", Behaviour.DELAY, True),
}


@method_decorator(never_cache, name="dispatch")
class DummyPage(View):
    """``GET`` shows what is to be paid, ``POST ending=…`` ends it and leads back to us."""

    def get(self, request: HttpRequest, ref: str) -> HttpResponse:
        payment = get_object_or_404(DummyPayment, ref=ref)
        context = {
            "payment": payment,
            "is_open": payment.phase == Phase.PENDING,
            "endings": [(key, label) for key, (label, _, _) in ENDINGS.items()],
        }
        return render(request, "portal/payments/dummy_page.html", context)

    def post(self, request: HttpRequest, ref: str) -> HttpResponse:
        payment = get_object_or_404(DummyPayment, ref=ref)
        ending = ENDINGS.get(request.POST.get("ending", ""))
        if ending is None or payment.phase != Phase.PENDING:
            return self.get(request, ref)
        _, behaviour, agrees = ending
        settle(ref=ref, agrees=agrees, behaviour=behaviour or None)
        hear_dummy(at=timezone.now())
        return redirect(payment.return_url or request.path)
