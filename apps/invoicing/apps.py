from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "apps.invoicing"
    label = "invoicing"

    def ready(self) -> None:
        from apps.invoicing import subscribers  # noqa: F401  (registers them)
