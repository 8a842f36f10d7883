def star(page, film, half_stars):
    return page.locator(f"#rate-{film}-{half_stars}")
