from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "apps.api"
    label = "api"

    def ready(self) -> None:
        from apps.api import authentication  # noqa: F401  (registers the scheme for the OpenAPI document)
