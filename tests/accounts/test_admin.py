import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils.choices import flatten_choices
from rest_framework.authtoken.models import Token, TokenProxy

from accounts.models import Follow, User
from tests.factories import ImportedUserFactory, RatingFactory, UserFactory
from tests.panel import address, assert_pages_answer, tables_of

pytestmark = pytest.mark.django_db
SAMPLES = {
    "accounts.User": lambda: UserFactory(username="anouk"),
    "accounts.Follow": lambda: Follow.objects.create(follower=UserFactory(), followed=UserFactory()),
    "auth.Group": lambda: Group.objects.create(name="editors"),
    "account.EmailAddress": lambda: EmailAddress.objects.create(user=UserFactory(), email="a@example.org"),
    "authtoken.TokenProxy": lambda: TokenProxy.objects.create(user=UserFactory()),
}


@pytest.mark.parametrize("label", tables_of("accounts", "auth", "account", "authtoken"))
def test_every_page_of_every_table_answers(panel, label):
    row = SAMPLES[label]()
    assert_pages_answer(panel, row, key=row.user_id if label == "authtoken.TokenProxy" else row.pk)


def test_people_are_found_by_name_and_by_e_mail(panel):
    anouk, _ = UserFactory(username="anouk", email="karenina@example.org"), UserFactory(username="bela")
    for words in ("anou", "karenina"):
        assert list(panel.get(address(User, "changelist"), {"q": words}).context["cl"].result_list) == [anouk]


def test_a_deleted_persons_ratings_no_longer_count(panel, member, movie):
    RatingFactory(user=member, movie=movie, half_stars=2)
    RatingFactory(movie=movie, half_stars=9)
    panel.post(address(User, "delete", member.pk), {"post": "yes"})
    movie.refresh_from_db()
    assert (movie.ratings_count, movie.half_stars_sum) == (1, 9)
    assert not User.objects.filter(pk=member.pk).exists()


def test_an_imported_person_cannot_be_made_active(panel):
    imported = ImportedUserFactory()
    fields = {"username": imported.username, "email": "", "is_active": "on"}
    panel.post(address(User, "change", imported.pk), fields)
    imported.refresh_from_db()
    assert not imported.is_active


def test_a_token_made_here_opens_the_api(panel, member, client):
    panel.post(address(TokenProxy, "add"), {"user": member.pk})
    key = Token.objects.get(user=member).key
    answer = client.get("/api/v1/ratings/", headers={"authorization": f"Token {key}"})
    assert answer.status_code == 200


def test_the_list_of_tokens_shows_no_key(panel, member):
    key = Token.objects.create(user=member).key
    assert key not in panel.get(address(TokenProxy, "changelist")).content.decode()


def test_time_zone_and_language_of_somebody_are_chosen_from_what_there_is(panel, member):
    form = panel.get(address(User, "change", member.pk)).context["adminform"].form
    offered = {
        name: dict(flatten_choices(form.fields[name].choices)).keys() for name in ("time_zone", "language")
    }
    assert {"", "Europe/Amsterdam"} <= offered["time_zone"]
    assert set(offered["language"]) == {"", "en", "de"}


def test_no_other_time_zone_or_language_is_taken(panel, member):
    given = {"username": member.username, "time_zone": "Mars/Olympus", "language": "tlh"}
    form = panel.post(address(User, "change", member.pk), given).context["adminform"].form
    assert {"time_zone", "language"} <= form.errors.keys()
