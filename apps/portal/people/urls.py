"""URLs of users, roles and API tokens."""

from django.urls import path

from apps.portal.people import views

urlpatterns = [
    path("users/", views.UserList.as_view(), name="users"),
    path("users/new/", views.UserNew.as_view(), name="user-new"),
    path("memberships/<int:pk>/revoke/", views.MembershipRevoke.as_view(), name="membership-revoke"),
    path("me/api-tokens/", views.ApiTokens.as_view(), name="api-tokens"),
]
