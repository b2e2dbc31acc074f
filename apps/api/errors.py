"""Every refusal of the API in one shape: ``{"code", "message", "fields"?}``."""

from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler

from apps.core.errors import DomainError


def exception_handler(exception, context) -> Response | None:
    """Translate domain refusals (409, or 400 where a field is to blame) and DRF's own errors."""
    if isinstance(exception, DomainError):
        body = {"code": exception.code, "message": exception.message}
        if exception.field:
            body["fields"] = {exception.field: [exception.message]}
        return Response(body, status=status.HTTP_400_BAD_REQUEST if exception.field else status.HTTP_409_CONFLICT)
    response = default_handler(exception, context)
    if response is None:
        return None
    if isinstance(exception, ValidationError):
        fields = exception.detail if isinstance(exception.detail, dict) else {"": exception.detail}
        response.data = {"code": "invalid", "message": "The request has errors.", "fields": fields}
    elif isinstance(exception, APIException):
        response.data = {"code": str(exception.get_codes()), "message": str(exception.detail)}
    else:
        response.data = {"code": "not_found", "message": "There is nothing here that you may see."}
    return response
