"""The root URL configuration: the public site, the API and the admin."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from config.accounts.views import PasswordResetView, admin_names

# Django's pages for a new password, by the names that its admin links to.
names = {"extra_context": admin_names()}
password_reset = [
    path("", PasswordResetView.as_view(**names), name="admin_password_reset"),
    path("done/", auth.PasswordResetDoneView.as_view(**names), name="password_reset_done"),
    path("<uidb64>/<token>/", auth.PasswordResetConfirmView.as_view(**names), name="password_reset_confirm"),
    path("complete/", auth.PasswordResetCompleteView.as_view(**names), name="password_reset_complete"),
]

urlpatterns = [
    path("admin/password_reset/", include(password_reset)),
    path("admin/", admin.site.urls),
    path("api/v1/", include("web.api.urls")),
    path("", include("web.urls")),
]
handler404 = "web.pages.errors.views.page_not_found"
handler500 = "web.serving.unavailable.failed"
