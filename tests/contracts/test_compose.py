"""docker-compose.yml keeps its promises: no root, no default secret, health checks, durable data."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "worker", "documents", "beat", "migrate")
SECRETS = (
    "SECRET_KEY",
    "SEAL_KEY",
    "APP_PASSWORD",
    "OWNER_PASSWORD",
    "POSTGRES_PASSWORD",
    "VALKEY_PASSWORD",
    "EMAIL_URL",
    "DOMAIN",
)


def environment(service: str) -> dict[str, str]:
    return dict(SERVICES[service].get("environment", {}))


def test_every_part_of_the_store_is_there() -> None:
    assert set(SERVICES) == {*OURS, "database", "broker", "proxy"}


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_runs_as_root_or_can_become_it(service: str) -> None:
    assert SERVICES[service]["user"].split(":")[0] not in {"", "0", "root"}
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert SERVICES[service]["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in SERVICES[service]


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "migrate"])
def test_every_lasting_service_has_a_health_check(service: str) -> None:
    assert SERVICES[service]["healthcheck"]["test"]
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_is_demanded_from_the_environment_by_name(name: str) -> None:
    used = re.findall(r"\$\{" + name + r"([^}]*)\}", TEXT)
    assert used, f"{name} is not used"
    assert all(rest.startswith(":?") and len(rest) > 2 for rest in used)


@pytest.mark.parametrize("name", ["worker", "documents", "beat"])
def test_celery_greets_nobody_in_a_log_of_json_lines(name: str) -> None:
    assert SERVICES[name]["command"][:2] == ["celery", "--quiet"]


def test_no_variable_has_a_default() -> None:
    variables = re.findall(r"(?<!\$)\$\{([^}]*)\}", TEXT)
    assert [variable for variable in variables if ":?" not in variable] == []


def test_only_the_migration_knows_the_owners_address() -> None:
    knows = {name for name in OURS if "DATABASE_OWNER_URL" in environment(name)}
    assert knows == {"migrate"}
    for name in OURS:
        assert environment(name)["DATABASE_URL"].startswith("postgres://pharmacy_app:")
        assert environment(name)["DJANGO_SETTINGS_MODULE"] == "pharmacy.settings.production"


def test_the_store_starts_only_after_the_migration_has_succeeded() -> None:
    for name in ("web", "worker", "beat"):
        waits = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert waits == "service_completed_successfully"
    assert SERVICES["migrate"]["command"] == ["python", "manage.py", "setup_database"]
    assert SERVICES["migrate"]["restart"] == "no"


def test_postgres_is_version_18_and_sorts_as_the_embedded_one_does() -> None:
    assert SERVICES["database"]["image"] == "postgres:18"
    assert environment("database")["POSTGRES_INITDB_ARGS"] == (
        "--locale-provider=builtin --builtin-locale=C.UTF-8"
    )
    # Where the image of version 18 keeps its data; the older path would not be kept.
    assert "database:/var/lib/postgresql" in SERVICES["database"]["volumes"]


def test_postgres_makes_two_weak_roles_and_keeps_rows_out_of_its_log() -> None:
    script = (ROOT / "deploy" / "init-database.sh").read_text(encoding="utf-8")
    for role in ("pharmacy_owner", "pharmacy_app"):
        assert re.search(rf"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE", script)
        assert f"ALTER ROLE {role} SET log_error_verbosity = 'terse'" in script
        assert f"ALTER ROLE {role} SET log_min_error_statement = 'panic'" in script
    assert "REVOKE ALL ON DATABASE pharmacy FROM PUBLIC" in script


def test_the_broker_appends_to_a_file_and_throws_nothing_away() -> None:
    command = " ".join(SERVICES["broker"]["command"])
    assert "appendonly yes" in command
    assert "maxmemory-policy noeviction" in command
    assert "requirepass" in command
    assert "broker:/data" in SERVICES["broker"]["volumes"]


def test_the_proxy_alone_is_reachable_and_speaks_tls() -> None:
    assert {name for name in SERVICES if "ports" in SERVICES[name]} == {"proxy"}
    assert "443:8443" in SERVICES["proxy"]["ports"]
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert "https_port 8443" in caddyfile
    assert "{$DOMAIN} {" in caddyfile
    assert "reverse_proxy web:8000" in caddyfile


def test_database_and_broker_have_no_way_out() -> None:
    assert COMPOSE["networks"]["inner"]["internal"] is True
    assert SERVICES["database"]["networks"] == SERVICES["broker"]["networks"] == ["inner"]


def test_the_worker_has_longer_to_stop_than_a_task_may_take() -> None:
    from django.conf import settings

    grace = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert grace > settings.CELERY_TASK_TIME_LIMIT


def test_every_queue_has_a_worker_and_papers_have_one_of_their_own() -> None:
    from django.conf import settings

    commands = {name: SERVICES[name]["command"] for name in ("worker", "documents")}
    queues = {
        name: set(command[command.index("--queues") + 1].split(","))
        for name, command in commands.items()
    }
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert queues["worker"] | queues["documents"] == routed | {settings.CELERY_TASK_DEFAULT_QUEUE}
    assert queues["documents"] == {"documents"}


def test_the_heads_of_the_seals_are_kept_where_the_database_cannot_reach_them() -> None:
    """Also when the worker is made anew: its own disk is read-only, and gone with it."""
    folder = environment("worker")["SEAL_HEADS_DIR"]
    assert f"heads:{folder}" in SERVICES["worker"]["volumes"]
    assert "heads" in COMPOSE["volumes"]
    keepers = {name for name in SERVICES if "heads:" in str(SERVICES[name].get("volumes"))}
    assert keepers == {"worker"}
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(rf"install -d -o pharmacy -g pharmacy .*{folder}\b", dockerfile)


def test_the_image_runs_as_an_ordinary_user_from_hashed_packages() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    store, proxy = dockerfile.split("AS proxy")
    assert re.findall(r"^USER (.+)$", store, re.MULTILINE) == ["pharmacy"]
    assert re.findall(r"^USER (.+)$", proxy, re.MULTILINE) == ["10001:10001"]
    assert "--require-hashes" in store
    assert "requirements/production.txt" in store
    assert "local.txt" not in dockerfile


def test_the_local_servers_stay_out_of_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    assert ignored.index("pharmacy/local") > ignored.index("!pharmacy")
