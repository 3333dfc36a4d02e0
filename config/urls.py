"""All addresses: the public site and the admin."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("web.urls")),
]
handler404 = "web.views.errors.page_not_found"
