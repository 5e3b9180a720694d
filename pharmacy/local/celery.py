"""The store's Celery on one machine: a pool's child must not outlive its worker."""

from celery.signals import worker_process_init

from pharmacy.celery import app
from pharmacy.local.children import die_with_parent

__all__ = ["app"]


@worker_process_init.connect
def bind_to_parent(**_: object) -> None:
    """In each child of the pool, right after it is born."""
    die_with_parent()
