# The store for real: one image for web, worker, beat and the migration; a second for the proxy.

FROM python:3.11-slim-bookworm AS store

# Pango draws the documents; fonts, or they would be empty.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home pharmacy \
    && install -d -o pharmacy -g pharmacy /srv/media /srv/heads

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=pharmacy.settings.production MEDIA_ROOT=/srv/media

WORKDIR /srv/pharmacy
COPY requirements/production.txt requirements/
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary=:all: -r requirements/production.txt
COPY . .

# The settings refuse to load without secrets: these are made up, used here, and kept nowhere.
RUN random() { python -c 'import secrets; print(secrets.token_hex(40))'; } \
    && SECRET_KEY=$(random) SEAL_KEY=$(random) ALLOWED_HOSTS=localhost \
       SITE_URL=https://localhost DATABASE_URL=postgres://nobody@localhost/none \
       REDIS_URL=redis://localhost EMAIL_URL=consolemail:// DEFAULT_FROM_EMAIL=none@localhost \
       python manage.py collectstatic --no-input

USER pharmacy
VOLUME /srv/media
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.py"]


FROM caddy:2 AS proxy
COPY deploy/Caddyfile /etc/caddy/Caddyfile
# An ordinary user keeps the certificates; ports above 1024 need no privilege.
RUN chown -R 10001:10001 /data /config
USER 10001:10001
