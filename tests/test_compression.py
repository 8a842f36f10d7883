"""What is text travels in gzip to browsers that ask for it; pictures stay as they are."""

import gzip
import re

import pytest

pytestmark = pytest.mark.django_db


def asked(client, address):
    return client.get(address, headers={"accept-encoding": "br, gzip"})


def test_a_page_travels_in_gzip_and_is_the_same_page(client, movie):
    address = movie.get_absolute_url()
    packed = asked(client, address)
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < len(client.get(address).content) / 2
    assert f">{movie.title}</h1>" in gzip.decompress(packed.content).decode()


def test_a_browser_that_does_not_know_gzip_gets_the_page_as_it_is(client, movie):
    assert "Content-Encoding" not in client.get(movie.get_absolute_url())


def test_a_picture_is_not_packed_a_second_time(client, movie):
    address = re.search(r'og:image" content="http://[^/]+([^"]+)"', client.get(movie.get_absolute_url()).text)
    card = asked(client, address[1])
    assert card["Content-Type"] == "image/png"
    assert "Content-Encoding" not in card
