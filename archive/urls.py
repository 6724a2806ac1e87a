"""All URLs of the site; those of search begin at the root."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from . import error_pages
from .password_links import SetPasswordPage
from .sign_in import slow_down_guessing

urlpatterns = [
    path("admin/", admin.site.urls),
    path("login/", slow_down_guessing(auth.LoginView.as_view(template_name="login.html")), name="login"),
    path("password/<uidb64>/<token>/", SetPasswordPage.as_view(), name="set-password"),
    path(
        "password/set/",
        auth.PasswordResetCompleteView.as_view(template_name="password_set.html"),
        name="password-set",
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("", include("search.urls")),
]

handler400 = error_pages.bad_request
handler403 = error_pages.permission_denied
handler404 = error_pages.page_not_found
handler500 = error_pages.server_error
