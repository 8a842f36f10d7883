"""Lighthouses, rockets, cats: one thing that stands in the middle of things."""

import math

from catalog.posters.dice import Dice
from catalog.posters.shapes import (
    box,
    circle,
    dots,
    line,
    num,
    path,
    placed,
    polygon,
    rect,
    ring,
    turned,
)
from catalog.posters.stage import WIDTH, Stage

ROUND = ' stroke-linecap="round"'


def lighthouse(stage: Stage) -> str:
    """A tower with bands, its beam over the water."""
    dice, height = stage.dice, stage.height
    x, foot, top = dice.pick((84, 116, 184, 216)), height * dice.between(0.8, 0.86), height * 0.24
    low, high = top + height * dice.between(0.1, 0.24), top - height * dice.between(0.1, 0.24)
    far = WIDTH + 10 if x < WIDTH / 2 else -10
    beam = path(polygon((x, top), (far, high), (far, low)), stage.main)
    tower = path("M-15-100H15L24 0H-24z", stage.bright)
    dark = path(
        _bands(dice.whole(2, 3)) + "M-10-120H10V-100H-10zM-20-100H20v4H-20zM-14-120 0-134 14-120z",
        stage.second,
    )
    rock = f"M0 {num(height)}V{num(foot + 14)}Q{x} {num(foot - 26)} {WIDTH} {num(foot + 22)}V{num(height)}z"
    return beam + placed(x, foot, (foot - top) / 100, tower + dark) + path(rock, stage.third)


def _bands(count: int) -> str:
    """Around a tower that is a hundred units tall and broadens from 15 to 24 on each side."""
    d = ""
    for number in range(count):
        upper, lower = 100 * (number + 0.5) / (count + 0.25), 100 * (number + 1) / (count + 0.25)
        wide, wider = 15 + upper * 0.09, 15 + lower * 0.09
        d += polygon((-wide, upper - 100), (wide, upper - 100), (wider, lower - 100), (-wider, lower - 100))
    return d


def bridge(stage: Stage) -> str:
    """A suspension bridge before the sun or the moon."""
    dice, height = stage.dice, stage.height
    deck, top, left = (
        height * dice.between(0.66, 0.78),
        height * dice.between(0.16, 0.26),
        dice.between(62, 90),
    )
    right, sag, radius = WIDTH - left, deck - 10, stage.reach * dice.between(0.36, 0.54)
    disc = circle(dice.between(110, 190), top + radius * dice.between(0.7, 1.1), radius, stage.main)
    cables = f"M{num(left)} {num(top)}Q150 {num(2 * sag - top)} {num(right)} {num(top)}"
    for tower, end, near in ((left, -40, left * 0.45), (right, 340, WIDTH - left * 0.45)):
        cables += f"M{end} {num(deck)}Q{num(near)} {num(deck - 20)} {num(tower)} {num(top)}"
    hangers = ""
    for share in (number / 13 for number in range(1, 13)):
        y = top + (sag - top) * 4 * share * (1 - share)
        hangers += f"M{num(left + (right - left) * share)} {num(y)}V{num(deck)}"
    iron = "".join(box(x - 8, top - 8, 16, height - top + 8) for x in (left, right)) + box(0, deck, WIDTH, 10)
    water = rect(0, height * 0.88, WIDTH, height * 0.12, stage.second)
    ropes = line(cables, stage.bright, 4) + line(hangers, stage.bright, 1.5)
    return disc + water + path(iron, stage.third) + ropes


def forest(stage: Stage) -> str:
    """Trunks before a low disc, birches in front."""
    dice, height = stage.dice, stage.height
    x, y = dice.between(90, 210), height * dice.between(0.42, 0.6)
    marks = circle(x, y, stage.reach * dice.between(0.42, 0.66), stage.main)
    for colour, count, broad in ((stage.third, 9, 9), (stage.second, 6, 16), (stage.bright, 3, 27)):
        trunks, bark = "", ""
        for number in range(count):
            x, lean = WIDTH / count * (number + dice.between(0.15, 0.85)), dice.between(-8, 8)
            wide = broad * dice.between(0.75, 1.25)
            trunks += polygon((x + lean, 0), (x + wide * 0.8 + lean, 0), (x + wide, height), (x, height))
            bark += _bark(dice, x, wide, lean, height) if colour == stage.bright else ""
        marks += path(trunks, colour) + (path(bark, stage.paper) if bark else "")
    return marks


def _bark(dice: Dice, x: float, wide: float, lean: float, height: float) -> str:
    d, y = "", dice.between(10, 40)
    while y < height:
        d += box(x + lean * (1 - y / height) + dice.pick((1, wide * 0.5)), y, wide * 0.36, 3)
        y += dice.between(18, 44)
    return d


def clock(stage: Stage) -> str:
    """A dial without figures, its hands at an hour of their own."""
    dice, radius = stage.dice, stage.reach * stage.dice.between(0.76, 0.9)
    x, y = radius + 6 + dice.fraction() * (WIDTH - 12 - radius * 2.1), stage.height * 0.5
    ticks = "".join(
        _spoke(hour / 12, radius * (0.68 if hour % 3 else 0.58), radius * 0.8) for hour in range(12)
    )
    short = _spoke(dice.fraction(), -radius * 0.1, radius * 0.42)
    long = _spoke(dice.whole(0, 11) / 12, -radius * 0.14, radius * 0.66)
    shadow = circle(radius * 0.09, radius * 0.09, radius, stage.second)
    face = (
        circle(0, 0, radius, stage.main)
        + ring(0, 0, radius * 0.92, stage.third, 3)
        + line(ticks, stage.third, 6)
    )
    hands = line(short, stage.bright, 11, ROUND) + line(long, stage.bright, 6, ROUND)
    return placed(x, y, 1, shadow + face + hands + circle(0, 0, 7, stage.third))


def _spoke(turn: float, near: float, far: float) -> str:
    """A line away from the origin, at a share of a whole turn."""
    across, up = math.sin(math.tau * turn), -math.cos(math.tau * turn)
    return f"M{num(near * across)} {num(near * up)}L{num(far * across)} {num(far * up)}"


def rocket(stage: Stage) -> str:
    """A rocket on its way, and what it leaves behind."""
    dice, size = stage.dice, stage.reach * stage.dice.between(0.62, 0.76)
    x, y, tilt = 150 + dice.between(-24, 24), stage.height * 0.46, dice.between(-34, 34)
    stars = [(dice.between(6, 294), dice.between(6, stage.height - 6)) for _ in range(26)]
    smoke = "".join(
        circle(dice.between(-26, 26), 115 + step * 24, 16 + step * 9, stage.second) for step in range(4)
    )
    ship = smoke + path("M-20 54Q0 205 20 54z", stage.third)
    ship += path("M-34 5-71 72-17 50zM34 5 71 72 17 50z", stage.main)
    ship += path("M0-100C51-40 34 30 24 56H-24C-34 30-51-40 0-100z", stage.bright)
    ship += circle(0, -22, 17, stage.third) + ring(0, -22, 17, stage.paper, 4)
    return dots(stars, stage.bright, 2) + turned(tilt, x, y, placed(x, y, size / 100, ship))


def crown(stage: Stage) -> str:
    """A crown with as many points as it likes, before a disc or not."""
    dice, half, points = stage.dice, min(stage.reach * 0.86, 112.0), stage.dice.pick((3, 3, 5, 5, 7))
    d, tips = "M-100 50", []
    for number in range(points):
        share, peak = number / (points - 1), -dice.between(62, 72)
        tips.append((-112 + 224 * share, peak + abs(share - 0.5) * 36))
        d += f"L{num(tips[-1][0])} {num(tips[-1][1])}"
        d += f"L{num(-100 + 200 * (number + 0.5) / (points - 1))} 6" if number < points - 1 else "L100 50z"
    gems = dots([(-70 + 35 * number, 63) for number in range(5)], stage.bright, 11)
    marks = circle(0, -6, 132, stage.third) if dice.falls(0.6) else ""
    marks += path(d, stage.main) + rect(-100, 49, 200, 28, stage.second) + gems + dots(tips, stage.bright, 20)
    return placed(150, stage.height * dice.between(0.56, 0.62), half / 100, marks)


def cat(stage: Stage) -> str:
    """A cat that sits with its back to us and looks at the moon."""
    dice, height = stage.dice, stage.height
    tall, x, ground = min(height * 0.68, 210.0), dice.pick((96, 204)), height * 0.9
    side = 1 if x < WIDTH / 2 else -1
    moon_x, moon_y = x + side * dice.between(70, 104), height * dice.between(0.26, 0.34)
    moon = circle(moon_x, moon_y, stage.reach * dice.between(0.3, 0.48), stage.main)
    shape = "M-10-78C-44-30-34 0 0 0S44-30 10-78zM2-88 17-107V-78zM-2-88-17-107V-78z"
    body = path(shape, stage.bright) + circle(0, -78, 18, stage.bright)
    body += line("M0-6C60 8 42-34 64-38", stage.bright, 8.5, ROUND)
    wall = rect(0, ground - 2, WIDTH, height - ground + 2, stage.third)
    return moon + wall + placed(x, ground, tall / 100, body, mirrored=side < 0)


def windows(stage: Stage) -> str:
    """The house across the yard: dark windows, lit ones, and somebody in one of them."""
    dice, across = stage.dice, stage.dice.whole(3, 5)
    down = max(2, round(stage.height / WIDTH * across * 0.8))
    wide, tall = WIDTH / across, stage.height / down
    panes = [((column + 0.2) * wide, (row + 0.16) * tall) for row in range(down) for column in range(across)]
    home, lit, dark, curtains = dice.pick(panes), "", "", ""
    for x, y in panes:
        pane = box(x, y, wide * 0.6, tall * 0.68)
        if (x, y) == home or dice.falls(0.3):
            lit += pane
            drawn = dice.pick(((0.16, 0.68), (0.6, 0.24), (0, 0))) if (x, y) != home else (0, 0)
            curtains += box(x, y, wide * drawn[0], tall * drawn[1]) if any(drawn) else ""
        else:
            dark += pane
    head = min(wide * 0.11, tall * 0.16)
    person = path("M-2 0a2 2 0 0 1 4 0z", stage.third) + circle(0, -2.5, 1, stage.third)
    somebody = placed(home[0] + wide * 0.3, home[1] + tall * 0.68, head, person)
    return path(dark, stage.second) + path(lit, stage.main) + path(curtains, stage.bright) + somebody


def birds(stage: Stage) -> str:
    """Birds on wires, and one that has just left."""
    dice, height = stage.dice, stage.height
    count, wires, flock = 3 if height < 190 else dice.whole(4, 6), "", ""
    x, y = dice.between(80, 220), height * dice.between(0.3, 0.6)
    disc = circle(x, y, stage.reach * dice.between(0.4, 0.62), stage.main)
    for number in range(count):
        y, sag = height * (number + 0.8) / (count + 0.6), dice.between(6, 22)
        wires += f"M0 {num(y)}Q150 {num(y + 2 * sag)} 300 {num(y)}"
        for _ in range(dice.whole(1, 4)):
            share = dice.between(0.06, 0.94)
            spot = (WIDTH * share, y + 4 * sag * share * (1 - share))
            bird = path("M15 8-2-16q-5-7-10 0l-6 3 4 1Q-11 0 0 1z", stage.bright)
            flock += placed(*spot, dice.between(0.9, 1.5), bird, mirrored=dice.falls(0.5))
    away = path("M-27-9Q-8-17 0 0 8-17 27-9 10-9 0 9-10-9-27-9z", stage.bright)
    return (
        disc + line(wires, stage.second, 2) + flock + placed(dice.between(90, 210), height * 0.14, 1.1, away)
    )


def glass(stage: Stage) -> str:
    """A cocktail glass with something in it."""
    dice, half = stage.dice, min(stage.reach * 0.72, 96.0)
    x, rim, level = dice.pick((130, 150, 170)), stage.height * 0.5 - half * 0.9, dice.whole(20, 36)
    marks = circle(0, 60, 150, stage.second) if dice.falls(0.65) else ""
    marks += path("M-100 0H100L0 100zM-4 92h8V195h-8zM-60 203q60-16 120 0z", stage.bright)
    marks += path(f"M{level - 100} {level}H{100 - level}L0 100z", stage.main)
    marks += line("M-20 62 84-44", stage.third, 4) + circle(16, level - 2, 17, stage.third)
    return placed(x, rim, half / 100, marks)
