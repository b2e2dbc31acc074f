"""Sites: looked at, opened, changed and closed."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.pagination import ByName
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.filters import SiteFilter
from apps.api.v1.inputs import NewSiteInput, SiteInput
from apps.api.v1.serializers import SiteSerializer
from apps.sites.models import Site
from apps.sites.services.sites import close_site, create_site, edit_site


class SiteResource(ReadOnlyResource):
    """Places with one grid connection, one time zone and one currency."""

    queryset = Site.objects.select_related("organisation")
    serializer_class = SiteSerializer
    filterset_class = SiteFilter
    pagination_class = ByName
    action_needed = Action.SITE_VIEW
    actions_by_method = {"POST": Action.SITE_EDIT, "PATCH": Action.SITE_EDIT, "DELETE": Action.SITE_EDIT}

    @extend_schema(request=NewSiteInput, responses={201: SiteSerializer})
    def create(self, request) -> Response:
        """Open a site."""
        given = self.read(NewSiteInput)
        organisation = self.organisation_for(given.pop("organisation", None))
        site = create_site(organisation=organisation, actor=request.user, **given)
        return self.show(site, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=SiteInput, responses=SiteSerializer)
    def partial_update(self, request, pk: str) -> Response:
        """Change what is given."""
        given = self.read(SiteInput, partial=True)
        return self.show(edit_site(site=self.get_object(), actor=request.user, **given))

    @extend_schema(responses={204: None})
    def destroy(self, request, pk: str) -> Response:
        """Close the site; its history stays. Refused while stations in use stand there."""
        close_site(site=self.get_object(), actor=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
