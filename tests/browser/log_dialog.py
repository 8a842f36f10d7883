"""Steps of those who log a film in the dialog, and what the site says to it."""

from playwright.sync_api import expect


def dialog(page):
    return page.get_by_role("dialog")


def open_form(page):
    page.keyboard.press("d")
    expect(page.locator(".log-form .star-row input").first).to_be_visible()


def review_in(page):
    """The page of a film has a review form beside the dialog's."""
    return page.locator(".log-form").get_by_label("Review")


def said(page, sentence):
    expect(page.locator("#messages")).to_contain_text(sentence)


def tab_to(page, target):
    """As far as the Tab key has to be pressed to come there, which must be somewhere on the page."""
    for _press in range(150):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the Tab key never comes to {target}")


def undo(page):
    page.locator("#messages").get_by_role("button", name="Undo").click()
    said(page, "is as it was before")
