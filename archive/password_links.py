"""Links by which users set their passwords: made by whoever adds them, sent by whatever way they choose, used once.

The token is Django's, and signs a nonce beside the user: a new link ends the earlier one, as does a password that is
set in any way. Nothing is sent by e-mail. The admin makes the links; the site's URLs import the page.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from .models import PasswordLink, wait_to_write


class _LinkTokens(PasswordResetTokenGenerator):
    """Django's tokens, of the link that is open alone. A sign-in with an earlier password does not end it."""

    key_salt = "archive.password_links"

    def check_token(self, user: Any, token: str | None) -> bool:
        link = PasswordLink.objects.filter(user=user).first() if user else None
        return bool(link and is_open(link) and super().check_token(user, token))

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        nonce = PasswordLink.objects.get(user=user).nonce
        return f"{user.pk}\0{user.password}\0{timestamp}\0{nonce}"


TOKENS = _LinkTokens()


def make_link(user: User, request: HttpRequest) -> str:
    """Makes the link of a user, which ends an earlier one; returns its whole address. It is stored nowhere."""
    PasswordLink.objects.update_or_create(
        user=user,
        defaults={"made": timezone.now(), "nonce": token_urlsafe(16), "auth_hash": user.get_session_auth_hash()},
    )
    number = urlsafe_base64_encode(force_bytes(user.pk))
    return request.build_absolute_uri(reverse("set-password", args=[number, TOKENS.make_token(user)]))


def end_link(user: User) -> None:
    PasswordLink.objects.filter(user=user).delete()


def expiry_of(link: PasswordLink) -> datetime:
    return link.made + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def is_open(link: PasswordLink) -> bool:
    """Whether a link still sets the password of its user. No query if the user is loaded."""
    user = link.user
    is_unused = link.auth_hash == user.get_session_auth_hash()
    return user.is_active and is_unused and expiry_of(link) > timezone.now()


class SetPasswordPage(PasswordResetConfirmView):
    """The page that a link leads to. Opening it uses nothing up: programs that preview links open them too."""

    template_name = "set_password.html"
    token_generator = TOKENS
    success_url = reverse_lazy("password-set")

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        with transaction.atomic():
            wait_to_write()
            # Of two that use the link at the same time, the first deletes it.
            is_first = PasswordLink.objects.filter(user=self.user).delete()[0] > 0
            if is_first:
                return super().form_valid(form)
        self.validlink = False
        return self.render_to_response(self.get_context_data())

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        status = HTTPStatus.OK if self.validlink else HTTPStatus.GONE
        return super().render_to_response(context, status=status, **options)
