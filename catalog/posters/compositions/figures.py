"""Eyes, flowers, doors, stages: things with a shape of their own."""

import math

from catalog.posters.shapes import box, circle, dots, ellipse, line, num, path, polygon, rect, ring, turned
from catalog.posters.stage import WIDTH, Stage


def eye(stage: Stage) -> str:
    """An open eye, with or without its rays."""
    dice, half = stage.dice, min(134.0, stage.reach * stage.dice.between(0.85, 1.0))
    y, lid = stage.height * dice.between(0.48, 0.56), dice.between(0.95, 1.25)
    iris = half * 0.36
    almond = (
        f"M{num(150 - half)} {num(y)}Q150 {num(y - half * lid)} {num(150 + half)} {num(y)}"
        f"Q150 {num(y + half * lid)} {num(150 - half)} {num(y)}z"
    )
    glance = dice.between(-0.25, 0.25) * half
    ball = circle(150 + glance, y, iris, stage.main) + circle(150 + glance, y, iris * 0.5, stage.third)
    glint = dots([(150 + glance + iris * 0.4, y - iris * 0.4)], stage.paper, iris * 0.34)
    lashes = ""
    for number in range(dice.whole(9, 13)):
        turn = math.pi * (1.12 + 0.76 * number / 11)
        near, far = half * 0.92, half * dice.between(1.05, 1.3)
        lashes += (
            f"M{num(150 + near * math.cos(turn))} {num(y + near * math.sin(turn) * 0.86)}"
            f"L{num(150 + far * math.cos(turn))} {num(y + far * math.sin(turn))}"
        )
    return line(lashes, stage.second, 6) + path(almond, stage.bright) + ball + glint


def flower(stage: Stage) -> str:
    """One large flower, two rounds of petals."""
    dice, radius = stage.dice, stage.reach * stage.dice.between(0.74, 0.95)
    x, y, count = dice.between(110, 190), stage.height * dice.between(0.42, 0.5), dice.pick((5, 6, 8, 9, 12))
    sway, foot = num(x + dice.between(-40, 40)), num(stage.height)
    stem = f"M{num(x)} {num(y)}Q{sway} {num(stage.height * 0.8)} 150 {foot}"
    marks = line(stem, stage.second, 9)
    for length, colour in ((radius, stage.main), (radius * 0.62, stage.third)):
        broad = length * math.sin(math.pi / count) * 1.15
        petal = f"M0 0C{num(-broad * 1.4)} {num(-length * 0.5)} {num(-broad)} {num(-length)} 0 {num(-length)}"
        petal += f"S{num(broad * 1.4)} {num(-length * 0.5)} 0 0z"
        start = dice.between(0, 40)
        for number in range(count):
            turn = f"translate({num(x)} {num(y)})rotate({num(start + 360 * number / count)})"
            marks += path(petal, colour, f' transform="{turn}"')
    return marks + circle(x, y, radius * 0.2, stage.bright)


def duet(stage: Stage) -> str:
    """Two discs that meet, the shared part in a colour of its own."""
    dice, radius = stage.dice, stage.reach * stage.dice.between(0.56, 0.66)
    y, apart = stage.height / 2, radius * dice.between(0.5, 0.8)
    left, right = 150 - apart, 150 + apart
    tall = math.sqrt(radius**2 - apart**2)
    r = num(radius)
    lens = f"M150 {num(y - tall)}A{r} {r} 0 0 1 150 {num(y + tall)}A{r} {r} 0 0 1 150 {num(y - tall)}z"
    discs = circle(left, y, radius, stage.main) + circle(right, y, radius, stage.second)
    shared = path(lens, stage.bright)
    halo = ring(left, y, radius + 11, stage.main, 2) + ring(right, y, radius + 11, stage.second, 2)
    return turned(dice.pick((0, -28, 35, 62, 90)), 150, y, (halo if dice.falls(0.5) else "") + discs + shared)


def door(stage: Stage) -> str:
    """A door ajar, its light on the floor, someone in it."""
    dice, height = stage.dice, stage.height
    x, wide, tall = dice.between(70, 160), dice.between(60, 84), height * dice.between(0.5, 0.62)
    foot = height * 0.74
    lean = dice.between(-70, 70)
    floor = rect(0, foot, WIDTH, height - foot, stage.second)
    light = polygon((x, foot), (x + wide, foot), (x + wide + lean + 34, height), (x + lean - 34, height))
    frame = rect(x, foot - tall, wide, tall, stage.bright)
    leaf = polygon(
        (x + wide, foot - tall),
        (x + wide + 34, foot - tall - 20),
        (x + wide + 34, foot + 20),
        (x + wide, foot),
    )
    man = wide * 0.17
    head = foot - tall * 0.62
    body = polygon(
        (x + wide / 2 - man, head + man),
        (x + wide / 2 + man, head + man),
        (x + wide / 2 + man * 0.8, foot + 2),
        (x + wide / 2 - man * 0.8, foot + 2),
    )
    someone = circle(x + wide / 2, head, man * 0.72, stage.third) + path(body, stage.third)
    return floor + path(light, stage.bright) + frame + path(leaf, stage.main) + someone


def staircase(stage: Stage) -> str:
    """Steps that climb to a small disc of light."""
    dice, height, count = stage.dice, stage.height, stage.dice.whole(5, 9)
    wide, tall = WIDTH / count, height * dice.between(0.6, 0.74) / count
    solid = shade = ""
    for number in range(count):
        top = height - tall * (number + 1)
        solid += box(number * wide, top, wide + 0.5, height - top)
        shade += box(number * wide, top, wide, tall * 0.34)
    climber = height - tall * (count - 1.6) - dice.between(34, 60)
    steps = path(solid, stage.second) + path(shade, stage.bright)
    disc = circle(60 + dice.between(0, 60), max(climber * 0.6, 46), stage.reach * 0.3, stage.main)
    flip = ' transform="matrix(-1 0 0 1 300 0)"' if dice.falls(0.5) else ""
    return f"<g{flip}>{disc}{steps}</g>"


def teeth(stage: Stage) -> str:
    """A mouth of pointed teeth, and something small between them."""
    dice, height, count = stage.dice, stage.height, stage.dice.whole(5, 8)
    wide, rows = WIDTH / count, ""
    for edge, way in ((0.0, 1), (height, -1)):
        ridge = [(-10.0, edge)]
        for number in range(count):
            tip = edge + way * height * dice.between(0.2, 0.38)
            ridge += [(number * wide, edge + way * height * 0.1), ((number + 0.5) * wide, tip)]
        rows += polygon(*ridge, (WIDTH + 10, edge + way * height * 0.1), (WIDTH + 10, edge))
    small = circle(dice.between(110, 190), height / 2, stage.reach * 0.16, stage.third)
    throat = circle(150, height / 2, stage.reach * dice.between(0.62, 0.9), stage.main)
    return throat + small + path(rows, stage.bright)


def spotlight(stage: Stage) -> str:
    """Beams from above that meet on a stage."""
    dice, height = stage.dice, stage.height
    x, floor = dice.between(110, 190), height * dice.between(0.8, 0.88)
    starts = dice.pick(((20, 280), (150,), (-20, 150, 320), (40, 200), (260, 90)))
    wide = stage.reach * dice.between(0.46, 0.66)
    beams = "".join(
        path(polygon((top - 8, -6), (top + 8, -6), (x + wide, floor), (x - wide, floor)), colour)
        for top, colour in zip(starts, (stage.second, stage.third, stage.second), strict=False)
    )
    pool = ellipse(x, floor, wide, wide * 0.2, stage.bright)
    star = _star(x, floor - wide * dice.between(0.6, 0.9), wide * dice.between(0.4, 0.55), dice.between(0, 1))
    return beams + pool + path(star, stage.main)


def _star(x: float, y: float, radius: float, turn: float) -> str:
    points = []
    for number in range(10):
        angle = turn + math.pi * number / 5
        reach = radius if number % 2 else radius * 0.42
        points.append((x + reach * math.sin(angle), y + reach * math.cos(angle)))
    return polygon(*points)


def board(stage: Stage) -> str:
    """A lit sign, bulbs all around, a shape on it."""
    dice, height = stage.dice, stage.height
    sign = rect(14, 14, 272, height - 28, stage.second, ' rx="8"')
    across, down = dice.pick((9, 11, 13)), max(4, round((height - 52) / 25))
    bulbs = [(28 + 244 * n / (across - 1), y) for n in range(across) for y in (28, height - 28)]
    bulbs += [(x, 28 + (height - 56) * n / down) for n in range(1, down) for x in (28, 272)]
    y, radius = height / 2, min(stage.reach - 50, 98)
    star = path(_star(150, y, radius, dice.between(0, 1)), stage.bright)
    r = num(radius)
    half = path(f"M150 {num(y - radius)}a{r} {r} 0 0 1 0 {num(2 * radius)}z", stage.third)
    disc = circle(150, y, radius, stage.main) + half + circle(150, y, radius * 0.4, stage.bright)
    arrow = path(
        polygon((150 - radius, y - 26), (150, y - 26), (150, y - radius * 0.8), (150 + radius, y),
                (150, y + radius * 0.8), (150, y + 26), (150 - radius, y + 26)),
        stage.main,
    )  # fmt: skip
    figure = dice.pick((star, disc, turned(dice.pick((0, 45, 90, 180)), 150, y, arrow)))
    return sign + dots(bulbs, stage.bright, 9) + figure


def curtain(stage: Stage) -> str:
    """A stage curtain drawn aside in folds."""
    dice, folds = stage.dice, 5
    opening, marks = (
        dice.between(0.3, 0.62),
        circle(150, stage.height * 0.56, stage.reach * 0.34, stage.bright),
    )
    half = ""
    for number in range(folds):
        share = (folds - number) / folds
        colour = (stage.main, stage.second)[number % 2]
        half += _fold(stage.height, WIDTH * 0.52 * share, WIDTH * (0.5 - opening * 0.42) * share, colour)
    return marks + half + f'<g transform="matrix(-1 0 0 1 {WIDTH} 0)">{half}</g>'


def _fold(height: float, top: float, foot: float, colour: str) -> str:
    """One fold from the left edge, held in by the tie below its middle."""
    tie = height * 0.62
    inward = f"M0 0H{num(top)}Q{num(top)} {num(tie * 0.7)} {num(foot * 0.6)} {num(tie)}"
    outward = f"Q{num(foot * 0.7)} {num(height * 0.8)} {num(foot)} {num(height)}H0z"
    return path(inward + outward, colour)


def keyhole(stage: Stage) -> str:
    """A keyhole with an eye of light behind it."""
    dice, y = stage.dice, stage.height * stage.dice.between(0.36, 0.44)
    radius = stage.reach * dice.between(0.3, 0.4)
    foot, flare = min(stage.height * 0.9, y + radius * 3), radius * dice.between(0.8, 1.15)
    slot = polygon((150 - radius * 0.5, y), (150 + radius * 0.5, y), (150 + flare, foot), (150 - flare, foot))
    plate = stage.reach * 0.9
    shield = rect(
        150 - plate * 0.72, 14, plate * 1.44, stage.height - 28, stage.second, f' rx="{num(plate * 0.72)}"'
    )
    hole = circle(150, y, radius, stage.bright) + path(slot, stage.bright)
    return shield + hole + circle(150, y, radius * 0.52, stage.main)


def hand_of_cards(stage: Stage) -> str:
    """Playing cards in a fan."""
    dice, height = stage.dice, stage.height
    count, tall = dice.whole(3, 5), min(height * 0.66, 190)
    wide, spread = tall * 0.64, dice.between(14, 22)
    marks = ""
    for number in range(count):
        turn = (number - (count - 1) / 2) * spread
        y = height * 0.5 - tall * 0.5
        colour = (stage.bright, stage.second)[number % 2]
        mark = (stage.main, stage.third)[number % 2]
        pip = tall * 0.16
        card = rect(150 - wide / 2, y, wide, tall, colour, f' rx="9" stroke="{stage.paper}" stroke-width="3"')
        middle = y + tall / 2
        diamond = polygon(
            (150, middle - pip * 1.3), (150 + pip, middle), (150, middle + pip * 1.3), (150 - pip, middle)
        )
        marks += turned(turn, 150, height * 1.05, card + path(diamond, mark))
    return marks
