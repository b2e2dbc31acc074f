"""URLs of sites and areas."""

from django.urls import path

from apps.portal.sites import views

urlpatterns = [
    path("sites/", views.SiteList.as_view(), name="sites"),
    path("sites/new/", views.SiteNew.as_view(), name="site-new"),
    path("sites/<int:pk>/", views.SitePage.as_view(), name="site"),
    path("sites/<int:pk>/edit/", views.SiteEdit.as_view(), name="site-edit"),
    path("sites/<int:pk>/areas/new/", views.AreaNew.as_view(), name="area-new"),
    path("areas/<int:pk>/rename/", views.AreaRename.as_view(), name="area-rename"),
    path("areas/<int:pk>/remove/", views.AreaRemove.as_view(), name="area-remove"),
]
