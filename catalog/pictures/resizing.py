"""A picture of any origin becomes an upright 2:3 poster in the sizes that pages use."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from typing import Any

from django.conf import settings
from PIL import Image, ImageOps

from catalog.models.pictures import LARGEST, widths_up_to
from catalog.pictures.download import NoPicture

# What else Pillow can open has no business being a poster, and more decoders have more bugs.
READ = ("JPEG", "PNG", "WEBP", "AVIF")
WRITTEN: dict[str, dict[str, Any]] = {
    "avif": {"quality": 58, "speed": 6},
    "webp": {"quality": 78, "method": 4},
}
# Part of every digest: whoever changes a size or a quality counts it up, and every file has a new name.
EDITION = b"1"
SMALLEST = 120
WIDEST, TALLEST = 1.05, 0.4
BLUR_SIZE = (16, 24)
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, Image.DecompressionBombError)


@dataclass(frozen=True)
class Poster:
    """Ready to be kept: cut to 2:3 and no larger than the largest size in use."""

    image: Image.Image
    digest: str

    def files(self) -> Iterator[tuple[int, str, bytes]]:
        """Width, extension and content of every file."""
        for width in widths_up_to(self.image.width):
            sized = _fitted(self.image, width)
            for extension, settled in WRITTEN.items():
                yield width, extension, _written(sized, extension, **settled)

    def blur(self) -> str:
        tiny = ImageOps.fit(self.image, BLUR_SIZE, Image.Resampling.BOX)
        return f"data:image/webp;base64,{b64encode(_written(tiny, 'webp', quality=30, method=6)).decode()}"


def poster_of(body: bytes) -> Poster:
    """Raises NoPicture for what is no picture, too large, too small, or no poster's shape."""
    image = _upright(body)
    width = min(LARGEST, image.width, image.height * 2 // 3)
    return Poster(_fitted(image, width), blake2b(body, digest_size=12, person=EDITION).hexdigest())


def _upright(body: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(body), formats=READ) as image:
            _check_size(image)
            # A JPEG of any size is decoded at about the size that is needed.
            image.draft("RGB", (2 * LARGEST, 3 * LARGEST))
            return _on_white(ImageOps.exif_transpose(image))
    except UNREADABLE:
        raise NoPicture("The file cannot be read as a picture.") from None


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > settings.POSTER_PIXELS:
        raise NoPicture(f"The picture has more than {settings.POSTER_PIXELS} pixels.")
    if not TALLEST <= width / height <= WIDEST:
        raise NoPicture(f"{width} × {height} is not the shape of a poster.")
    if width < SMALLEST or height < SMALLEST * 3 // 2:
        raise NoPicture(f"{width} × {height} is too small for a poster.")


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    sheet = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(sheet, image.convert("RGBA")).convert("RGB")


def _fitted(image: Image.Image, width: int) -> Image.Image:
    return ImageOps.fit(image, (width, width * 3 // 2), Image.Resampling.LANCZOS)


def _written(image: Image.Image, extension: str, **settled: Any) -> bytes:
    stream = BytesIO()
    image.save(stream, extension.upper(), **settled)
    return stream.getvalue()
