"""Reviews in a real browser: nothing that was written runs, and all of it works by keyboard."""

import pytest
from playwright.sync_api import expect

from catalog import services
from catalog.models import Review, ReviewLike, ReviewReport
from tests.browser.faults import too_wide, violations
from tests.browser.log_dialog import said, undo
from tests.browser.visitors import in_each_browser
from tests.catalog.hostile import HOSTILE
from tests.catalog.test_markdown import ALLOWED
from tests.factories import ReviewFactory, UserFactory
from tests.panel import site_owner

FOLDED = "The horse ||dies at noon||. Sad."
LONG = "A sentence about the light, and about the man. " * 40 + "[The last words](https://example.org)."


def watch_for_programs(page):
    """What a program that got in would do: open a dialog, or ask another site for something."""
    seen = []
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda asked: seen.append(asked.url) if "evil.example" in asked.url else None)
    page.add_init_script("window.alert = () => { window.ran = true }")
    return seen


def is_clean(page, address):
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    page.locator(".review a, .reported-words a").evaluate_all("links => links.forEach(link => link.focus())")
    assert page.evaluate("window.ran") is None
    assert page.url.endswith(address)
    tags = page.locator(".review-text *, .reported-words *")
    names = tags.evaluate_all("tags => tags.map(tag => tag.localName)")
    attributes = tags.evaluate_all("tags => tags.flatMap(tag => tag.getAttributeNames())")
    assert set(names) <= set(ALLOWED)
    assert set(attributes) <= {"class", "href", "open", "rel", "start"}
    return names


def test_nothing_hostile_runs_on_any_page_that_shows_reviews(open_page, films):
    writer = UserFactory(username="mallory")
    texts = [text.encode("utf-8", "replace").decode().replace("\x00", "") for text in HOSTILE]
    reporter = UserFactory()
    # A page of a film shows ten reviews: here each is many of them.
    joined = ["\n\n".join(texts[start::10]) for start in range(10)]
    for number, text in enumerate(joined, start=1):
        ReviewFactory(movie=films[1], text=text)
        ReviewFactory(user=writer, movie=films[number + 1], text=text)
    for review in Review.objects.filter(movie=films[1]):
        ReviewReport.objects.create(review=review, reporter=reporter, reason="spam", note=review.text[:1000])
    page = open_page("/ping/", member=site_owner())
    seen = watch_for_programs(page)
    pages = ["/films/1/film-1-1960/", "/people/mallory/reviews/", "/admin/catalog/reviewreport/queue/"]
    pages += [review.get_absolute_url() for review in Review.objects.filter(user=writer)[:3]]
    for address in pages:
        assert is_clean(page, address)
    assert seen == []


def test_nothing_hostile_runs_in_the_preview(member_page):
    page = member_page("/ping/")
    seen = watch_for_programs(page)
    page.goto("/films/5/")
    page.locator("#id_text").fill("\n\n".join(HOSTILE[:100]).replace("\x00", ""))
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("How it will look")).to_be_visible()
    assert page.evaluate("window.ran") is None
    expect(page.locator(".review-tried :is(script, img, svg, iframe, form, input)")).to_have_count(0)
    assert seen == []


@pytest.mark.parametrize("javascript", [True, False])
def test_a_spoiler_opens_and_shuts_by_keyboard(open_page, films, javascript):
    review = ReviewFactory(movie=films[5], text=FOLDED)
    page = open_page(review.get_absolute_url(), javascript=javascript)
    words = page.get_by_text("dies at noon")
    expect(words).to_be_hidden()
    page.locator(".hidden-words summary").focus()
    page.keyboard.press("Enter")
    expect(words).to_be_visible()
    page.keyboard.press("Space")
    expect(words).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1440])
def test_folded_words_stand_in_the_run_of_their_sentence(open_page, films, width):
    review = ReviewFactory(movie=films[5], text=FOLDED)
    page = open_page(review.get_absolute_url(), width=width)
    page.locator(".hidden-words summary").click()
    paragraph, words = page.locator(".paragraph"), page.get_by_text("dies at noon")
    expect(words).to_be_visible()
    assert abs(paragraph.bounding_box()["y"] - words.bounding_box()["y"]) < 12


def test_a_review_that_gives_the_story_away_opens_by_keyboard(open_page, films):
    ReviewFactory(movie=films[5], text="He dies.", has_spoilers=True)
    page = open_page("/films/5/")
    expect(page.get_by_text("He dies.")).to_be_hidden()
    page.locator(".spoiler summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("He dies.")).to_be_visible()


def test_a_long_review_is_cut_opens_and_never_hides_what_has_the_focus(open_page, films):
    ReviewFactory(movie=films[5], text=LONG)
    page = open_page("/films/5/", javascript=False)
    text = page.locator(".review-long .review-text")
    short = text.bounding_box()["height"]
    page.get_by_text("Read all of it").click()
    expect(page.get_by_text("Show less")).to_be_visible()
    assert text.bounding_box()["height"] > short * 1.3
    page.get_by_text("Show less").click()
    expect(page.get_by_text("Read all of it")).to_be_visible()
    assert text.bounding_box()["height"] == short
    page.get_by_role("link", name="The last words").focus()
    assert text.bounding_box()["height"] > short * 1.3


@in_each_browser
def test_a_review_is_liked_by_keyboard_liked_no_more_and_reported(member_page, films, width, javascript):
    review = ReviewFactory(movie=films[5])
    page = member_page("/films/5/", width=width, javascript=javascript)
    page.evaluate("window.stillHere = true")
    button = page.locator(f"#like-button-{review.pk}")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_contain_text("1")
    assert ReviewLike.objects.count() == 1
    if javascript:
        expect(button).to_be_focused()
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert not ReviewLike.objects.exists()
    assert page.evaluate("window.stillHere === true") == javascript

    page.get_by_role("link", name="Report").click()
    page.get_by_label("Advertising or spam").check()
    page.get_by_label("What else should we know?").fill("Shoes.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert (ReviewReport.objects.get().review, ReviewReport.objects.get().note) == (review, "Shoes.")


def test_the_counter_counts_down_and_warns_when_room_gets_scarce(member_page):
    page = member_page("/films/5/")
    counter = page.locator("#id_text_helptext")
    page.locator("#id_text").fill("ten signs.")
    expect(counter).to_have_text("19,990 characters left")
    page.locator("#id_text").fill("a" * 19_900)
    expect(counter).to_have_text("100 characters left")
    expect(counter).to_have_attribute("aria-live", "polite")


@in_each_browser
def test_a_review_is_tried_published_changed_removed_and_comes_back(member_page, width, javascript):
    page = member_page("/films/5/", width=width, javascript=javascript)
    words = page.locator("#id_text")
    words.fill("**Dust**, and a duel in it.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".review-tried strong")).to_have_text("Dust")
    if javascript:
        page.reload()
    expect(words).to_have_value("**Dust**, and a duel in it.")
    assert not Review.objects.exists()

    page.get_by_role("button", name="Publish").click()
    said(page, "Your review of Film 5 is up")
    expect(page.locator(".review .review-text strong")).to_have_text("Dust")
    words.fill("Rain, rather.")
    page.get_by_label("It gives the story away").last.check()
    page.get_by_role("button", name="Save", exact=True).click()
    # The sentence is the one that stood there before.
    expect(page.locator(".review .spoiler")).to_be_visible()
    expect(words).to_have_value("Rain, rather.")
    assert list(Review.objects.values_list("text", "has_spoilers")) == [("Rain, rather.", True)]

    page.get_by_role("button", name="Remove your review").click()
    said(page, "Your review of Film 5 is gone")
    assert not Review.objects.exists()
    undo(page)
    expect(words).to_have_value("Rain, rather.")
    assert Review.objects.get().has_spoilers


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_where_reviews_are_read_reported_and_decided(open_page, films, theme, width):
    review = ReviewFactory(movie=films[5], text=f"{FOLDED}\n\n> A quote.\n\n- [a link](https://example.org)")
    ReviewFactory(movie=films[5], text="He dies.", has_spoilers=True)
    down = ReviewFactory(movie=films[5], text=LONG)
    owner = site_owner()
    for reported in (review, down):
        services.report(reporter=UserFactory(), reported=reported, reason="abuse", note="Rude.")
    services.take_down(reported=down, by=owner, note="Rude indeed.")
    page, found = open_page("/ping/", member=owner, theme=theme, width=width), {}
    addresses = ["/films/5/", *(r.get_absolute_url() for r in (review, down))]
    addresses += [f"{review.get_absolute_url()}report/", "/admin/catalog/reviewreport/queue/"]
    for address in addresses:
        page.goto(address)
        assert not too_wide(page)
        # Around the queue is the panel's frame, which belongs to its library.
        part = ".moderation" if address.startswith("/admin/") else None
        found[address] = violations(page, part)
    assert not any(found.values()), found
