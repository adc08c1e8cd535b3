"""Registers the room; nothing more happens here."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """The training room."""

    name = "training"
    verbose_name = "Training"
