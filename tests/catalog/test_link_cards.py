"""What other sites and search engines are told: the picture beside a link, and the data in the page."""

import json
import re
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from catalog import cards, services, structured
from catalog.cards import Card, Film, Words, shelf
from catalog.cards.letters import DISPLAY, is_legible, width_of
from catalog.cards.marks import paint
from catalog.models import Credit, Movie, OtherTitle, Person, PosterPicture
from catalog.pictures import shelf as posters_kept
from catalog.posters import design
from catalog.posters.compositions import COMPOSITIONS
from catalog.posters.stage import raise_stage
from tests.factories import MovieFactory, RatingFactory, ReviewFactory, UserFactory

DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def heat(db):
    film = MovieFactory(title="Heat", year=1995, genres=["Action", "Crime"], runtime=170)
    mann = Person.objects.create(name="Michael Mann")
    Credit.objects.create(movie=film, person=mann, role="director")
    Credit.objects.create(movie=film, person=Person.objects.create(name="Al Pacino"), role="cast")
    return film


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def rated(film, *half_stars):
    for given in half_stars:
        RatingFactory(movie=film, half_stars=given)
    services.refresh_counts()
    return Movie.objects.for_page().get(pk=film.pk)


def meta(page):
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page)
    return dict(found)


def picture(client, address):
    answer = client.get(address, follow=True)
    assert answer["Content-Type"] == "image/png"
    return Image.open(BytesIO(b"".join(answer.streaming_content)))


def card_of(title, **more):
    film = Film(title, 1995, ("Drama",))
    return Card([film], Words("Marquee", title, **more), design(title, 1995).palette, alt=title)


def data_in(page):
    return [json.loads(found) for found in DATA.findall(page)]


# The picture


@pytest.mark.django_db
def test_a_film_page_names_a_picture_of_the_size_it_says(client, heat):
    told = meta(client.get(heat.get_absolute_url()).text)
    shown = picture(client, told["og:image"].removeprefix("http://localhost:8000"))
    assert (str(shown.width), str(shown.height)) == (told["og:image:width"], told["og:image:height"])
    assert shown.size == (1200, 630)
    assert told["og:type"] == "video.movie"
    assert told["og:title"] == "Heat (1995)"
    assert told["twitter:card"] == "summary_large_image"


@pytest.mark.django_db
def test_what_the_picture_says_is_said_in_words_too(client, heat):
    assert meta(client.get(heat.get_absolute_url()).text)["og:image:alt"] == "Heat (1995), not rated yet"
    rated(heat, 8, 9)
    told = meta(client.get(heat.get_absolute_url()).text)
    assert told["og:image:alt"] == "Heat (1995): 4.2 of 5 stars from 2 ratings"


@pytest.mark.django_db
def test_a_rating_changes_the_address_and_the_old_one_leads_to_the_new(client, heat):
    before = cards.of_film(Movie.objects.for_page().get(pk=heat.pk)).digest
    after = cards.of_film(rated(heat, 10)).digest
    assert before != after
    answer = client.get(f"/films/{heat.pk}/card/{before}.png")
    assert (answer.status_code, answer["Location"]) == (302, f"/films/{heat.pk}/card/{after}.png")


@pytest.mark.django_db
def test_a_stranger_cannot_have_pictures_drawn_of_films_that_are_not_here(client):
    assert client.get("/films/987654/card/abc.png").status_code == 404


@pytest.mark.django_db
def test_the_site_has_a_picture_before_it_has_a_film(client):
    assert picture(client, "/card.png").size == (1200, 630)


@pytest.mark.django_db
def test_a_kept_poster_stands_on_the_picture(heat, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    content = BytesIO()
    Image.new("RGB", (500, 750), "#00ff00").save(content, "WEBP", lossless=True)
    posters_kept.put("ab12-500.webp", content.getvalue())
    PosterPicture.objects.create(
        movie=heat, source_url="https://x.org/p", digest="ab12", width=500, height=750
    )
    drawn = Image.open(cards.of_film(Movie.objects.for_page().get(pk=heat.pk)).file()).convert("RGB")
    red, green, blue = drawn.getpixel((200, 300))
    assert green > 240
    assert max(red, blue) < 15


@pytest.mark.django_db
def test_a_title_that_no_face_here_can_set_gives_way_to_one_that_can(db):
    film = MovieFactory(title="\U00012000\U00012001", year=1954)
    OtherTitle.objects.create(movie=film, title="Seven Samurai")
    words = cards.of_film(Movie.objects.for_page().get(pk=film.pk)).words
    assert words.title == "Seven Samurai"


@pytest.mark.parametrize("title", ["M", "Heat", "It's a Mad, Mad, Mad, Mad World", "W" * 40, "Łódź", ""])
def test_every_title_stays_within_the_picture(title):
    """The right margin shows nothing but the ground."""
    drawn = Image.open(card_of(title, figure="4.1", is_rating=True, beside=["x" * 200]).file()).convert("RGB")
    margin = drawn.crop((1146, 0, 1200, 630))
    assert len(margin.getcolors(maxcolors=4)) == 1


@pytest.mark.django_db
def test_a_title_that_nothing_can_set_is_left_out_and_the_year_keeps_its_place(db):
    film = MovieFactory(title="\U00012000\U00012001", year=2001, genres=["Animation"])
    words = cards.of_film(Movie.objects.for_page().get(pk=film.pk)).words
    assert (words.title, words.beside) == ("", ["2001 · Animation"])


# Letters of a script are there or not by what the machine has; "" stands for those it does not have.
TITLES = ["م", "الرسالة", "Сталкер", "千と千尋の神隠し", "The Good, the Bad,", "Qq,", "Łódź", "W" * 40, ""]


@pytest.mark.parametrize("title", TITLES)
def test_no_title_touches_what_stands_above_or_below_it(title):
    """Between the brand, the title, who made it and the foot there is a line of nothing but the ground."""
    drawn = Image.open(card_of(title, by="directed by X", figure="4.2", is_rating=True).file()).convert("RGB")
    right = drawn.crop((430, 0, 1200, 630))
    ground = right.getpixel((765, 5))
    inked = [right.crop((0, y, 770, y + 1)).getcolors(maxcolors=1) != [(770, ground)] for y in range(630)]
    blocks = sum(now and not before for before, now in zip([False, *inked], inked, strict=False))
    foot = 630 - inked[::-1].index(True)
    assert 560 <= foot <= 580
    assert blocks == 3 if not title or not is_legible(title.upper()) else blocks >= 4


def test_a_title_fills_the_width():
    drawn = Image.open(card_of("Heat").file()).convert("RGB")
    right = drawn.crop((420, 0, 1200, 630))
    ground = Image.new("RGB", right.size, right.getpixel((779, 5)))
    left, _top, end, _bottom = ImageChops.difference(right, ground).getbbox()
    assert 50 <= left <= 62
    assert 710 <= end <= 726


def test_the_sites_own_letters_are_read_as_they_are_served():
    assert is_legible("HEAT Łódź ½ …")
    assert width_of("WIDE", DISPLAY, 100) > width_of("IIII", DISPLAY, 100) > 0


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_every_composition_can_be_painted(name):
    drawn = design(name, 1960)
    stage = raise_stage(drawn.palette, drawn.paper, 450, drawn.dice)
    painted = paint(COMPOSITIONS[name](stage), size=(60, 90), paper=drawn.paper, unit=0.2)
    assert len(painted.getcolors(maxcolors=10_000)) > 3


def test_a_half_disc_is_painted_where_the_path_says():
    half = '<path d="M10 50a40 40 0 0 1 80 0z" fill="#ff0000"/>'
    painted = paint(half, size=(100, 100), paper="#ffffff", unit=1)
    colours = [painted.getpixel(spot) for spot in ((50, 20), (50, 60), (5, 45))]
    assert colours == [(255, 0, 0), (255, 255, 255), (255, 255, 255)]


def test_corners_are_rounded_as_far_as_they_say():
    arch = '<rect width="100" height="100" rx="50" fill="#000000"/>'
    painted = paint(arch, size=(100, 100), paper="#ffffff", unit=1)
    assert [painted.getpixel(spot)[0] for spot in ((4, 4), (50, 2), (50, 50))] == [255, 0, 0]


def test_groups_are_moved_turned_and_made_larger():
    marks = '<g transform="translate(50 0)scale(2)"><rect width="10" height="10" fill="#000000"/></g>'
    painted = paint(marks, size=(100, 100), paper="#ffffff", unit=1)
    assert [painted.getpixel(spot)[0] for spot in ((60, 10), (40, 10), (60, 30))] == [0, 255, 255]


def test_a_picture_is_drawn_once_and_the_oldest_make_room(monkeypatch):
    monkeypatch.setattr(shelf, "MOST", 5)
    drawn = []
    for number in [*range(7), 6]:
        shelf.kept(f"card{number}", lambda number=number: drawn.append(number) or b"png")
    assert drawn == list(range(7))
    assert len(list(shelf.kept("card6", bytes).parent.iterdir())) <= 5


# The data


@pytest.mark.django_db
def test_a_film_page_tells_engines_what_it_is_about(client, heat):
    (told,) = data_in(client.get(heat.get_absolute_url()).text)
    assert (told["@type"], told["name"], told["datePublished"]) == ("Movie", "Heat", "1995")
    assert told["genre"] == ["Action", "Crime"]
    assert told["duration"] == "PT170M"
    assert [person["name"] for person in told["director"] + told["actor"]] == ["Michael Mann", "Al Pacino"]
    assert told["url"] == f"http://localhost:8000{heat.get_absolute_url()}"


@pytest.mark.django_db
def test_engines_hear_of_ratings_only_where_there_are_some(client, heat):
    assert "aggregateRating" not in data_in(client.get(heat.get_absolute_url()).text)[0]
    rated(heat, 8, 9)
    (told,) = data_in(client.get(heat.get_absolute_url()).text)
    assert told["aggregateRating"]["ratingValue"] == 4.25
    assert told["aggregateRating"]["ratingCount"] == 2


@pytest.mark.django_db
def test_no_title_breaks_out_of_the_data(client):
    title = '</script><script>alert(1)</script><!-- & "\u2028'
    film = MovieFactory(title=title)
    page = client.get(film.get_absolute_url()).text
    assert "<script>alert" not in page
    assert data_in(page)[0]["name"] == title


@pytest.mark.django_db
def test_engines_hear_a_review_up_to_where_it_gives_the_story_away(heat):
    review = ReviewFactory(movie=heat, text="**Slow** and fine. ||He dies.|| Still.")
    assert structured.reviewed(review)["reviewBody"] == "Slow and fine."
    review.has_spoilers = True
    assert "reviewBody" not in structured.reviewed(review)


@pytest.mark.django_db
def test_the_page_of_a_review_tells_engines_whose_it_is_and_what_was_given(client, heat):
    review = ReviewFactory(movie=heat, user=UserFactory(username="anouk"))
    RatingFactory(movie=heat, user=review.user, half_stars=9)
    page = client.get(review.get_absolute_url()).text
    (told,) = data_in(page)
    assert (told["@type"], told["author"]["name"]) == ("Review", "anouk")
    assert told["reviewRating"]["ratingValue"] == 4.5
    assert told["itemReviewed"]["name"] == "Heat"
    assert meta(page)["og:type"] == "article"


# Profiles


@pytest.mark.django_db
def test_a_profile_has_a_picture_of_what_strangers_may_see(client, member, heat):
    RatingFactory(user=member, movie=heat, half_stars=9)
    told = meta(client.get("/people/anouk/").text)
    assert told["og:type"] == "profile"
    assert "1 film" in told["og:image:alt"]
    assert picture(client, told["og:image"].removeprefix("http://localhost:8000")).size == (1200, 630)


@pytest.mark.django_db
def test_a_member_who_hides_ratings_shows_none_on_the_picture(client, member, heat):
    RatingFactory(user=member, movie=heat, half_stars=9)
    member.ratings_visibility = "private"
    member.save()
    assert "0 films" in meta(client.get("/people/anouk/").text)["og:image:alt"]
    shown = client.get("/people/anouk/card/none.png")["Location"]
    member.ratings_visibility = "public"
    member.save()
    assert client.get("/people/anouk/card/none.png")["Location"] != shown


@pytest.mark.django_db
def test_a_private_profile_has_no_picture_not_even_for_its_owner(client, member):
    member.profile_visibility = "private"
    member.save()
    client.force_login(member)
    assert client.get("/people/anouk/card/none.png").status_code == 404


# Pages in general


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/films/", "/charts/", "/accounts/login/"])
def test_every_page_has_a_title_a_sentence_and_a_picture_for_others(client, path):
    told = meta(client.get(path).text)
    assert told["og:url"] == f"http://localhost:8000{path}"
    assert told["og:title"]
    assert told["og:description"]
    assert told["og:image"] == "http://localhost:8000/card.png"


@pytest.mark.django_db
def test_a_page_whose_film_was_renamed_is_found_for_good_by_its_old_address(client, heat):
    old = heat.get_absolute_url()
    heat.title = "Heat: The Cut"
    heat.save()
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, heat.get_absolute_url())
    page = client.get(heat.get_absolute_url()).text
    assert f'<link rel="canonical" href="http://localhost:8000{heat.get_absolute_url()}">' in page


@pytest.mark.django_db
def test_the_address_of_a_merged_film_leads_to_the_film_it_became(client, heat):
    double = MovieFactory(title="Heat (uncut)", year=1995)
    old = double.get_absolute_url()
    services.merge_films(kept=heat, removed=double, by=UserFactory(is_staff=True))
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (302, heat.get_absolute_url())
