"""Where every address of the store leads."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# The admin's own sign-in would go round allauth's second factor (design, section 7).
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("health/", include("pharmacy.health")),
    path("admin/outgoing-mail/", include("pharmacy.outgoing_mail")),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("orders/", include("orders.urls")),
    path("treatment/", include("rems.urls")),
    path("", include("catalog.urls")),
]
