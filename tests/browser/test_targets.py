"""Whatever can be pressed is at least 44 by 44 pixels large to a finger, as WCAG 2.2 asks in 2.5.5."""

from collections import defaultdict

import pytest

from catalog import services
from catalog.models import Credit, Keyword, Movie, OtherTitle, Person
from tests.browser.visitors import log_in
from tests.factories import ReviewFactory, UserFactory

PHONE = {"width": 390, "height": 844}
STRANGER = [
    "/",
    "/films/",
    "/films/?genre=western&decade=1960",
    "/search/?q=film",
    "/search/?q=nothing-like-it",
    "/films/5/",
    "/start/",
    "/charts/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/no/such/page/",
]
MEMBER = [
    "/",
    "/for-you/",
    "/for-you/settings/",
    "/for-you/how/",
    "/start/",
    "/taste/",
    "/together/",
    "/films/5/",
    "/log/5/",
    "/films/watchlist/",
    "/films/queue/",
    "/films/hidden/",
    "/search/?q=grace",
    "/lists/",
    "/lists/new/",
    "/keys/",
    "/settings/",
    "/settings/favourites/",
    "/accounts/email/",
    "/people/anouk/",
    "/people/anouk/diary/",
    "/people/anouk/ratings/",
    "/people/anouk/reviews/",
    "/people/anouk/lists/",
    "/people/anouk/following/",
    "/people/bo/",
]

# How far a press may go from the middle of each control before it presses something else, in all that is
# drawn: its own box, an enlarging pseudo-element, its label. Left out, as 2.5.5 leaves them out: links in
# the run of a sentence, and the ten halves of five stars, which are one scale.
SMALL = """async () => {
  const LEAST = 43, SEEN = {opacityProperty: false, visibilityProperty: true, contentVisibilityAuto: true};
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const clipped = (part) => part.closest(".sr, .skip, .star-row");
  const inSentence = (part) => {
    const isInline = part.matches("a") && getComputedStyle(part).display === "inline";
    const text = isInline && part.closest("p:not(.by, .eyebrow, .list-about), .review-text");
    if (!text) return false;
    const without = text.cloneNode(true);
    without.querySelectorAll("a, .sr").forEach((link) => link.remove());
    return (without.textContent.match(/[\\p{L}\\d]+/gu) ?? []).length > 1;
  };
  const reach = (part, x, y, dx, dy) => {
    const hits = (n) => {
      const hit = document.elementFromPoint(x + n * dx, y + n * dy);
      return hit && (part.contains(hit) || [...(part.labels ?? [])].some((label) => label.contains(hit)));
    };
    let before = 0, after = 0;
    if (!hits(0)) return 0;
    while (before < LEAST && hits(-before - 1)) before++;
    while (after < LEAST && hits(after + 1)) after++;
    return before + after + 1;
  };
  const small = [];
  for (const part of document.querySelectorAll(controls)) {
    if (part.disabled || clipped(part) || !part.checkVisibility(SEEN) || inSentence(part)) continue;
    part.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
    const box = [...part.getClientRects()].find(({width, height}) => width && height);
    if (!box) continue;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const [wide, tall] = [reach(part, x, y, 1, 0), reach(part, x, y, 0, 1)];
    if (wide >= LEAST && tall >= LEAST) continue;
    const name = part.getAttribute("aria-label") || part.textContent.trim() || part.name;
    const around = part.parentElement;
    small.push(`${around.localName}.${around.className} > ${part.localName} “${name}” ${wide}x${tall}`);
  }
  return small;
}"""


@pytest.fixture
def anouk(anouk, films):
    for film in range(1, 8):
        services.rate(user=anouk, movie=films[film], stars=4.5 if film % 2 else 2)
    services.log_watch(user=anouk, movie=films[1], watched_on="2026-05-04", tags=["tv", "with ada", "rain"])
    services.log_watch(user=anouk, movie=films[5], watched_on="2026-05-05", rewatch=True)
    services.hide(user=anouk, movie=films[9])
    services.add_to_watchlist(user=anouk, movie=films[11])
    listed(anouk, films[5], title="Noir")
    ReviewFactory(user=anouk, movie=films[5], has_spoilers=True)
    return anouk


@pytest.fixture
def bo(films):
    bo = UserFactory(username="bo")
    services.log_watch(user=bo, movie=films[5], watched_on="2026-05-04")
    ReviewFactory(user=bo, movie=films[5])
    listed(bo, films[5], title="Up")
    return bo


@pytest.fixture
def told(films):
    """A film of which everything is told that a page can tell."""
    film = films[5]
    Movie.objects.filter(pk=film.pk).update(language="sv", runtime=95, budget=10, released_on="1960-01-05")
    OtherTitle.objects.create(movie=film, title="Film fem")
    film.keywords.add(*(Keyword.objects.create(name=name) for name in ("sea", "chess", "plague")))
    people = [Person.objects.create(name=name) for name in ("Al Ng", "Grace Kelly", "Bo Li", "Kay Wu", "Jo")]
    credited(film, Credit.Role.DIRECTOR, people[:3])
    credited(film, Credit.Role.WRITER, people[2:])
    credited(film, Credit.Role.CAST, [*people, *(Person.objects.create(name=f"A {n}") for n in range(6))])
    return film


def credited(film, role, people):
    for place, person in enumerate(people):
        Credit.objects.create(movie=film, role=role, person=person, position=place)


def listed(user, film, *, title):
    film_list = services.create_list(user=user, title=title, description="For *Sundays*.")
    services.add_to_list(film_list=film_list, movie=film, note="Twice.")
    return film_list


def small_targets(page, paths):
    found = defaultdict(list)
    for path in paths:
        page.goto(path)
        for target in page.evaluate(SMALL):
            found[target].append(path)
    return dict(found)


@pytest.fixture
def phone(chromium, site):
    """A page under a finger: nothing hovers, and what hovering shows stands there from the start."""
    contexts = []

    def phone(member=None):
        contexts.append(chromium.new_context(base_url=site, viewport=PHONE, has_touch=True, is_mobile=True))
        if member is not None:
            log_in(contexts[-1], member, site)
        return contexts[-1].new_page()

    yield phone
    for context in contexts:
        context.close()


def test_a_stranger_s_finger_finds_every_control(phone, anouk, bo, told):
    assert small_targets(phone(), STRANGER) == {}


def test_a_member_s_finger_finds_every_control(phone, anouk, bo, told):
    by_hand = [film_list.get_absolute_url() for film_list in anouk.film_lists.all()]
    by_hand += [told.get_absolute_url(), Person.objects.first().get_absolute_url()]
    by_hand += [review.get_absolute_url() for review in bo.reviews.all()]
    assert small_targets(phone(member=anouk), [*MEMBER, *by_hand]) == {}


def test_the_measure_of_targets_notices_a_small_one(phone, told):
    """A link that is made small on purpose: the tests above mean nothing if this one fails."""
    page = phone()
    page.goto("/films/5/")
    page.evaluate("document.querySelector('.button').style = 'min-height: 30px; padding: 0'")
    assert any("30" in target for target in page.evaluate(SMALL))
