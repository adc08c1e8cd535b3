"""Registers the room and the administrative models whose row changes go on the trail."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """The trail room."""

    name = "trail"
    verbose_name = "The trail"

    def ready(self) -> None:
        """Register every administrative model named in `trail.registry`."""
        from trail import registry

        registry.register_all()
