"""Load the content files and put their products on sale; a second run changes nothing."""

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from catalog.errors import CatalogError
from catalog.services import load_content, put_on_sale, read_content

CONTENT = Path(__file__).resolve().parents[2] / "content"


class Command(BaseCommand):
    """`seed_catalog --published-by editor@example.com`"""

    help = "Load the catalog's content files and put the products on sale."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who publishes is on record: there is no default."""
        parser.add_argument("--published-by", required=True, help="e-mail of a content editor")
        parser.add_argument(
            "--replace-label",
            action="store_true",
            help="publish the file's text where the text in force differs",
        )

    def handle(self, *args: object, **options: object) -> None:
        """Load every file; stop at the first refusal, in plain words."""
        editor = self._editor(str(options["published_by"]))
        for path in sorted(CONTENT.glob("*.toml")):
            try:
                content = read_content(path)
                product = load_content(
                    content, editor, replace_label=bool(options["replace_label"])
                )
                put_on_sale(product.pk, editor)
            except (CatalogError, PermissionDenied) as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{product.name} is on sale.")

    def _editor(self, email: str) -> User:
        editor = User.objects.filter(email__iexact=email, is_active=True).first()
        if editor is None:
            raise CommandError("Nobody signs in with that e-mail address.")
        return editor
