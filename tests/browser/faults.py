"""What keeps people out of a page as it stands: found by axe, or wider than their window."""

from axe_playwright_python.sync_playwright import Axe

# Words that are still fading in have too little contrast; what breathes for ever is not waited for.
COME_TO_REST = """() => Promise.allSettled(
  document.getAnimations()
    .filter((one) => one.playState === "running" && Number.isFinite(one.effect.getComputedTiming().endTime))
    .map((one) => one.finished)
)"""


def violations(page, part=None):
    page.evaluate(COME_TO_REST)
    broken = Axe().run(page, part).response["violations"]
    return {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in broken}


def too_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def faults(page):
    return violations(page) | ({"width": ["wider than the window"]} if too_wide(page) else {})
