"""URLs of local lists and of questions about customers."""

from django.urls import path

from apps.portal.access import actions, customers, entries, overview, sheet

_ONE = "stations/<int:pk>/"

urlpatterns = [
    path("local-lists/", overview.LocalListOverview.as_view(), name="local-lists"),
    path("sites/<int:pk>/local-lists/", actions.SiteKeep.as_view(), name="site-local-lists"),
    path(f"{_ONE}local-list/", sheet.StationAccess.as_view(), name="station-local-list"),
    path(f"{_ONE}local-list/cards/", entries.StationListEntries.as_view(), name="station-list-entries"),
    path(f"{_ONE}local-list/send/", actions.SendFull.as_view(), name="station-list-send"),
    path(f"{_ONE}local-list/read/", actions.ReadVersion.as_view(), name="station-list-read"),
    path(f"{_ONE}local-list/clear/", actions.ClearList.as_view(), name="station-list-clear"),
    path(f"{_ONE}local-list/keep/", actions.StationKeep.as_view(), name="station-list-keep"),
    path(f"{_ONE}customers/", customers.StationCustomers.as_view(), name="station-customers"),
    path(f"{_ONE}customers/new/", customers.AskCustomer.as_view(), name="station-customer-new"),
    path("customers/<int:pk>/", customers.CustomerPage.as_view(), name="customer-information"),
]
