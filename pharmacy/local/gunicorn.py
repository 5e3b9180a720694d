"""Gunicorn's settings on one machine: a worker must not outlive its master."""

from typing import Any

from pharmacy.local.children import die_with_parent

wsgi_app = "pharmacy.wsgi:application"
worker_class = "gthread"
# Loaded once, before the workers are born: half the start.
preload_app = True
workers = 2
threads = 2
timeout = 60
graceful_timeout = 10
control_socket_disable = True
accesslog = "-"
# No address with its query, no referrer: a log line names nobody.
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'


def post_fork(server: Any, worker: Any) -> None:
    """In each worker, right after it is born."""
    die_with_parent()
