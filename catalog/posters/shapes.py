"""The few SVG marks that posters are made of, written with as few bytes as they allow."""

from collections.abc import Iterable

Point = tuple[float, float]


def num(value: float) -> str:
    """At most one decimal, and none where it is zero."""
    return f"{round(value, 1):g}"


def circle(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(radius)}" fill="{fill}"/>'


def ellipse(x: float, y: float, wide: float, tall: float, fill: str) -> str:
    return f'<ellipse cx="{num(x)}" cy="{num(y)}" rx="{num(wide)}" ry="{num(tall)}" fill="{fill}"/>'


def ring(x: float, y: float, radius: float, stroke: str, width: float) -> str:
    return (
        f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(radius)}" fill="none" '
        f'stroke="{stroke}" stroke-width="{num(width)}"/>'
    )


def rect(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    place = f'x="{num(x)}" y="{num(y)}" ' if x or y else ""
    return f'<rect {place}width="{num(width)}" height="{num(height)}" fill="{fill}"{more}/>'


def path(d: str, fill: str, more: str = "") -> str:
    return f'<path d="{d}" fill="{fill}"{more}/>'


def line(d: str, stroke: str, width: float, more: str = "") -> str:
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{num(width)}"{more}/>'


def dots(points: Iterable[Point], stroke: str, size: float) -> str:
    """Many discs in one element: a round line cap on a line of no length."""
    d = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in points)
    return line(d, stroke, size, ' stroke-linecap="round"')


def polygon(*points: Point) -> str:
    """The path of a closed shape, to be joined with others into one element."""
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points) + "z"


def box(x: float, y: float, width: float, height: float) -> str:
    """The path of an upright rectangle."""
    return f"M{num(x)} {num(y)}h{num(width)}v{num(height)}h{num(-width)}z"


def turned(angle: float, x: float, y: float, marks: str) -> str:
    return f'<g transform="rotate({num(angle)} {num(x)} {num(y)})">{marks}</g>'


def placed(x: float, y: float, scale: float, marks: str, *, mirrored: bool = False) -> str:
    """Marks drawn around the origin, moved to their place and to their size."""
    across = -scale if mirrored else scale
    return f'<g transform="translate({num(x)} {num(y)})scale({across:.3g} {scale:.3g})">{marks}</g>'
