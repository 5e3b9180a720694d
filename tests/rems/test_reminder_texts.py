"""What a message says: every kind, in every language, by every channel; and it betrays nothing."""

import re

import pytest

from rems import core
from rems.channels.links import link_for
from rems.channels.message import Message, compose
from rems.channels.texts import LINES, PHRASES, SMS_WORDS
from tests.rems.telling import a_reminder, ana_prefers, betraying_words_in

pytestmark = pytest.mark.django_db(transaction=True)

GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ONE_SEGMENT = 160
# As long as a store's own address may be, so that an SMS is one segment.
LONGEST_SITE = "https://pharmacy.foundry-clinic.org"
LANGUAGES = sorted(PHRASES)


def messages(settings: object, language: str) -> dict[str, tuple[Message, str]]:
    """Every kind as it would be said, with its link."""
    settings.SITE_URL = LONGEST_SITE
    ana = ana_prefers(language=language)
    reminders = [a_reminder(kind=kind, recipient=ana, step=2) for kind in LINES]
    return {one.kind: (compose(one), link_for(one)) for one in reminders}


def test_every_kind_that_is_planned_has_words_in_every_language() -> None:
    assert set(LINES) == set(core.Kind)
    for kind, lines in LINES.items():
        assert sorted(lines) == LANGUAGES, kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_betrays_anything(settings: object, language: str) -> None:
    for kind, (message, link) in messages(settings, language).items():
        for text in (message.subject, message.text, message.html, message.sms):
            assert not betraying_words_in(text.replace(link, "")), kind
        assert message.subject == PHRASES[language].subject
        assert link in message.text
        assert f'href="{link}"' in message.html
        assert kind not in message.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_sms_is_one_segment_of_plain_letters(settings: object, language: str) -> None:
    for kind, (message, link) in messages(settings, language).items():
        assert set(message.sms) <= GSM_7, kind
        assert len(message.sms) <= ONE_SEGMENT, (kind, message.sms)
        assert len(message.sms) - len(link) - 1 <= SMS_WORDS, kind
        assert message.sms.endswith(link)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_left_and_the_day_is_said(settings: object, language: str) -> None:
    for kind, (message, _) in messages(settings, language).items():
        assert not re.search(r"[{}]", message.text + message.html + message.sms), kind
        assert "23" in message.text, kind
        assert "23" in message.sms, kind
    assert ("diciembre" if language == "es" else "December 23, 2026") in message.text


def test_a_second_step_says_that_we_wrote_before() -> None:
    first, second = compose(a_reminder()), compose(a_reminder(step=2))
    assert "We wrote to you about this before." not in first.text + first.html
    assert "We wrote to you about this before." in second.text


# Reading level ---------------------------------------------------------------------------------


def prose(language: str) -> str:
    """All that is said in a language, as sentences."""
    phrases = PHRASES[language]
    said = [phrases.again, phrases.link_ends, phrases.why_so_short, phrases.already_done]
    said += [f"{phrases.sign_in}."]
    for lines in LINES.values():
        said += [lines[language].mail.format(day="23")]
    return " ".join(said)


def counted(text: str) -> tuple[float, float]:
    """Words for each sentence, and syllables (groups of vowels) for each word."""
    sentences = [part for part in re.split(r"[.!?]\s*", text) if part]
    words = re.findall(r"[^\W\d_]+", text)
    groups = [re.findall(r"[aeiouyáéíóúü]+", word.lower()) for word in words]
    # A silent "e" at the end of an English word is counted as well: the stricter reading.
    return len(words) / len(sentences), sum(max(1, len(found)) for found in groups) / len(words)


def test_the_english_is_of_the_eighth_grade_or_below() -> None:
    """Flesch and Kincaid's grade."""
    for text in [prose("en"), *(lines["en"].mail.format(day="23") for lines in LINES.values())]:
        words, syllables = counted(text)
        assert 0.39 * words + 11.8 * syllables - 15.59 <= 8, text


def test_the_spanish_is_as_plain() -> None:
    """Fernandez Huerta's ease: 60 and above is what the eighth grade reads."""
    words, syllables = counted(prose("es"))
    assert 206.84 - 60 * syllables - 1.02 * words >= 60


def test_the_measure_notices_what_is_hard_to_read() -> None:
    words, syllables = counted(
        "Authorization documentation necessitates pharmaceutical reverification immediately."
    )
    assert 0.39 * words + 11.8 * syllables - 15.59 > 12
