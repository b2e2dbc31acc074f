"""URLs of the API, version by version."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from apps.api.webhooks.payments import PaymentWebhook

app_name = "api"

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("payments/<str:provider>/webhook/", PaymentWebhook.as_view(), name="payment-webhook"),
    path("v1/", include("apps.api.v1.urls")),
]
