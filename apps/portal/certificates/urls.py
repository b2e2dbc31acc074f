"""URLs of the catalogue of authorities."""

from django.urls import path

from apps.portal.certificates import contracts, views

urlpatterns = [
    path("certificates/", views.CaCertificateList.as_view(), name="certificates"),
    path("certificates/new/", views.CaCertificateNew.as_view(), name="ca-certificate-new"),
    path("certificates/own-root.pem", views.OwnRoot.as_view(), name="own-root"),
    path("certificates/own-authority/new/", views.OwnAuthorityNew.as_view(), name="own-authority-new"),
    path("certificates/<int:pk>/install/", views.CaCertificateInstall.as_view(), name="ca-certificate-install"),
    path("certificates/<int:pk>/remove/", views.CaCertificateRemove.as_view(), name="ca-certificate-remove"),
    path("certificates/contracts/", contracts.ContractList.as_view(), name="contracts"),
    path("certificates/contracts/new/", contracts.ContractNew.as_view(), name="contract-new"),
    path("certificates/contracts/<int:pk>/remove/", contracts.ContractRemove.as_view(), name="contract-remove"),
]
