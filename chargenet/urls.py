"""Every URL of the product, by door."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# Staff sign in where everybody does, second factor included.
admin.site.login = secure_admin_login(admin.site.login)
admin.site.site_header = admin.site.site_title = "ChargeNet repair view"

urlpatterns = [
    path("", include("apps.gateway.urls")),
    path("accounts/", include("chargenet.signin_urls")),
    path("admin/", admin.site.urls),
    path("api/", include("apps.api.urls")),
    path("", include("apps.portal.urls")),
]
