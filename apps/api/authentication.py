"""How programs sign in: ``Authorization: Token cn_…`` (``Bearer`` is understood as well)."""

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from apps.accounts.services.api_tokens import find_user_of_token


class TokenAuthentication(BaseAuthentication):
    """Recognises API tokens."""

    def authenticate(self, request):
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() not in {"token", "bearer"}:
            return None
        user = find_user_of_token(secret=secret.strip(), at=timezone.now())
        if user is None:
            raise AuthenticationFailed("This token is unknown, revoked or has expired.", code="bad_token")
        return user, None

    def authenticate_header(self, request) -> str:
        return 'Token realm="ChargeNet"'


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes the tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token cn_…"}
