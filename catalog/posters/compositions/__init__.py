"""What can be drawn on a poster, and which drawings suit which genre."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from catalog.posters.compositions import figures, lands, objects, patterns, skies
from catalog.posters.stage import Stage

Composition = Callable[[Stage], str]

COMPOSITIONS: dict[str, Composition] = {
    drawing.__name__: drawing
    for drawing in (
        skies.sun,
        skies.moon,
        skies.orbit,
        skies.planet,
        skies.constellation,
        skies.rays,
        skies.eclipse,
        skies.boat,
        lands.peaks,
        lands.waves,
        lands.mesa,
        lands.road,
        lands.skyline,
        lands.houses,
        lands.rain,
        lands.balloons,
        patterns.grid,
        patterns.maze,
        patterns.checker,
        patterns.confetti,
        patterns.slash,
        patterns.contours,
        patterns.blinds,
        patterns.filmstrip,
        patterns.equaliser,
        patterns.target,
        patterns.spiral,
        patterns.shards,
        patterns.streets,
        figures.eye,
        figures.flower,
        figures.duet,
        figures.door,
        figures.staircase,
        figures.teeth,
        figures.spotlight,
        figures.board,
        figures.curtain,
        figures.keyhole,
        figures.hand_of_cards,
        objects.lighthouse,
        objects.bridge,
        objects.forest,
        objects.clock,
        objects.rocket,
        objects.crown,
        objects.cat,
        objects.windows,
        objects.birds,
        objects.glass,
    )
}

GENRES: dict[str, str] = {
    "action": "slash target rays road skyline blinds shards clock",
    "adventure": "sun peaks boat road waves contours constellation lighthouse forest",
    "animation": "grid confetti balloons houses rays constellation waves flower rocket cat",
    "children": "balloons confetti houses boat grid flower constellation sun rocket cat crown",
    "comedy": "confetti rays board balloons hand_of_cards houses curtain grid streets glass cat",
    "crime": "blinds skyline streets keyhole hand_of_cards maze staircase slash door bridge clock",
    "documentary": "grid contours filmstrip equaliser eye streets eclipse birds bridge forest",
    "drama": "waves duet door rain eclipse road houses flower contours bridge windows birds lighthouse",
    "fantasy": "moon constellation peaks planet flower maze boat eclipse crown forest",
    "film-noir": "blinds rain staircase skyline door keyhole checker spotlight eye glass windows clock",
    "history": "peaks curtain contours sun staircase boat crown bridge birds clock",
    "horror": "moon teeth eye door eclipse spiral shards keyhole forest birds windows",
    "musical": "spotlight board curtain equaliser rays flower confetti glass windows",
    "mystery": "keyhole door maze eye checker spiral moon streets clock lighthouse cat windows",
    "romance": "duet flower waves rain boat constellation houses moon glass bridge lighthouse windows",
    "sci-fi": "orbit planet constellation eclipse checker maze spiral grid rocket clock",
    "sport": "target slash rays grid equaliser checker clock crown",
    "thriller": "shards slash staircase spiral maze target checker eye rain clock bridge birds windows",
    "war": "rays peaks target shards sun contours birds bridge clock",
    "western": "mesa sun road peaks hand_of_cards birds forest",
}
ALIASES = {
    "science fiction": "sci-fi",
    "scifi": "sci-fi",
    "family": "children",
    "music": "musical",
    "biography": "history",
    "historical": "history",
    "noir": "film-noir",
    "film noir": "film-noir",
    "anime": "animation",
    "sports": "sport",
    "imax": "adventure",
}
ANYTHING = ("waves", "duet", "eclipse", "grid", "contours", "filmstrip", "rays", "spotlight", "slash", "boat")


@lru_cache(maxsize=1024)
def _suiting(genres: tuple[str, ...]) -> tuple[str, ...]:
    known = [genre for genre in (ALIASES.get(name, name) for name in genres) if genre in GENRES]
    # Drama says little beside another genre, so it speaks only when it is alone.
    telling = [genre for genre in known if genre != "drama"] or known
    names = (name for genre in telling[:2] for name in GENRES[genre].split())
    return tuple(dict.fromkeys(names)) or ANYTHING


def suiting(genres: Sequence[str]) -> tuple[str, ...]:
    """The names of the compositions that suit a film of these genres, the telling ones only."""
    return _suiting(tuple(genre.lower() for genre in genres))
