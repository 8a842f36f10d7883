"""Suns, moons, planets and stars."""

import math

from catalog.posters.shapes import box, circle, dots, line, num, path, polygon, rect, ring, turned
from catalog.posters.stage import WIDTH, Stage


def _stars(stage: Stage, count: int, depth: float = 1.0) -> str:
    dice = stage.dice
    points = [(dice.between(6, 294), dice.between(6, stage.height * depth)) for _ in range(count)]
    return dots(points[::3], stage.bright, 3) + dots(points, stage.bright, 1.6)


def sun(stage: Stage) -> str:
    """A setting sun, cut into stripes by the haze."""
    dice, radius = stage.dice, stage.reach * stage.dice.between(0.62, 0.86)
    x, y = dice.pick((95, 150, 150, 205)), stage.height * dice.between(0.42, 0.52)
    count, stripes, at = dice.whole(4, 7), "", y - radius * 0.1
    step = radius * 1.1 / count
    for number in range(count):
        stripes += box(0, at, WIDTH, step * (number + 1) / (count + 1.5))
        at += step
    land = y + radius * dice.between(0.55, 0.8)
    swell = dice.between(-34, 34)
    hill = f"M0 {num(land)}q75 {num(-swell)} 150 0t150 0V{num(stage.height)}H0z"
    return circle(x, y, radius, stage.main) + path(stripes, stage.paper) + path(hill, stage.second)


def moon(stage: Stage) -> str:
    """A full moon behind two rows of spires."""
    dice, height = stage.dice, stage.height
    radius = stage.reach * dice.between(0.36, 0.6)
    disc = circle(dice.between(80, 220), radius + dice.between(14, 40), radius, stage.bright)
    rows = ""
    for colour, low, high, broad in ((stage.second, 0.5, 0.8, 26), (stage.third, 0.25, 0.5, 20)):
        spires = ""
        x = -dice.between(0, 20)
        while x < WIDTH:
            wide = broad * dice.between(0.6, 1.3)
            top = height * (1 - dice.between(low, high))
            spires += polygon((x, height), (x + wide / 2, top), (x + wide, height))
            x += wide * dice.between(0.75, 1.2)
        rows += path(spires, colour)
    return disc + rows


def orbit(stage: Stage) -> str:
    """Bodies on their rings, seen from above or from the side."""
    dice = stage.dice
    x, y = dice.between(110, 190), stage.height * dice.between(0.42, 0.58)
    count, flat = dice.whole(4, 7), dice.pick((1.0, 1.0, 0.45, 0.6))
    step = max(WIDTH * 0.62, stage.reach) / count / (0.5 + flat / 2)
    marks = ""
    for number in range(1, count + 1):
        radius, turn = step * number, dice.between(0, math.tau)
        marks += ring(0, 0, radius, stage.bright if number % 2 else stage.second, dice.pick((1.5, 2, 5)))
        body = dice.between(5, 8 + number * 2.4)
        colour = dice.pick((stage.main, stage.third, stage.second))
        marks += circle(radius * math.cos(turn), radius * math.sin(turn), body, colour)
    marks += circle(0, 0, step * dice.between(0.35, 0.62), stage.main)
    tilt = num(dice.between(-35, 35))
    place = f"translate({num(x)} {num(y)})rotate({tilt})scale(1 {num(flat)})"
    return _stars(stage, 30) + f'<g transform="{place}">{marks}</g>'


def planet(stage: Stage) -> str:
    """A great ringed planet with its night side."""
    dice, radius = stage.dice, stage.reach * stage.dice.between(0.52, 0.74)
    x, y = dice.between(100, 200), stage.height * dice.between(0.46, 0.56)
    night = (
        f"M{num(x)} {num(y - radius)}a{num(radius)} {num(radius)} 0 0 1 0 {num(2 * radius)}"
        f"a{num(radius * 1.4)} {num(radius * 1.4)} 0 0 0 0 {num(-2 * radius)}z"
    )
    across, thick = radius * dice.between(1.5, 1.8), dice.between(6, 12)
    low = across * dice.between(0.16, 0.3)
    # The ring's far half lies behind the planet, the near half before it.
    half = f"M{num(x - across)} {num(y)}A{num(across)} {num(low)} 0 0 {{}} {num(x + across)} {num(y)}"
    ball = circle(x, y, radius, stage.main) + path(night, stage.second)
    rings = line(half.format(1), stage.bright, thick) + ball + line(half.format(0), stage.bright, thick)
    return _stars(stage, 36) + turned(dice.between(-32, 32), x, y, rings)


def constellation(stage: Stage) -> str:
    """A few stars joined by a line across a large pale disc."""
    dice, count = stage.dice, stage.dice.whole(6, 9)
    disc = circle(
        dice.between(60, 240), stage.height * dice.between(0.35, 0.65), stage.reach * 0.72, stage.second
    )
    span = stage.height - 50
    points = [
        (30 + 240 * (number + dice.between(-0.3, 0.3)) / (count - 1), 25 + span * dice.fraction())
        for number in range(count)
    ]
    joined = line(polygon(*points)[:-1], stage.bright, 1.6)
    stars = dots(points, stage.main, 18) + dots(points[1::2], stage.bright, 9)
    return disc + _stars(stage, 45) + joined + stars


def rays(stage: Stage) -> str:
    """A burst of light from one point."""
    dice, count = stage.dice, stage.dice.whole(9, 16)
    x, y = dice.pick((0, 60, 150, 150, 240, 300)), stage.height * dice.pick((0.5, 0.62, 0.8, 1))
    start, far = dice.fraction(), WIDTH + stage.height
    wedges = ""
    for number in range(count):
        sides = [math.tau * (number + start + part) / count for part in (0, 0.5)]
        wedges += polygon((x, y), *((x + far * math.cos(side), y + far * math.sin(side)) for side in sides))
    radius = stage.reach * dice.between(0.3, 0.6)
    core = circle(x, y, radius * 1.28, stage.paper) + circle(x, y, radius, stage.main)
    return path(wedges, stage.second) + core


def eclipse(stage: Stage) -> str:
    """One disc slides before another, rings of light around them."""
    dice, radius = stage.dice, stage.reach * stage.dice.between(0.42, 0.56)
    x, y = dice.between(120, 180), stage.height * dice.between(0.44, 0.56)
    turn, shift = dice.between(0, math.tau), radius * dice.between(0.12, 0.5)
    halo = "".join(
        ring(x, y, radius + 13 * number, stage.second, 5 - number) for number in range(1, dice.whole(3, 5))
    )
    shade = circle(x + shift * math.cos(turn), y + shift * math.sin(turn), radius * 0.94, stage.third)
    return halo + circle(x, y, radius, stage.main) + shade


def boat(stage: Stage) -> str:
    """A small sail on a wide sea, the light broken on the water."""
    dice, horizon = stage.dice, stage.height * stage.dice.between(0.46, 0.62)
    sky = circle(
        dice.between(60, 240),
        horizon * dice.between(0.4, 1),
        stage.reach * dice.between(0.3, 0.55),
        stage.main,
    )
    sea = rect(0, horizon, WIDTH, stage.height - horizon, stage.second)
    glints = ""
    y = horizon + 10
    while y < stage.height:
        for _ in range(3):
            glints += f"M{dice.whole(0, 280)} {num(y)}h{dice.whole(14, 70)}"
        y += dice.between(13, 20)
    x, tall = dice.between(90, 210), stage.height * dice.between(0.2, 0.32)
    foot = horizon + 12
    sails = polygon((x, foot), (x, foot - tall), (x - tall * 0.5, foot)) + polygon(
        (x + 5, foot), (x + 5, foot - tall * 0.8), (x + tall * 0.36, foot)
    )
    hull = polygon(
        (x - tall * 0.5, foot + 5),
        (x + tall * 0.42, foot + 5),
        (x + tall * 0.28, foot + 16),
        (x - tall * 0.36, foot + 16),
    )
    return sky + sea + line(glints, stage.paper, 3) + path(sails + hull, stage.bright)
