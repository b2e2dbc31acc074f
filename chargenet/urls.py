"""Every URL of the product, by door."""

from django.urls import include, path

urlpatterns = [
    path("", include("apps.gateway.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/", include("apps.api.urls")),
    path("", include("apps.portal.urls")),
]
