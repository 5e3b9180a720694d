"""In a demonstration the mails are kept in a folder, and the pharmacy's staff can read them."""

import os
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mail_folder(settings: object, tmp_path: Path) -> Path:
    """Mails go to files, as in the demonstration."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = settings.OUTGOING_MAIL_DIR = tmp_path
    return tmp_path


def send(subject: str, text: str, to: str = "ana@example.com") -> None:
    message = EmailMultiAlternatives(subject, text, to=[to])
    message.attach_alternative(f"<p>{text}</p>", "text/html")
    message.send()


def signed_in(client: Client, *, is_staff: bool) -> Client:
    user = User.objects.create_user("grace@example.com", name="Grace Lee", is_staff=is_staff)
    client.force_login(user)
    return client


def test_staff_find_the_page_from_the_admin_index(client: Client, mail_folder: Path) -> None:
    page = signed_in(client, is_staff=True).get(reverse("admin:index")).content.decode()
    assert f'href="{reverse("outgoing_mail")}"' in page


def test_staff_see_the_mails_newest_first_and_read_one(client: Client, mail_folder: Path) -> None:
    send("The first", "Please sign in.")
    (first,) = mail_folder.iterdir()
    os.utime(first, (0, 0))  # two files of one moment have no order, and may have one name
    first.rename(first.with_name("the-first.log"))
    send("The second", "See https://pharmacy.example/<here> & there.")
    page = signed_in(client, is_staff=True).get(reverse("outgoing_mail")).content.decode()
    assert page.index("The second") < page.index("The first")
    assert "ana@example.com" in page

    newest = max(mail_folder.iterdir(), key=lambda file: file.stat().st_mtime_ns)
    address = reverse("outgoing_mail_page", args=[f"{newest.stem}-1"])
    one = client.get(address).content.decode()
    assert address in page
    assert "The second" in one
    assert "&lt;here&gt;" in one
    assert "text and HTML" in one


def test_several_mails_in_one_file_are_each_shown(client: Client, mail_folder: Path) -> None:
    with get_connection() as connection:
        for name in ("One", "Two", "Three"):
            EmailMultiAlternatives(
                name, "-" * 79, to=["ana@example.com"], connection=connection
            ).send()
    assert len(list(mail_folder.iterdir())) == 1
    page = signed_in(client, is_staff=True).get(reverse("outgoing_mail")).content.decode()
    assert page.index("Three") < page.index("Two") < page.index("One")


def test_the_page_says_so_when_no_mail_has_gone_out(client: Client, mail_folder: Path) -> None:
    page = signed_in(client, is_staff=True).get(reverse("outgoing_mail"))
    assert "No mail has gone out yet." in page.content.decode()


def test_others_are_sent_to_sign_in(client: Client, mail_folder: Path) -> None:
    send("The first", "Please sign in.")
    for reader in (client, signed_in(Client(), is_staff=False)):
        answer = reader.get(reverse("outgoing_mail"))
        assert answer.status_code == 302
        assert b"The first" not in answer.content


def test_outside_a_demonstration_there_is_no_such_page(
    client: Client, mail_folder: Path, settings: object
) -> None:
    send("The first", "Please sign in.")
    file = next(mail_folder.iterdir())
    reader = signed_in(client, is_staff=True)
    settings.DEMONSTRATION = False
    assert reader.get(reverse("outgoing_mail")).status_code == 404
    assert reader.get(reverse("outgoing_mail_page", args=[f"{file.stem}-1"])).status_code == 404
    assert "outgoing-mail" not in reader.get(reverse("admin:index")).content.decode()


def test_a_name_that_is_no_mail_is_not_found(client: Client, mail_folder: Path) -> None:
    reader = signed_in(client, is_staff=True)
    assert reader.get("/admin/outgoing-mail/no-such-mail/").status_code == 404
    assert reader.get("/admin/outgoing-mail/..%2F..%2Fetc%2Fpasswd/").status_code == 404
