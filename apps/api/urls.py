"""URLs of the API, version by version."""

app_name = "api"

urlpatterns = []
