from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from catalog.pictures import shelf

# A changed poster has another name, so no browser ever has to ask for one again.
FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def poster_file(request: HttpRequest, name: str) -> FileResponse:
    """The pattern of the address lets nothing through but the names of posters."""
    try:
        content = shelf.path_of(name).open("rb")
    except OSError:
        raise Http404 from None
    media_type = f"image/{name.rpartition('.')[2]}"
    return FileResponse(content, content_type=media_type, headers={"Cache-Control": FOR_GOOD})
