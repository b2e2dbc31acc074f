"""Forms and confirmations: kept input, errors at their fields, refusals, the same in a dialog."""

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.kit.screens")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def url(harbour):
    return f"/kit/sites/{harbour.pk}/rename/"


def test_a_plain_post_saves_and_goes_on(client, ada, harbour, url):
    client.force_login(ada)
    response = client.post(url, {"name": "Pier"}, follow=True)
    assert response.redirect_chain == [(f"/kit/sites/{harbour.pk}/", 302)]
    assert "Renamed." in response.content.decode()
    harbour.refresh_from_db()
    assert harbour.name == "Pier"


def test_in_a_dialog_the_whole_window_goes_on(client, ada, harbour, url):
    client.force_login(ada)
    assert client.get(url, headers=HTMX).content.decode().strip().startswith('<form class="cn-dialog-form"')
    response = client.post(url, {"name": "Pier"}, headers=HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (200, f"/kit/sites/{harbour.pk}/")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ("", "name", "This field is required."),
        ("x" * 21, "name", "Ensure this value has at most 20 characters (it has 21)."),
        ("Taken", "name", "Another site has this name."),
        ("Never", "__all__", "Not today."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_problem_is_named_and_what_was_typed_is_kept(client, ada, harbour, url, typed, field, sentence, headers):
    client.force_login(ada)
    response = client.post(url, {"name": typed}, headers=headers)
    assert response.status_code == 422
    assert response.context["form"].errors == {field: [sentence]}
    page = response.content.decode()
    assert sentence in page
    assert not typed or f'value="{typed}"' in page
    harbour.refresh_from_db()
    assert harbour.name == "Harbour"


def test_error_and_help_are_announced_with_the_input(client, ada, url):
    client.force_login(ada)
    page = client.post(url, {"name": ""}).content.decode()
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_helptext"' in page
    assert 'id="id_name_error"' in page


def test_denied_means_that_nothing_changed(client, tess, otto, rita, harbour, url):
    for user, status in ((tess, 403), (rita, 403), (otto, 404)):
        client.force_login(user)
        assert client.post(url, {"name": "Mine"}).status_code == status
    harbour.refresh_from_db()
    assert harbour.name == "Harbour"


def test_a_form_about_a_row_names_it_in_the_window_and_leads_back(client, ada, harbour, url):
    client.force_login(ada)
    page = client.get(url).content.decode()
    assert "<title>Rename · Harbour · ChargeNet</title>" in page
    assert f'<li><a href="/kit/sites/{harbour.pk}/">Harbour</a></li>' in page
    assert f'<a class="btn" href="/kit/sites/{harbour.pk}/">Cancel</a>' in page


def test_a_confirmation_asks_and_does(client, ada, harbour):
    client.force_login(ada)
    harbour.city = "Kiel"
    harbour.save()
    page = client.get(f"/kit/sites/{harbour.pk}/close/").content.decode()
    assert "No car can charge here afterwards." in page
    assert '<button class="btn btn-danger" type="submit">Close</button>' in page
    assert client.post(f"/kit/sites/{harbour.pk}/close/").url == "/kit/sites/"
    harbour.refresh_from_db()
    assert harbour.limit_w == 0


def test_what_is_not_possible_now_is_refused_with_the_reason(client, ada, harbour):
    client.force_login(ada)
    for response in (client.get(f"/kit/sites/{harbour.pk}/close/"), client.post(f"/kit/sites/{harbour.pk}/close/")):
        page = response.content.decode()
        assert "The site has no city." in page
        assert "btn-danger" not in page
    harbour.refresh_from_db()
    assert harbour.limit_w is None
