"""Inviting people and giving them roles; the first administrator of an empty system."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from apps.accounts.models import Organisation, User
from apps.accounts.policy import Action, Role
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.core.ids import reserve_numbers
from apps.sites.models import Membership, Site
from apps.sites.scope import organisations_in_scope


class UnableToSaveUser(DomainError):
    code = "unable_to_save_user"
    message = "This person cannot be saved."


class UnableToChangeMembership(DomainError):
    code = "unable_to_change_membership"
    message = "This role cannot be changed."


class AlreadySetUp(DomainError):
    code = "already_set_up"
    message = "The first organisation already exists. Sign in instead."


def set_up_first_organisation(*, organisation_name: str, name: str, email: str, password: str) -> User:
    """Create the organisation and its operator in an empty system. Two at once: one gets ``AlreadySetUp``."""
    with transaction.atomic():
        if reserve_numbers("first_run", how_many=1)[0] != 1 or Organisation.objects.exists():
            raise AlreadySetUp
        slug = slugify(organisation_name)[:40] or "organisation"
        organisation = Organisation.objects.create(name=organisation_name, slug=slug)
        user = create_user(email=email, name=name, password=password)
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
        Membership.objects.create(user=user, organisation=organisation, role=Role.OPERATOR)
        record_audit(actor=user, action="organisation.created", subject=organisation, organisation=organisation)
    return user


def invite_user(
    *, organisation: Organisation, email: str, name: str, role: Role, site: Site | None, password: str, actor: User
) -> Membership:
    """Give a person a role; makes the account where the address is new, else only the role is added.

    Whoever made an account chose its first password, so an account is trusted only where ``actor`` administers an
    organisation that has it already (a superuser administers all). Raises ``UnableToSaveUser`` for any other.
    """
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email).first()
        if user is not None and not _administers(actor, user):
            raise UnableToSaveUser(
                "This address has an account outside your organisation. Use another address, or ask whoever runs "
                "this installation to add the role.",
                field="email",
            )
        user = user or create_user(email=email, name=name, password=password)
        return grant_role(user=user, organisation=organisation, role=role, site=site, actor=actor)


def grant_role(*, user: User, organisation: Organisation, role: Role, site: Site | None, actor: User) -> Membership:
    """Add one role; repeating it returns the one that is there."""
    if site is not None and site.organisation_id != organisation.pk:
        raise UnableToChangeMembership("That site belongs to another organisation.", field="site")
    with transaction.atomic():
        membership, is_new = Membership.objects.get_or_create(
            user=user, organisation=organisation, role=role, site=site
        )
        if is_new:
            record_audit(actor=actor, action="membership.granted", subject=membership, organisation=organisation)
    return membership


def revoke_role(*, membership: Membership, actor: User) -> None:
    """Take a role away. The last operator of an organisation stays."""
    with transaction.atomic():
        operators = Membership.objects.select_for_update().filter(
            organisation=membership.organisation, role=Role.OPERATOR, site=None, user__is_active=True
        )
        if [row.pk for row in operators] == [membership.pk]:
            raise UnableToChangeMembership("An organisation keeps at least one operator.")
        record_audit(actor=actor, action="membership.revoked", subject=membership, organisation=membership.organisation)
        membership.delete()


def _administers(actor: User, user: User) -> bool:
    if actor.is_superuser:
        return True
    return user.memberships.filter(organisations_in_scope(actor, Action.USER_EDIT)).exists()


def create_user(*, email: str, name: str, password: str) -> User:
    """A sign-in without any role. Raises ``UnableToSaveUser`` about ``password`` or ``email``."""
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise UnableToSaveUser(" ".join(error.messages), field="password") from error
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name)
    except IntegrityError:
        raise UnableToSaveUser("Somebody already signs in with this address.", field="email") from None
