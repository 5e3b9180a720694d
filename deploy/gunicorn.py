"""Gunicorn's settings in the container: it listens for the reverse proxy alone."""

wsgi_app = "pharmacy.wsgi:application"
bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = 3
threads = 2
timeout = 60
graceful_timeout = 20
worker_tmp_dir = "/dev/shm"
control_socket_disable = True
accesslog = "-"
# JSON, as the rest of the store writes; "generic" is the formatter of all of gunicorn's handlers.
logconfig_dict = {
    "formatters": {"generic": {"class": "pharmacy.quiet_log.JsonFormatter"}},
    "loggers": {
        name: {"level": "INFO", "handlers": ["console"], "propagate": False}
        for name in ("gunicorn.error", "gunicorn.access")
    },
}
# No query, no referrer: a log line names nobody.
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'
