"""The project as an app: its management commands and template tags."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AlprConfig(AppConfig):
    """Registers the project package, so that Django finds its commands and tags."""

    name = "alpr"
    verbose_name = "Plate reader records"

    def ready(self) -> None:
        """Register the checks of a deployment."""
        from alpr import checks

        checks.register_all()


class RecordsAdminConfig(AdminConfig):
    """Django's admin with our own site, whose index shows what waits."""

    default_site = "alpr.site.RecordsAdminSite"
