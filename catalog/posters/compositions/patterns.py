"""Grids, stripes, mazes and other things that repeat."""

import math
from itertools import pairwise

from catalog.posters.shapes import box, circle, dots, line, num, path, polygon, ring, turned
from catalog.posters.stage import WIDTH, Stage


def _tiles(stage: Stage, across: int) -> list[tuple[float, float]]:
    size = WIDTH / across
    return [(x * size, y * size) for y in range(math.ceil(stage.height / size)) for x in range(across)]


def grid(stage: Stage) -> str:
    """Quarter discs, discs and squares on a grid, as at the Bauhaus."""
    dice, across = stage.dice, stage.dice.pick((3, 4, 4, 5, 6))
    size = WIDTH / across
    z, half = num(size), num(size / 2)
    shapes = {stage.main: "", stage.second: "", stage.third: "", stage.bright: ""}
    for x, y in _tiles(stage, across):
        colour = dice.pick((stage.main, stage.main, stage.second, stage.third, stage.bright))
        corner = f"M{num(x)} {num(y)}"
        shapes[colour] += dice.pick(
            (
                f"{corner}h{z}a{z} {z} 0 0 1 -{z} {z}z",
                f"{corner}v{z}h{z}a{z} {z} 0 0 1 -{z} -{z}z",
                f"M{num(x)} {num(y + size / 2)}a{half} {half} 0 0 1 {z} 0a{half} {half} 0 0 1 -{z} 0z",
                f"{corner}h{z}l-{z} {z}z",
                f"{corner}h{z}v{z}h-{z}z",
                "",
            )
        )
    return "".join(path(d, colour) for colour, d in shapes.items() if d)


def maze(stage: Stage) -> str:
    """Quarter circles, each turned one way or the other, join into a maze."""
    dice, across = stage.dice, stage.dice.pick((3, 4, 4))
    size = WIDTH / across
    r, whole, d = num(size / 2), size, ""
    for x, y in _tiles(stage, across):
        if dice.falls(0.5):
            d += f"M{num(x + size / 2)} {num(y)}a{r} {r} 0 0 1 -{r} {r}"
            d += f"M{num(x + whole)} {num(y + size / 2)}a{r} {r} 0 0 0 -{r} {r}"
        else:
            d += f"M{num(x + size / 2)} {num(y)}a{r} {r} 0 0 0 {r} {r}"
            d += f"M{num(x)} {num(y + size / 2)}a{r} {r} 0 0 1 {r} {r}"
    goal = circle(dice.between(70, 230), stage.height * dice.between(0.3, 0.7), size * 0.62, stage.bright)
    return line(d, stage.second, size * 0.36) + line(d, stage.main, size * 0.12) + goal


def checker(stage: Stage) -> str:
    """A chequered floor that runs to a vanishing point under a lone disc."""
    dice, horizon = stage.dice, stage.height * stage.dice.between(0.36, 0.5)
    x, depth = dice.pick((90, 150, 210)), stage.height - horizon
    edges = [horizon + depth * (row / 5) ** 1.9 for row in range(6)]
    d = ""
    for row, (top, bottom) in enumerate(pairwise(edges)):
        for column in range(-9 + row % 2, 10, 2):
            d += polygon(
                (_spread(x, column, top, horizon, depth), top),
                (_spread(x, column + 1, top, horizon, depth), top),
                (_spread(x, column + 1, bottom, horizon, depth), bottom),
                (_spread(x, column, bottom, horizon, depth), bottom),
            )
    radius = horizon * dice.between(0.3, 0.42)
    far = stage.height - horizon
    floor = path(box(0, horizon, WIDTH, far), stage.second) + path(d, stage.bright)
    return circle(x, horizon - radius * dice.between(0.4, 1.2), radius, stage.main) + floor


def _spread(x: float, column: int, y: float, horizon: float, depth: float) -> float:
    return min(max(x + column * (14 + 58 * (y - horizon) / depth), -9), 309)


def confetti(stage: Stage) -> str:
    """Paper scraps thrown in the air, in three sizes."""
    dice, height = stage.dice, stage.height
    count, shapes = dice.whole(20, 34), {stage.main: "", stage.second: "", stage.third: "", stage.bright: ""}
    discs: list[tuple[float, float]] = []
    colours = tuple(shapes)
    for number in range(count):
        # A loose grid keeps the scraps from falling on one heap.
        x = (number % 5 + dice.fraction()) * 60
        y = (number // 5 + dice.fraction()) * height / (count / 5)
        size, kind = dice.between(12, 40), dice.whole(0, 3)
        if kind == 0:
            discs.append((x, y))
            continue
        turn = dice.between(0, math.tau)
        corners = 3 if kind == 1 else 4
        thin = 1.0 if kind == 1 else 0.5
        points = [_corner(x, y, size * 0.7, turn, side / corners, thin) for side in range(corners)]
        shapes[dice.pick(colours)] += polygon(*points)
    scraps = "".join(path(d, colour) for colour, d in shapes.items() if d)
    return dots(discs[::2], stage.main, 26) + scraps + dots(discs[1::2], stage.third, 15)


def _corner(x: float, y: float, size: float, turn: float, share: float, thin: float) -> tuple[float, float]:
    angle = turn + math.tau * share * (1 if thin == 1 else 0.5) + (math.pi / 2 * (share >= 0.5) * (thin < 1))
    return x + size * math.cos(angle), y + size * math.sin(angle)


def slash(stage: Stage) -> str:
    """Diagonal bars of uneven width, all in one direction."""
    dice, height = stage.dice, stage.height
    lean = dice.between(90, 190) * dice.pick((1, -1))
    x, bars, turn = -190.0, {stage.main: "", stage.second: "", stage.bright: "", stage.third: ""}, 0
    colours = tuple(bars)
    while x < WIDTH + 190:
        wide = dice.pick((10, 16, 26, 40, 64))
        bars[colours[turn % 4]] += polygon(
            (x + lean, 0), (x + lean + wide, 0), (x + wide, height), (x, height)
        )
        x += wide + dice.pick((8, 14, 30, 52))
        turn += dice.whole(1, 3)
    disc = circle(dice.between(60, 240), height * 0.4, stage.reach * dice.between(0.3, 0.55), stage.main)
    return (disc if dice.falls(0.4) else "") + "".join(path(d, colour) for colour, d in bars.items() if d)


def contours(stage: Stage) -> str:
    """Height lines of a hill on a map, or the grain of a cut tree."""
    dice, count = stage.dice, stage.dice.whole(6, 9)
    x, y = dice.between(80, 220), stage.height * dice.between(0.3, 0.7)
    wobble, phase = dice.between(0.08, 0.2), dice.between(0, math.tau)
    lobes, marks = dice.pick((2, 3, 3, 5)), ""
    far = max(x, WIDTH - x, y, stage.height - y) * 1.15
    fills = (stage.second, stage.paper, stage.main, stage.paper, stage.third, stage.paper)
    for number in range(count, 0, -1):
        radius = far * number / count
        d = _blob(x, y, radius, lobes, wobble * (0.4 + number / count), phase)
        marks += path(d, fills[number % 6])
    return marks


def _blob(x: float, y: float, radius: float, lobes: int, wobble: float, phase: float) -> str:
    points = []
    for step in range(16):
        turn = math.tau * step / 16
        reach = radius * (1 + wobble * math.sin(lobes * turn + phase))
        points.append((x + reach * math.cos(turn), y + reach * math.sin(turn)))
    middles = [
        ((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in zip(points, points[1:] + points[:1], strict=True)
    ]
    curves = "".join(
        f"Q{a:.0f} {b:.0f} {c:.0f} {d:.0f}" for (a, b), (c, d) in zip(points, middles, strict=True)
    )
    return f"M{middles[-1][0]:.0f} {middles[-1][1]:.0f}{curves}"


def blinds(stage: Stage) -> str:
    """Light through venetian blinds, and someone in a hat."""
    dice, height = stage.dice, stage.height
    lean, step, slats, y = dice.between(-44, 44), dice.pick((18, 22, 26)), "", -50.0
    while y < height + 50:
        thick = step * (0.34 + 0.3 * max(y, 0) / height)
        slats += polygon((0, y), (WIDTH, y + lean), (WIDTH, y + lean + thick), (0, y + thick))
        y += step
    return path(slats, dice.pick((stage.main, stage.second))) + _figure(stage)


def _figure(stage: Stage) -> str:
    """Hat, head and shoulders, standing at the foot of the box."""
    x, size = stage.dice.between(95, 205), stage.height * stage.dice.between(0.7, 0.84)
    body = (
        "M-31 100v-26q2 -18 24 -23l3 -7q-9 -6 -9 -20h26q0 14 -9 20l3 7q22 5 24 23v26z"
        "M-26 25q26 -9 52 0l-10 -6q-2 -17 -8 -17q-4 0 -8 3q-4 -3 -8 -3q-6 0 -8 17z"
    )
    place = f"translate({num(x)} {num(stage.height - size)})scale({round(size / 100, 2)})"
    return path(body, stage.bright, f' transform="{place}"')


def filmstrip(stage: Stage) -> str:
    """Strips of film with their holes and frames."""
    dice, height = stage.dice, stage.height
    wide = dice.pick((110, 130, 150))
    lean, marks = dice.pick((-18, -10, 10, 18, 26)), ""
    for x, colour in ((70 - wide / 2, stage.bright), (240 - wide / 2, stage.second)):
        holes = frames = ""
        for number in range(-4, int(height / 20) + 6):
            holes += box(x + 7, number * 20, 9, 10) + box(x + wide - 16, number * 20, 9, 10)
        shift = dice.between(0, 60)
        for number in range(-1, int(height / 80) + 2):
            frames += box(x + 23, number * 80 + shift - 40, wide - 46, 70)
        film = path(box(x, -90, wide, height + 180), colour)
        marks += film + path(holes, stage.paper) + path(frames, dice.pick((stage.main, stage.third)))
    return turned(lean, 150, height / 2, marks)


def equaliser(stage: Stage) -> str:
    """A measure of sound: bars that rise and fall around a middle line."""
    dice, height, count = stage.dice, stage.height, stage.dice.pick((9, 12, 15))
    step, phase = WIDTH / count, dice.between(0, math.tau)
    d = {stage.main: "", stage.second: "", stage.third: ""}
    colours = tuple(d)
    for number in range(count):
        swing = abs(math.sin(phase + number * dice.between(0.4, 0.6))) * 0.7 + 0.12
        tall = height * min(0.86, swing * dice.between(0.7, 1.15))
        x = step * (number + 0.5)
        d[colours[number % 3]] += f"M{num(x)} {num((height - tall) / 2)}v{num(tall)}"
    cap = dice.pick((' stroke-linecap="round"', ""))
    return "".join(line(bars, colour, step * 0.6, cap) for colour, bars in d.items())


def target(stage: Stage) -> str:
    """Rings with a cross of hairlines, a little off the middle."""
    dice = stage.dice
    x, y = dice.between(100, 200), stage.height * dice.between(0.4, 0.6)
    count, radius = dice.whole(3, 5), stage.reach * dice.between(0.78, 1.05)
    colours = (stage.main, stage.paper, stage.second, stage.paper, stage.third)
    rings = "".join(
        circle(x, y, radius * (count - number) / count, colours[number % 5]) for number in range(count)
    )
    cross = f"M0 {num(y)}H{WIDTH}M{num(x)} 0V{num(stage.height)}"
    return rings + line(cross, stage.bright, 2.4) + ring(x, y, radius * 1.12, stage.bright, 2.4)


def spiral(stage: Stage) -> str:
    """A spiral that winds into its middle, where something waits."""
    dice, turns = stage.dice, stage.dice.between(4, 6.5)
    x, y, way = dice.between(110, 190), stage.height * dice.between(0.42, 0.58), dice.pick((1, -1))
    far, steps = max(WIDTH, stage.height) * 0.78, 11
    start, d = dice.between(0, math.tau), f"M{num(x)} {num(y)}"
    count = int(turns * steps)
    for number in range(1, count + 1):
        reach, turn = far * number / count, start + way * math.tau * number / steps
        # The control point lies half a step back, a little farther out than the arc.
        bend, out = turn - way * math.pi / steps, (reach - far / count / 2) * 1.045
        d += f"Q{x + out * math.cos(bend):.0f} {y + out * math.sin(bend):.0f}"
        d += f" {x + reach * math.cos(turn):.0f} {y + reach * math.sin(turn):.0f}"
    wide = far / turns * dice.between(0.4, 0.56)
    return line(d, stage.main, wide) + circle(x, y, wide * 0.9, stage.second)


def shards(stage: Stage) -> str:
    """Glass broken from one point, its pieces in four colours."""
    dice, count = stage.dice, stage.dice.whole(9, 13)
    x, y, far = dice.between(80, 220), stage.height * dice.between(0.3, 0.7), WIDTH + stage.height
    colours, marks = (stage.main, stage.second, stage.third, stage.paper, stage.bright), ""
    turns = sorted((number + dice.between(-0.35, 0.35)) / count * math.tau for number in range(count))
    for place, (turn, following) in enumerate(pairwise([*turns, turns[0] + math.tau])):
        inner, outer = dice.between(16, 60), dice.between(70, 190)
        near, nearer = _at(x, y, turn, inner), _at(x, y, following, outer)
        marks += path(polygon((x, y), _at(x, y, turn, far), _at(x, y, following, far)), colours[place % 4])
        marks += path(polygon((x, y), near, nearer), dice.pick(colours))
    cracks = "".join(polygon((x, y), _at(x, y, turn, far))[:-1] for turn in turns)
    return marks + line(cracks, stage.paper, 3)


def _at(x: float, y: float, turn: float, reach: float) -> tuple[float, float]:
    return x + reach * math.cos(turn), y + reach * math.sin(turn)


def streets(stage: Stage) -> str:
    """A town plan: blocks, one broad avenue, one house marked."""
    dice, size = stage.dice, stage.dice.pick((44, 54, 66))
    blocks = {stage.second: "", stage.third: ""}
    colours, marked = tuple(blocks), ""
    rows, columns = range(-2, int(stage.height / size) + 3), range(-2, int(WIDTH / size) + 3)
    home = dice.whole(1, max(1, len(rows) - 5)), dice.whole(1, len(columns) - 6)
    for row in rows:
        for column in columns:
            block = box(column * size + 4, row * size + 4, size - 8, size - 8)
            if (row, column) == home:
                marked = block
            elif dice.falls(0.9):
                blocks[dice.pick((colours[0], colours[0], colours[1]))] += block
    plan = "".join(path(d, colour) for colour, d in blocks.items()) + path(marked, stage.main)
    avenue = (
        f"M-80 {num(stage.height * dice.between(0.2, 0.9))}L380 {num(stage.height * dice.between(0.1, 0.8))}"
    )
    way = line(avenue, stage.paper, 26) + line(avenue, stage.bright, 3, ' stroke-dasharray="14 10"')
    return turned(dice.between(-24, 24), 150, stage.height / 2, plan + way)
