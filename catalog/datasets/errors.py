class NotAvailable(Exception):
    """A data set cannot be had from where it was looked for; the message is a sentence that says why."""
