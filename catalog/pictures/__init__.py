"""Posters known by their address elsewhere: fetched once, resized, and kept on this site."""
