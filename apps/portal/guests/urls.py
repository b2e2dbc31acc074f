"""URLs of QR codes and guests' visits."""

from django.urls import path

from apps.portal.guests import codes

urlpatterns = [
    path("sites/<int:pk>/qr/", codes.SiteCodes.as_view(), name="site-qr"),
    path("sites/<int:pk>/qr/sheet.pdf", codes.SheetPdf.as_view(), name="site-qr-sheet"),
    path("sites/<int:pk>/qr/make/", codes.MakeCodes.as_view(), name="site-qr-make"),
    path("evses/<int:pk>/qr/renew/", codes.RenewCode.as_view(), name="qr-renew"),
]
