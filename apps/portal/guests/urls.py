"""URLs of QR codes and guests' visits."""

from django.urls import path

from apps.portal.guests import codes, public, visits

urlpatterns = [
    path("sites/<int:pk>/qr/", codes.SiteCodes.as_view(), name="site-qr"),
    path("sites/<int:pk>/qr/sheet.pdf", codes.SheetPdf.as_view(), name="site-qr-sheet"),
    path("sites/<int:pk>/qr/make/", codes.MakeCodes.as_view(), name="site-qr-make"),
    path("evses/<int:pk>/qr/renew/", codes.RenewCode.as_view(), name="qr-renew"),
    path("guests/", visits.VisitList.as_view(), name="guest-visits"),
    path("guests/<int:pk>/", visits.VisitDetail.as_view(), name="guest"),
    path("guests/<int:pk>/refund/", visits.VisitRefund.as_view(), name="guest-refund"),
    # for everybody
    path("q/link/<str:token>/", public.LinkPage.as_view(), name="guest-link"),
    path("q/visits/<uuid:public_id>/", public.VisitPage.as_view(), name="guest-visit"),
    path("q/visits/<uuid:public_id>/end/", public.VisitEnd.as_view(), name="guest-end"),
    path("q/visits/<uuid:public_id>/receipt.pdf", public.VisitReceipt.as_view(), name="guest-receipt"),
    path("q/visits/<uuid:public_id>/link/", public.NewLinkPage.as_view(), name="guest-link-new"),
    path("q/<str:code>/", public.OfferPage.as_view(), name="guest-offer"),
]
