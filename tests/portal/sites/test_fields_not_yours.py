"""What a service would refuse is not offered, and the form says why."""

from django.urls import reverse

from tests.factories.drivers import DriverFactory, IdTokenFactory


def test_a_site_manager_is_not_offered_currency_and_tax(client, sam, ada, harbour):
    client.force_login(sam)
    form = client.get(reverse("portal:site-edit", args=[harbour.pk])).context["form"]
    off = {name for name, field in form.fields.items() if field.disabled}
    assert off == {"currency", "vat_percent"}
    assert form.fields["currency"].help_text == "Only people who edit tariffs may change this."
    client.force_login(ada)
    form = client.get(reverse("portal:site-edit", args=[harbour.pk])).context["form"]
    assert not any(field.disabled for field in form.fields.values())


def test_a_site_manager_is_not_offered_what_reaches_every_site(client, sam, ada, harbour):
    driver = DriverFactory(organisation=harbour.organisation, home_site=harbour)
    card = IdTokenFactory(organisation=harbour.organisation, driver=driver)
    client.force_login(sam)
    form = client.get(reverse("portal:token-edit", args=[card.pk])).context["form"]
    assert {name for name, field in form.fields.items() if field.disabled} == {"parent_group", "is_master_pass"}
    client.force_login(ada)
    form = client.get(reverse("portal:token-edit", args=[card.pk])).context["form"]
    assert not any(field.disabled for field in form.fields.values())
