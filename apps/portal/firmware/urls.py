"""URLs of the firmware catalogue and of campaigns."""

from django.urls import path

from apps.portal.firmware import campaigns, catalogue

urlpatterns = [
    path("firmware/", catalogue.FirmwareList.as_view(), name="firmware"),
    path("firmware/new/", catalogue.FirmwareNew.as_view(), name="firmware-new"),
    path("firmware/<int:pk>/", catalogue.FirmwarePage.as_view(), name="firmware-version"),
    path("firmware/<int:pk>/file/", catalogue.FirmwareFile.as_view(), name="firmware-file"),
    path("firmware/<int:pk>/withdraw/", catalogue.FirmwareWithdraw.as_view(), name="firmware-withdraw"),
    path("campaigns/", campaigns.CampaignList.as_view(), name="campaigns"),
    path("campaigns/new/", campaigns.CampaignNew.as_view(), name="campaign-new"),
    path("campaigns/<int:pk>/", campaigns.CampaignPage.as_view(), name="campaign"),
    path("campaigns/<int:pk>/pause/", campaigns.CampaignPause.as_view(), name="campaign-pause"),
    path("campaigns/<int:pk>/resume/", campaigns.CampaignResume.as_view(), name="campaign-resume"),
    path("campaigns/<int:pk>/cancel/", campaigns.CampaignCancel.as_view(), name="campaign-cancel"),
]
