"""make bench: Marquee's models beside the known libraries, on the same split in the same run."""
