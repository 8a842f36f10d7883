"""The colours of a poster: some palettes for every decade, after the inks and film stocks of the time."""

from functools import lru_cache
from typing import NamedTuple


class Palette(NamedTuple):
    """The title stands in `ink` on `ground`; the other three belong to the drawing."""

    ground: str
    ink: str
    main: str
    second: str
    third: str


def _palettes(*rows: str) -> tuple[Palette, ...]:
    return tuple(Palette(*(f"#{colour}" for colour in row.split())) for row in rows)


DECADES: dict[int, tuple[Palette, ...]] = {
    1900: _palettes(
        "211a14 f0e2c6 c79a5b 7d5f3c e2cfa4",
        "eadfc8 221b15 8e3b22 6f6250 c8a766",
        "14202e e9e2cf 7f9db8 3f5a75 c9b58a",
        "3a1512 f1dcc3 cf6a45 8a3a2c e5b98a",
    ),
    1920: _palettes(
        "e8dcc0 191613 b8321c 4a4740 d3a13f",
        "12110f efe6d2 c8a04a 6a5630 a3341f",
        "1d2b2a ece0c4 c58b3b 557a6f e0c68a",
        "ab2e1c fbeed6 1b1512 e9b949 7a1c10",
    ),
    1930: _palettes(
        "1b1a17 efe6d2 b08d57 6d5a3c d9c79e",
        "e9dfc7 1c1a17 8c2f1b 5d5546 bf9a52",
        "0f2430 f1e4c8 d08a3e 3f6b78 e7c987",
        "24332b efe3c6 c9a24d 5f7f5d b4512f",
    ),
    1940: _palettes(
        "131313 ece8df 9b9387 4c4843 c43a2b",
        "dcd5c6 171513 7a1f1a 6a6358 a88f5e",
        "182430 e8e1d0 b9a26b 4d667a b24a35",
        "2b1a1d f0dfcf b6443e 6d3a3c d7a877",
        "20281f ebe5cf a8a25d 56663f d3833d",
    ),
    1950: _palettes(
        "f3d9b1 22302f d1495b 2b7a78 e8963f",
        "1f3b4d f6e7cb f2a65a 7fb7be d9534f",
        "a81d29 fdeed2 f5b841 1f3440 e8734a",
        "10423f f9ecd0 e9b44c 4f9a8c e4572e",
        "f7ead0 35203a e05a47 6b8f9c efb63e",
    ),
    1960: _palettes(
        "f2652e 1c1023 ffd23f a30f39 fff1d8",
        "fdf0d5 14213d e63946 2a9d8f f4a226",
        "ffc933 201a17 d6332a 0c7c8c fff4d6",
        "1d2a5b fff0d2 ff6b4a 58b5c9 f8c537",
        "d8e8df 1f1a2e e4437a 3d62b3 f0a01f",
    ),
    1970: _palettes(
        "3e1f17 f4d8a8 d9772b 8a3b1d e9b04f",
        "e2b04a 2d160f a63c1d 5f6b2d f6e2b0",
        "2f3a22 f1e2b6 d99a2b 7a8a3f c4521f",
        "f0e0c0 3a2015 c8562a 8a6a3a 5c7a6e",
        "5b2a3c f6dfc0 e38b4f 9b4b56 f0be6a",
    ),
    1980: _palettes(
        "150a2e ffe9f7 ff2e88 22d3ee 7b3ff2",
        "06202b f5efff ff8a1f 7c4ddb 2bb6c4",
        "f6e9ef 1d1440 ef3e72 2aa9b8 f7b32b",
        "1c1018 ffeed9 ff5a36 a8286b ffc145",
        "0b1f4b fdf1e0 ff4f6d 3f8efc ffd166",
        "2b1055 fdeaff ff6fb5 6d4bd1 ffb347",
        "f4e3c1 20183a e8432e 2f6fb0 1fa79b",
    ),
    1990: _palettes(
        "10282c f0ead8 c9493b 4d8f8b d9b26a",
        "5a1626 f7e9dc e3a857 a8485a 3f7183",
        "e4dcc8 23262b a83a32 5c7a84 c9963f",
        "1f2e1f eee8d2 9db04f 4f7347 d97d3a",
        "23213f ede6f0 d65f7f 6a68b0 e7b35c",
        "0e2a47 f3ecdc e0a030 3f77a8 c7533b",
        "efe6e9 2b1b33 b5446e 5b7fa6 d8a24a",
        "2c2522 f2e6d3 cf7f3f 7b6a55 8fa36b",
        "c9d3c0 1d2a24 b5472f 4f7a66 e0a93f",
    ),
    2000: _palettes(
        "101b2b e8f0f6 4fa3d1 2d5f8a c8d24b",
        "dfe7ea 132029 d9480f 37718e 8fb0bd",
        "1a2a24 e9f2e4 7cc06a 3d7a63 e5a93d",
        "f2ede4 2a1f2d b3264a 6f8fa8 e59a3c",
        "38121b f9e7dd e2574c 8e2f3d e8b26f",
        "23182f f3e9f5 c06fd0 6a4f95 e8b44f",
        "e8d9c3 241d18 a8502a 5f7f78 d39a3a",
        "0c2e3a eaf4ef e9623f 2f7f8f f0c45a",
        "3b4a2f f4efdc e3b23c 7f9a5a d9643a",
    ),
    2010: _palettes(
        "0c1f26 fff3e2 f08a24 1f7a8c bfdbd6",
        "f6efe4 202020 d7263d 1b998b f0a640",
        "2a1038 fbe9ff f0477f 7a3fa8 37c2d6",
        "f4c6b8 2b1b2e c93f52 5a6fa3 fff0dc",
        "143642 f5ecd8 ec9a29 2f8f83 c9402f",
        "1c1c1f f5efe6 e5484d 5c5c66 e6b450",
        "dcebe6 17302f e2603a 3b8f86 f0b23e",
        "521b2f fbe9dc ee8a5b a3415a f2c879",
        "fbe3a4 2b2118 d2502f 3a7a78 f08f3a",
    ),
    2020: _palettes(
        "231b2e f7ecdf e8a598 8ea7a1 c65d4b",
        "efe3d6 2a2230 b4432f 6a8d73 d9a441",
        "16302b f3eedd d8c46a 5c9a80 ec7a56",
        "cfd8e6 1b2136 c8443f 5266a8 efb45a",
        "3a1f4a f8e8f0 f39a6b 8d5fb0 9ed0c4",
        "10243f f4eee2 f2a65a 3f6fa0 e5645a",
        "f3d9d3 31192b c23b58 6f7fb0 e79a4a",
        "2b3a1f f2efdb c9d66b 6f8f4a ee8b4d",
    ),
}

# What a film without a year may wear: palettes that no single decade owns.
TIMELESS: tuple[Palette, ...] = tuple(DECADES[decade][1] for decade in (1930, 1950, 1970, 1990, 2010))


def of_year(year: int | None) -> tuple[Palette, ...]:
    """The palettes of the year's decade; those of the nearest one before it where the decade has none."""
    if year is None:
        return TIMELESS
    return DECADES[max((decade for decade in DECADES if decade <= year), default=min(DECADES))]


@lru_cache(maxsize=512)
def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, from 0 (black) to 1 (white)."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=4096)
def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
