"""URLs of drivers, groups, cards and access rules."""

from django.urls import path

from apps.portal.drivers import cards, groups, invitations, rules, views

urlpatterns = [
    path("drivers/", views.DriverList.as_view(), name="drivers"),
    path("drivers/new/", views.DriverNew.as_view(), name="driver-new"),
    path("drivers/<int:pk>/", views.DriverPage.as_view(), name="driver"),
    path("drivers/<int:pk>/edit/", views.DriverEdit.as_view(), name="driver-edit"),
    path("drivers/<int:pk>/sign-in/", views.DriverSignIn.as_view(), name="driver-sign-in"),
    path("drivers/<int:pk>/invite/", invitations.DriverInvite.as_view(), name="driver-invite"),
    path("drivers/<int:pk>/end/", views.DriverEnd.as_view(), name="driver-end"),
    path("drivers/<int:pk>/readmit/", views.DriverReadmit.as_view(), name="driver-readmit"),
    path("drivers/<int:pk>/cards/new/", cards.TokenNew.as_view(), name="token-new"),
    path("driver-groups/", groups.GroupList.as_view(), name="groups"),
    path("driver-groups/new/", groups.GroupNew.as_view(), name="group-new"),
    path("driver-groups/<int:pk>/edit/", groups.GroupEdit.as_view(), name="group-edit"),
    path("cards/", cards.TokenList.as_view(), name="tokens"),
    path("cards/<int:pk>/", cards.TokenPage.as_view(), name="token"),
    path("cards/<int:pk>/edit/", cards.TokenEdit.as_view(), name="token-edit"),
    path("cards/<int:pk>/block/", cards.TokenBlock.as_view(), name="token-block"),
    path("cards/<int:pk>/unblock/", cards.TokenUnblock.as_view(), name="token-unblock"),
    path("access/", rules.AccessRuleList.as_view(), name="access-rules"),
    path("access/new/", rules.AccessRuleSite.as_view(), name="access-rule-new"),
    path("access/new/<int:pk>/", rules.AccessRuleNew.as_view(), name="access-rule-new-at"),
    path("access/preview/<int:pk>/", rules.AccessRulePreview.as_view(), name="access-rule-preview"),
    path("access/<int:pk>/edit/", rules.AccessRuleEdit.as_view(), name="access-rule-edit"),
    path("access/<int:pk>/remove/", rules.AccessRuleRemove.as_view(), name="access-rule-remove"),
]
