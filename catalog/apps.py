"""The catalog app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Products, lots, label content, reviews."""

    name = "catalog"
    verbose_name = "Catalog"
