"""Where a composition is played: a box of some height, its colours and its chance."""

from dataclasses import dataclass

from catalog.posters.dice import Dice
from catalog.posters.palettes import Palette, contrast, luminance

WIDTH = 300
VISIBLE = 1.5  # the least contrast at which a shape still reads as a shape


@dataclass(frozen=True, slots=True)
class Stage:
    height: float
    dice: Dice
    paper: str
    main: str
    second: str
    third: str
    bright: str

    @property
    def light(self) -> str:
        """The lighter of paper and bright, for snow and the like."""
        return max(self.paper, self.bright, key=luminance)

    @property
    def reach(self) -> float:
        """Half of the shorter side: what a round figure may fill."""
        return min(self.height, WIDTH) / 2


def _roles(palette: Palette, paper: str) -> list[str]:
    colours = [c for c in (palette.main, palette.second, palette.third) if c != paper]
    colours += [c for c in (palette.ink, palette.ground) if c != paper]
    return sorted(colours, key=lambda colour: contrast(paper, colour) < VISIBLE)


def raise_stage(palette: Palette, paper: str, height: float, dice: Dice) -> Stage:
    """Hand the palette's colours their parts, the ones that show on the paper first."""
    bright = max((palette.ink, palette.ground), key=lambda colour: contrast(paper, colour))
    main, second, third = [c for c in _roles(palette, paper) if c != bright][:3]
    return Stage(height, dice, paper, main, second, third, bright)
