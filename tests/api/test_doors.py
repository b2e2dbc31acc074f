"""The doors beside the API: what machines ask of a process, and the repair view of the staff."""

import pytest
from django.contrib import admin
from django.db import OperationalError, connection
from django.urls import reverse

from tests.factories.places import PASSWORD, UserFactory


def test_a_healthy_process_says_so(client, db):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert client.post("/healthz").status_code == 405


def test_a_process_without_its_database_is_unwell(client, db):
    def broken(execute, sql, params, many, context):
        raise OperationalError("gone")

    with connection.execute_wrapper(broken):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"status": "database away"})


def test_a_process_without_its_redis_is_unwell(client, db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"status": "Redis away"})


@pytest.fixture
def staff(db):
    return UserFactory(email="staff@example.com", password=PASSWORD, is_staff=True, is_superuser=True)


def test_strangers_are_sent_to_the_one_sign_in_page(client, db):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("person", ["ada", "sam", "tess", "finn", "sue", "rita", "otto"])
def test_nobody_but_staff_opens_the_repair_view(client, request, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/accounts/user/", follow=True).status_code == 403


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda model: model._meta.label), ids=str)
def test_every_list_of_the_repair_view_opens_and_is_searched(client, staff, harbour, model):
    client.force_login(staff)
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert client.get(url).status_code == 200
    assert client.get(url, {"q": "a"}).status_code == 200


def test_the_repair_view_changes_a_person_but_shows_no_secret_and_no_audit_entry_changes(client, staff, ada):
    client.force_login(staff)
    url = reverse("admin:accounts_user_change", args=[ada.pk])
    data = {"email": ada.email, "name": "Ada", "phone": "", "is_active": "", "is_staff": "", "is_superuser": ""}
    assert client.post(url, data).status_code == 302
    ada.refresh_from_db()
    assert not ada.is_active
    assert client.get(reverse("admin:core_auditentry_add")).status_code == 403
    assert "digest" not in client.get(reverse("admin:accounts_apitoken_changelist")).content.decode()
