"""The two database roles and their database, made by the superuser."""

import psycopg
from psycopg import sql

from .postgres import QUIET_LOG
from .secret_file import Connection

OWNER, APP = "pharmacy_owner", "pharmacy_app"
EXTENSIONS = ("btree_gist", "citext")


def create_roles(superuser_url: str, connection: Connection) -> None:
    """Make or refresh the owner's and the application's role; neither can make roles or databases.

    Raises psycopg.Error if the address is not a superuser's.
    """
    with psycopg.connect(superuser_url, autocommit=True) as server:
        for role, password in (
            (OWNER, connection.owner_password),
            (APP, connection.app_password),
        ):
            _create_role(server, role, password)


def _create_role(
    server: "psycopg.Connection[tuple[object, ...]]", role: str, password: str
) -> None:
    name = sql.Identifier(role)
    known = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if known is None:
        server.execute(sql.SQL("CREATE ROLE {}").format(name))
    server.execute(
        sql.SQL(
            "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS "
            "PASSWORD {}"
        ).format(name, sql.Literal(password))
    )
    for setting, value in QUIET_LOG.items():
        server.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                name, sql.Identifier(setting), sql.Literal(value)
            )
        )


def database_exists(superuser_url: str, database: str) -> bool:
    """Whether the server has the database."""
    with psycopg.connect(superuser_url, autocommit=True) as server:
        row = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    return row is not None


def create_database(superuser_url: str, database: str, template: str = "template1") -> None:
    """A copy of the template that the owner's role owns and the application's role may enter."""
    name = sql.Identifier(database)
    with psycopg.connect(superuser_url, autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                name, sql.Identifier(OWNER), sql.Identifier(template)
            )
        )
        server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        server.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(APP))
        )


def drop_database(superuser_url: str, database: str) -> None:
    """Remove the database, whoever is still connected to it; harmless when there is none."""
    with psycopg.connect(superuser_url, autocommit=True) as server:
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )


def create_extensions(superuser_url_of_database: str) -> None:
    """The extensions that the migrations rely on, owned by the superuser."""
    with psycopg.connect(superuser_url_of_database, autocommit=True) as server:
        for extension in EXTENSIONS:
            server.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
            )
