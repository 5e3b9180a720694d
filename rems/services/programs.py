"""The core's program versions as rows: what decisions are judged by and refer to."""

from django.db import transaction

from rems import core
from rems.models import Program, ProgramVersion, Seal
from rems.seals import ChainEnd, seal


def install_versions(using: str) -> None:
    """Store every program version that the core brings and the database does not have yet.

    Run by setup_database as the owner: the application's role cannot add a version that nobody
    signed. A stored version is never touched again; one from before versions were sealed is sealed
    as it stands (an exported head shows whether it had a seal before).
    """
    for number, version in enumerate(_in_order(), start=1):
        with transaction.atomic(using=using):
            program, _ = Program.objects.using(using).get_or_create(
                code=version.program_code, defaults={"name": version.name}
            )
            row, _ = ProgramVersion.objects.using(using).get_or_create(
                program=program,
                in_force_from=version.in_force_from,
                defaults={"number": number, "data": version.to_data()},
            )
            if not Seal.objects.using(using).filter(subject_id=row.pk).exists():
                seal(row.pk, [row], ChainEnd(), using)


def _in_order() -> list[core.ProgramVersion]:
    return sorted(core.PROGRAMS, key=lambda version: (version.program_code, version.in_force_from))
