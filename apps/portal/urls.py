"""URLs of the portal: one module per area."""

app_name = "portal"

urlpatterns = []
