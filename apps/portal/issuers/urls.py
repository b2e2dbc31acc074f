"""URLs of issuers."""

from django.urls import path

from apps.portal.issuers import views

urlpatterns = [
    path("billing/issuers/", views.IssuerList.as_view(), name="issuers"),
    path("billing/issuers/new/", views.IssuerNew.as_view(), name="issuer-new"),
    path("billing/issuers/<int:pk>/", views.IssuerPage.as_view(), name="issuer"),
    path("billing/issuers/<int:pk>/edit/", views.IssuerEdit.as_view(), name="issuer-edit"),
    path("sites/<int:pk>/terms/", views.SiteTermsEdit.as_view(), name="site-terms"),
]
