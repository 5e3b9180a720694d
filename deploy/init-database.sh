#!/bin/sh
# Runs once, on an empty volume: the two roles, their database, its extensions.
# pharmacy_owner migrates and owns; pharmacy_app serves and owns nothing.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set owner_password="$OWNER_PASSWORD" --set app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE pharmacy_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'owner_password';
CREATE ROLE pharmacy_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'app_password';
-- No DETAIL and no statement in the server's log: both carry patients' rows.
ALTER ROLE pharmacy_owner SET log_error_verbosity = 'terse';
ALTER ROLE pharmacy_owner SET log_min_error_statement = 'panic';
ALTER ROLE pharmacy_app SET log_error_verbosity = 'terse';
ALTER ROLE pharmacy_app SET log_min_error_statement = 'panic';
CREATE DATABASE pharmacy OWNER pharmacy_owner;
REVOKE ALL ON DATABASE pharmacy FROM PUBLIC;
GRANT CONNECT ON DATABASE pharmacy TO pharmacy_app;
\connect pharmacy
CREATE EXTENSION btree_gist;
CREATE EXTENSION citext;
SQL
