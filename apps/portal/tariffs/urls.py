"""URLs of tariffs."""

from django.urls import path

from apps.portal.tariffs import actions, plans, views

urlpatterns = [
    path("tariffs/", views.TariffList.as_view(), name="tariffs"),
    path("tariffs/new/", actions.TariffNew.as_view(), name="tariff-new"),
    path("tariffs/preview/", actions.TariffPreview.as_view(), name="tariff-preview"),
    path("tariffs/plans/", plans.PlanList.as_view(), name="plans"),
    path("tariffs/plans/new/", plans.PlanNew.as_view(), name="plan-new"),
    path("tariffs/plans/<int:pk>/", plans.PlanEdit.as_view(), name="plan-edit"),
    path("tariffs/plans/<int:pk>/retire/", plans.PlanRetire.as_view(), name="plan-retire"),
    path("tariffs/<int:pk>/", views.TariffPage.as_view(), name="tariff"),
    path("tariffs/<int:pk>/new-version/", actions.TariffNewVersion.as_view(), name="tariff-new-version"),
    path("tariffs/<int:pk>/assign/", actions.TariffAssign.as_view(), name="tariff-assign"),
    path("tariffs/<int:pk>/assignments/<int:assignment>/end/", actions.AssignmentEnd.as_view(), name="assignment-end"),
]
