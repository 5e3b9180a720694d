"""The editors' site: products and stock, labels with preview and history, reviews."""

from . import labels, products, reviews

__all__ = ["labels", "products", "reviews"]
