"""Mountains, seas, deserts, roads and towns."""

from catalog.posters.shapes import box, circle, dots, ellipse, line, num, path, polygon, rect, turned
from catalog.posters.stage import WIDTH, Stage


def peaks(stage: Stage) -> str:
    """Three ranges of mountains, the farthest under snow."""
    dice, height = stage.dice, stage.height
    marks = circle(dice.between(50, 250), height * dice.between(0.14, 0.26), stage.reach * 0.24, stage.bright)
    for row, colour in enumerate((stage.second, stage.main, stage.third)):
        base, x, tops = height * (0.62 + 0.17 * row), dice.between(-60, -20), []
        ridge = [(x, height), (x, base)]
        while x < WIDTH:
            wide = dice.between(80, 150) / (1 + row * 0.25)
            tops.append(
                (
                    x + wide * dice.between(0.42, 0.58),
                    base - height * dice.between(0.16, 0.4) / (1 + row * 0.5),
                )
            )
            x += wide
            ridge += [tops[-1], (x, base - dice.between(0, 18))]
        marks += path(polygon(*ridge, (x, height)), colour)
        if row == 0:
            marks += path("".join(_snow(*top, height * 0.09) for top in tops), stage.light)
    return marks


def _snow(x: float, y: float, deep: float) -> str:
    """A cap with a torn lower edge, narrow enough to lie on any slope."""
    half = deep * 0.5
    return polygon(
        (x, y), (x + half, y + deep), (x + half * 0.3, y + deep * 0.72), (x - half * 0.2, y + deep * 1.1),
        (x - half * 0.45, y + deep * 0.7), (x - half, y + deep),
    )  # fmt: skip


def waves(stage: Stage) -> str:
    """Bands of rolling water, or of anything that swells."""
    dice, height = stage.dice, stage.height
    long, colours = dice.pick((75, 100, 150)), (stage.main, stage.second, stage.third, stage.paper)
    count = dice.whole(5, 9)
    step, start, bands = height / count, dice.whole(0, 3), ""
    for number in range(count + 1):
        swell, shift = dice.between(0.5, 1.2) * step * 1.7, dice.between(0, 2 * long)
        y = step * (number + 0.55)
        rest = f"t{long} 0" * (int(460 / long) + 1)
        d = f"M{num(-60 - shift)} {num(y)}q{num(long / 2)} {num(-swell)} {long} 0{rest}V600H-400z"
        bands += path(d, colours[(start + number) % 4])
    disc = circle(dice.between(60, 240), height * 0.2, dice.between(22, 60), stage.bright)
    lean = dice.pick((0, 0, -16, 14, 24))
    return (disc if dice.falls(0.5) else "") + turned(lean, 150, height / 2, bands)


def mesa(stage: Stage) -> str:
    """Table mountains in a desert, and one cactus."""
    dice, height = stage.dice, stage.height
    ground = height * dice.between(0.72, 0.8)
    marks = circle(dice.between(60, 240), ground - dice.between(30, 90), stage.reach * 0.42, stage.main)
    buttes = ""
    for x in (dice.between(-50, 0), dice.between(90, 150), dice.between(220, 260)):
        wide, tall = dice.between(50, 110), height * dice.between(0.16, 0.42)
        top = ground - tall
        buttes += polygon(
            (x - 22, ground),
            (x + 4, top + tall * 0.45),
            (x + 8, top),
            (x + wide - 8, top),
            (x + wide - 4, top + tall * 0.5),
            (x + wide + 26, ground),
        )
    marks += path(buttes, stage.second) + rect(0, ground, WIDTH, height - ground, stage.third)
    return marks + _cactus(
        dice.between(40, 250), height * 0.94, height * dice.between(0.3, 0.4), stage.bright
    )


def _cactus(x: float, foot: float, tall: float, colour: str) -> str:
    reach, arm = tall * 0.24, tall * 0.3
    limbs = (
        f"M{num(x)} {num(foot)}v{num(-tall)}"
        f"M{num(x - reach)} {num(foot - tall * 0.78)}v{num(arm * 0.6)}"
        f"q0 {num(reach)} {num(reach)} {num(reach)}"
        f"M{num(x + reach)} {num(foot - tall * 0.92)}v{num(arm)}q0 {num(reach)} {num(-reach)} {num(reach)}"
    )
    return line(limbs, colour, tall * 0.12, ' stroke-linecap="round"')


def road(stage: Stage) -> str:
    """A road that runs out to the horizon, where the sun stands."""
    dice, height = stage.dice, stage.height
    horizon, x = height * dice.between(0.4, 0.56), dice.pick((90, 150, 150, 210))
    radius = stage.reach * dice.between(0.34, 0.56)
    marks = circle(x, horizon - radius * dice.between(-0.2, 0.5), radius, stage.main)
    marks += rect(0, horizon, WIDTH, height - horizon, stage.second)
    left, right = dice.between(-20, 30), dice.between(270, 320)
    way = polygon((x - 3, horizon), (x + 3, horizon), (right, height), (left, height))
    middle, dashes = (left + right) / 2, ""
    for near in (0.08, 0.2, 0.38, 0.64):
        far = near * 1.5
        ends = [(x + (middle - x) * part, horizon + (height - horizon) * part) for part in (near, far)]
        (x1, y1), (x2, y2) = ends
        thin, thick = near * 9, far * 9
        dashes += polygon((x1 - thin, y1), (x1 + thin, y1), (x2 + thick, y2), (x2 - thick, y2))
    return marks + path(way, stage.third) + path(dashes, stage.bright)


def skyline(stage: Stage) -> str:
    """A town at night, in two rows, with its lit windows."""
    dice, height = stage.dice, stage.height
    marks = circle(dice.between(50, 250), height * 0.24, stage.reach * dice.between(0.2, 0.44), stage.main)
    for colour, low, high, lit in ((stage.second, 0.45, 0.85, ""), (stage.third, 0.25, 0.6, stage.paper)):
        blocks, panes, x = "", "", -dice.between(0, 24)
        while x < WIDTH:
            wide, tall = dice.between(28, 56), height * dice.between(low, high)
            blocks += box(x, height - tall, wide, tall)
            if dice.falls(0.25):
                blocks += box(x + wide / 2 - 1.5, height - tall - 22, 3, 22)
            panes += _panes(stage, x, height - tall, wide) if lit else ""
            x += wide + dice.pick((0, 0, 8))
        marks += path(blocks, colour) + (line(panes, lit, 6) if lit else "")
    return marks


def _panes(stage: Stage, x: float, top: float, wide: float) -> str:
    """Every row of windows is one broken line, some of it dark."""
    d, y = "", top + 14
    while y < stage.height - 6:
        for at in range(7, int(wide) - 8, 12):
            if stage.dice.falls(0.42):
                d += f"M{x + at:.0f} {y:.0f}h5"
        y += 15
    return d


def houses(stage: Stage) -> str:
    """A row of gabled houses, no two alike."""
    dice, height = stage.dice, stage.height
    colours, x, turn, marks = (stage.main, stage.second, stage.third), -dice.between(0, 30), 0, ""
    windows = ""
    while x < WIDTH:
        wide, tall = dice.between(54, 84), height * dice.between(0.34, 0.72)
        eaves = height - tall
        front = polygon(
            (x, height),
            (x, eaves),
            (x + wide / 2, eaves - wide * 0.55),
            (x + wide, eaves),
            (x + wide, height),
        )
        marks += path(front, colours[turn % 3])
        for row in range(int(tall / 46)):
            windows += box(x + wide * 0.2, eaves + 14 + row * 46, wide * 0.2, 24)
            windows += box(x + wide * 0.6, eaves + 14 + row * 46, wide * 0.2, 24)
        x += wide
        turn += dice.whole(1, 2)
    disc = circle(dice.between(40, 260), height * 0.16, dice.between(14, 30), stage.bright)
    return disc + marks + path(windows, stage.paper)


def rain(stage: Stage) -> str:
    """Slanting rain, and an umbrella under it."""
    dice, height = stage.dice, stage.height
    lean, drops = dice.between(-0.5, -0.15) * dice.pick((1, -1)), ""
    for _ in range(dice.whole(44, 64)):
        long = dice.between(14, 44)
        drops += f"M{dice.whole(-20, 320)} {dice.whole(-20, int(height))}l{num(lean * long)} {num(long)}"
    umbrellas = (_umbrella(stage, number) for number in range(dice.pick((1, 1, 2, 3))))
    return line(drops, stage.second, 3) + "".join(reversed(list(umbrellas)))


def _umbrella(stage: Stage, number: int) -> str:
    """The first large and near, others small, further up and at either side of it."""
    dice = stage.dice
    if number == 0:
        x, y, span = dice.between(100, 200), 0.68, stage.reach * dice.between(0.46, 0.72)
    else:
        x, y, span = (50, 252)[number - 1], dice.between(0.3, 0.4), stage.reach * 0.25
    y *= stage.height
    scallop = f"q{num(-span / 6)} {num(-span * 0.14)} {num(-span / 3)} 0"
    hood = f"M{num(x - span)} {num(y)}a{num(span)} {num(span)} 0 0 1 {num(2 * span)} 0{scallop * 6}z"
    stick = f"M{num(x)} {num(y - span - 12)}V{num(y + span * 0.7)}q0 14 -13 14t-13 -14"
    marks = path(hood, stage.main if number == 0 else stage.third)
    return turned(
        dice.between(-22, 22), x, y, marks + line(stick, stage.bright, 6, ' stroke-linecap="round"')
    )


def balloons(stage: Stage) -> str:
    """Balloons on their strings, rising."""
    dice, height, strings, marks = stage.dice, stage.height, "", ""
    count = dice.whole(4, 7)
    for number in range(count):
        x = 40 + 220 * (number + dice.between(-0.2, 0.2)) / (count - 1)
        y, size = height * dice.between(0.18, 0.6), stage.reach * dice.between(0.2, 0.34)
        strings += f"M{num(x)} {num(y + size)}Q{num(x)} {num(height * 0.8)} 150 {num(height + 60)}"
        colour = dice.pick((stage.main, stage.second, stage.third))
        marks += ellipse(x, y, size * 0.84, size, colour)
        marks += path(polygon((x, y + size - 2), (x + 6, y + size + 8), (x - 6, y + size + 8)), colour)
        marks += dots([(x - size * 0.32, y - size * 0.4)], stage.bright, size * 0.22)
    return line(strings, stage.bright, 1.6) + marks
