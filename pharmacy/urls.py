"""Where every address of the store leads."""

from allauth.account.decorators import secure_admin_login
from anymail.urls import urlpatterns as mail_hooks
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from rems.views.calendars import feed
from rems.views.hooks import sms_hook
from rems.views.links import follow

# The admin's own sign-in would go round allauth's second factor (design, section 7).
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Notices of what became of a mail. Without a secret in the settings they would be anybody's.
tracking = [hook for hook in mail_hooks if "/tracking/" in str(hook.pattern)]

urlpatterns = [
    path("health/", include("pharmacy.health")),
    path("admin/outgoing-mail/", include("pharmacy.outgoing_mail")),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("orders/", include("orders.urls")),
    path("treatment/", include("rems.urls")),
    # Addresses that are sent out: nothing in them says what they are about.
    path("r/<str:token>/", follow, name="reminder-link"),
    path("calendar.ics", feed, name="calendar-feed"),
    path("hooks/sms/", sms_hook),
    path("hooks/sms/<uuid:reminder_id>/", sms_hook, name="sms-notice"),
    *([path("hooks/mail/", include(tracking))] if "WEBHOOK_SECRET" in settings.ANYMAIL else []),
    path("", include("catalog.urls")),
]
