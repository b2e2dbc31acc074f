"""Sending one plain mail."""

import smtplib

import structlog
from django.conf import settings
from django.core.mail import EmailMessage

log = structlog.get_logger(__name__)


def send_plain_mail(*, to: str, subject: str, text: str) -> bool:
    """Whether the mail server took it. Never raises: who sends decides what to do without."""
    message = EmailMessage(
        subject=subject.replace("\n", " "), body=text, from_email=settings.DEFAULT_FROM_EMAIL, to=[to]
    )
    try:
        return message.send() == 1
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail.not_sent", error=repr(error)[:200])
        return False
