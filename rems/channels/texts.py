"""What a message says, in the recipient's language: data, to be read by who answers for the words.

Whoever holds the phone learns nothing: no drug, no illness, no category, no program, nobody's name.
`{day}` is the local day on which it falls due; a second reminder may come after it, so a sentence has
to be true on both sides of that day. An SMS fits one segment together with its link, so
its sentence has at most SMS_WORDS characters of the GSM alphabet (an accent is taken off where
that alphabet has none).
"""

from collections.abc import Mapping
from dataclasses import dataclass

SMS_WORDS = 54


@dataclass(frozen=True, slots=True)
class Phrases:
    """What every message has, in one language, and how it writes a day (Django's format letters)."""

    subject: str
    greeting: str
    again: str
    sign_in: str
    link_ends: str
    why_so_short: str
    already_done: str
    day: str
    short_day: str


@dataclass(frozen=True, slots=True)
class Line:
    """What one kind of reminder says: in a mail, and in an SMS."""

    mail: str
    sms: str


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        subject="A reminder from your pharmacy",
        greeting="Hello,",
        again="We wrote to you about this before.",
        sign_in="Sign in to see what it is",
        link_ends="The link works for 14 days. After that, sign in on our website.",
        why_so_short="To keep your health information private, we do not write about it here.",
        already_done="If you have done this, you do not need to do anything more.",
        day="l, F j, Y",
        short_day="M j",
    ),
    "es": Phrases(
        subject="Un aviso de su farmacia",
        greeting="Hola:",
        again="Ya le escribimos antes sobre esto.",
        sign_in="Entre en su cuenta para ver de qué se trata",
        link_ends="El enlace sirve por 14 días. Después, entre en nuestro sitio web.",
        why_so_short="Para cuidar los datos de su salud, aquí no escribimos sobre ellos.",
        already_done="Si ya lo hizo, no tiene que hacer nada más.",
        day=r"l j \d\e F \d\e Y",
        short_day="j M",
    ),
}

_VISIT = {
    "en": Line(
        "Your next visit is due on {day}. Please plan it now.",
        "Your pharmacy: please plan your visit, due {day}.",
    ),
    "es": Line(
        "Su próxima visita: el {day}. Planéela ahora.",
        "Su farmacia: planee su visita del {day}.",
    ),
}
_PLAN = {
    "en": Line(
        "A new step of your plan begins on {day}. Please read it.",
        "Your pharmacy: your plan has a new step on {day}.",
    ),
    "es": Line(
        "Un paso nuevo de su plan empieza el {day}. Léalo.",
        "Su farmacia: su plan tiene un paso nuevo el {day}.",
    ),
}

# By kind of reminder, then by language.
LINES: Mapping[str, Mapping[str, Line]] = {
    "pregnancy_test_due": _VISIT,
    "blood_count_due": _VISIT,
    "treatment_start": _PLAN,
    "treatment_days": _PLAN,
    "survey_due": {
        "en": Line(
            "A short form is due on {day}. Please fill it in now.",
            "Your pharmacy: please fill in a form, due {day}.",
        ),
        "es": Line(
            "Tiene un formulario corto para el {day}. Llénelo ahora.",
            "Su farmacia: llene un formulario para el {day}.",
        ),
    },
    "authorization_lapsing": {
        "en": Line(
            "One of your papers runs out on {day}. Please see what to do before then.",
            "Your pharmacy: one of your papers ends on {day}.",
        ),
        "es": Line(
            "Uno de sus papeles vence el {day}. Vea antes qué hay que hacer.",
            "Su farmacia: uno de sus papeles vence el {day}.",
        ),
    },
    "refill_window": {
        "en": Line(
            "You can place your next order from {day} on.",
            "Your pharmacy: you can order from {day} on.",
        ),
        "es": Line(
            "Puede hacer su próximo pedido desde el {day}.",
            "Su farmacia: puede hacer su pedido desde el {day}.",
        ),
    },
    "precautions": {
        "en": Line(
            "The rules that you agreed to are in force until {day}. Please read them again.",
            "Your pharmacy: your rules go on until {day}.",
        ),
        "es": Line(
            "Las reglas que usted aceptó siguen hasta el {day}. Léalas otra vez.",
            "Su farmacia: sus reglas siguen hasta el {day}.",
        ),
    },
    "precautions_in_force": {
        "en": Line(
            "The rules that you agreed to are in force, also after {day}. Please read them again.",
            "Your pharmacy: your rules go on after {day}.",
        ),
        "es": Line(
            "Las reglas que usted aceptó están en vigor, también después del {day}. Léalas otra vez.",
            "Su farmacia: sus reglas siguen después del {day}.",
        ),
    },
    "agreement_lapsing": {
        "en": Line(
            "A form that you signed runs out on {day}. Please see how to renew it.",
            "Your pharmacy: a form of yours ends on {day}.",
        ),
        "es": Line(
            "Un formulario que usted firmó vence el {day}. Vea cómo se renueva.",
            "Su farmacia: un formulario suyo vence el {day}.",
        ),
    },
    "order_waiting": {
        "en": Line(
            "A request has been waiting since {day}. Please look at it today.",
            "Pharmacy: a request waits since {day}.",
        ),
        "es": Line(
            "Una solicitud espera desde el {day}. Véala hoy mismo.",
            "Farmacia: una solicitud espera desde el {day}.",
        ),
    },
    "confirmation_lapsing": {
        "en": Line(
            "A number that we hold runs out on {day}. Please look at it now.",
            "Pharmacy: a number runs out on {day}.",
        ),
        "es": Line(
            "Un número que tenemos vence el {day}. Véalo ahora.",
            "Farmacia: un número vence el {day}.",
        ),
    },
    "test_overdue": {
        "en": Line(
            "Something for a person in your care was due on {day}. Please look at it today.",
            "Pharmacy: someone in your care is late since {day}.",
        ),
        "es": Line(
            "Algo de una persona a su cargo venció el {day}. Véalo hoy mismo.",
            "Farmacia: algo a su cargo venció el {day}.",
        ),
    },
    "credential_expiring": {
        "en": Line(
            "A work license runs out on {day}. Please renew it before then.",
            "Pharmacy: a certificate runs out on {day}.",
        ),
        "es": Line(
            "Un certificado o una licencia vence el {day}. Renueve antes de ese día.",
            "Farmacia: un certificado vence el {day}.",
        ),
    },
    "exposure_report_open": {
        "en": Line(
            "A report is still open. It has to be sent by {day}.",
            "Pharmacy: a report has to be sent by {day}.",
        ),
        "es": Line(
            "Un informe sigue abierto. Hay que enviarlo a más tardar el {day}.",
            "Farmacia: hay que enviar un informe el {day}.",
        ),
    },
    "lot_expiring": {
        "en": Line(
            "Some of our stock runs out of date on {day}. Please check it before then.",
            "Pharmacy: some stock runs out of date on {day}.",
        ),
        "es": Line(
            "Una parte de las existencias vence el {day}. Revísela antes de ese día.",
            "Farmacia: una parte del surtido vence el {day}.",
        ),
    },
    "reminder_failed": {
        "en": Line(
            "A message could not be delivered. Please see to it by {day}.",
            "Pharmacy: a message was not delivered ({day}).",
        ),
        "es": Line(
            "Un mensaje no se pudo entregar. Véalo a más tardar el {day}.",
            "Farmacia: un mensaje no se pudo entregar ({day}).",
        ),
    },
}
