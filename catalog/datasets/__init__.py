"""Real films for a site that has none: named by hand, found here, downloaded, or out of a package."""
