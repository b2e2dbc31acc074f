"""Residents come in by invitation of their site: a signed link, once, for two weeks."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.policy import Role
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.models import BillingAccount, Driver, Invitation
from apps.drivers.services.mail import send_plain_mail
from apps.sites.models import Membership
from apps.sites.services.people import UnableToSaveUser, create_user

VALID_FOR = timedelta(days=14)
_SALT = "chargenet.invitation"


class UnableToInvite(DomainError):
    code = "unable_to_invite"


class InvitationOver(DomainError):
    code = "invitation_over"
    message = "This invitation is used, withdrawn or too old. Ask the people of your site for a new one."


def invite_driver(*, driver: Driver, email: str, actor, at: datetime) -> Invitation:
    """Ask the driver to sign in; an earlier invitation that was not used becomes void. The mail goes by ``deliver``.

    Raises ``UnableToInvite`` for somebody who signs in already or has left.
    """
    with transaction.atomic():
        driver = Driver.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=driver.pk)
        if driver.left_at is not None:
            raise UnableToInvite("This driver has left.")
        if driver.user_id is not None:
            raise UnableToInvite("This driver signs in already.")
        driver.invitations.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
        invitation = Invitation.objects.create(
            driver=driver, email=email, invited_by=actor, created_at=at, expires_at=at + VALID_FOR
        )
        record_audit(
            actor=actor,
            action="driver.invited",
            subject=driver,
            organisation=driver.organisation,
            changes={"email": [None, email]},
        )
    return invitation


def token_of(invitation: Invitation) -> str:
    """What the link holds: the invitation's number under our signature."""
    return signing.dumps(invitation.pk, salt=_SALT)


def find_invitation(*, token: str, at: datetime) -> Invitation:
    """The open invitation behind ``token``. Raises ``InvitationOver``."""
    try:
        key = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise InvitationOver from error
    rows = Invitation.objects.select_related("driver__organisation", "driver__home_site", "driver__account")
    invitation = rows.filter(pk=key, accepted_at=None, withdrawn_at=None, expires_at__gt=at).first()
    if invitation is None:
        raise InvitationOver
    return invitation


def deliver(*, invitation: Invitation, link: str) -> bool:
    """Send the link; return whether the mail server took it, so that people can hand it over themselves."""
    organisation = invitation.driver.organisation
    text = (
        f"Hello {invitation.driver.name},\n\n"
        f"{organisation} invites you to see what your charging costs, to report a lost card and to find your bills.\n\n"
        f"{link}\n\nThe link works once, until {invitation.expires_at:%d %B %Y}."
    )
    return send_plain_mail(to=invitation.email, subject=f"{organisation}: your charging", text=text)


def accept_invitation(*, token: str, name: str, password: str, at: datetime) -> User:
    """Make the person's sign-in, with the role of a driver, and join it with the driver and his own account.

    An address that has a sign-in already is refused: whoever invites does not learn or take over foreign accounts;
    the person signs in and the site joins the two. Raises ``InvitationOver``, ``UnableToInvite``.
    """
    with transaction.atomic():
        invitation = find_invitation(token=token, at=at)
        used = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(accepted_at=at)
        if not used:
            raise InvitationOver
        driver = invitation.driver
        user = _make_user(invitation.email, name, password)
        Membership.objects.create(user=user, organisation=driver.organisation, site=driver.home_site, role=Role.DRIVER)
        Driver.objects.filter(pk=driver.pk).update(user=user)
        if driver.account_id is not None:
            BillingAccount.objects.filter(pk=driver.account_id, user=None, kind="resident").update(user=user)
        record_audit(
            actor=user, action="driver.joined", subject=driver, organisation=driver.organisation,
            changes={"user": [None, user]},
        )  # fmt: skip
    return user


def _make_user(email: str, name: str, password: str) -> User:
    try:
        return create_user(email=email, name=name, password=password)
    except UnableToSaveUser as refusal:
        if refusal.field == "password":
            raise UnableToInvite(refusal.message, field="password") from refusal
        raise UnableToInvite(
            "This address signs in already. Sign in with it and ask your site to join your driver record with it."
        ) from refusal
