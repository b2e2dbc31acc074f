"""URLs of bulk operations."""

from django.urls import path

from apps.portal.bulk import actions, begin, views

urlpatterns = [
    path("bulk/", views.BulkList.as_view(), name="bulk-operations"),
    path("bulk/new/", begin.BulkNew.as_view(), name="bulk-new"),
    path("bulk/<int:pk>/", views.BulkPage.as_view(), name="bulk-operation"),
    path("bulk/<int:pk>/cancel/", actions.BulkCancel.as_view(), name="bulk-cancel"),
    path("bulk/<int:pk>/retry/", actions.BulkRetry.as_view(), name="bulk-retry"),
]
