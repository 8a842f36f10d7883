"""One pace and one circuit a provider, whoever asks."""

from datetime import timedelta

import pytest

from catalog.models import PlotProviderState
from catalog.plots import pace

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def state():
    return PlotProviderState.objects.get(provider="wikipedia")


def refuse(now, times=1, after=None):
    for _ in range(times):
        pace.record_refusal(provider="wikipedia", now=now, after=after)


def paused(now):
    return pace.paused_until(provider="wikipedia", now=now)


@pytest.mark.django_db
class TestTurns:
    @pytest.fixture(autouse=True)
    def two_a_second(self, settings):
        settings.PLOT_REQUESTS_PER_SECOND = 2

    def test_turns_follow_each_other_at_the_agreed_pace(self, now):
        turns = [pace.take_turn(provider="wikipedia", now=now) for _ in range(4)]
        waits = [turn - turns[0] for turn in turns]
        assert waits == [0 * SECOND, 0.5 * SECOND, SECOND, 1.5 * SECOND]

    def test_who_comes_late_goes_at_once(self, now):
        pace.take_turn(provider="wikipedia", now=now)
        assert pace.take_turn(provider="wikipedia", now=now + MINUTE) == now + MINUTE

    def test_providers_do_not_wait_for_each_other(self, now):
        now += MINUTE
        pace.take_turn(provider="wikipedia", now=now)
        assert pace.take_turn(provider="tmdb", now=now) == now


@pytest.mark.django_db
class TestCircuit:
    def test_it_opens_on_the_third_refusal_in_a_row(self, now):
        refuse(now, times=2)
        assert paused(now) is None
        refuse(now)
        assert now + 11 * MINUTE < paused(now) < now + 19 * MINUTE

    def test_an_answer_in_between_starts_the_count_anew(self, now):
        refuse(now, times=2)
        pace.record_answer(provider="wikipedia")
        refuse(now, times=2)
        assert paused(now) is None

    def test_it_closes_by_itself_and_opens_for_longer_at_the_next_refusal(self, now):
        refuse(now, times=3)
        later = paused(now)
        assert paused(later) is None
        refuse(later)
        assert paused(later) > later + 22 * MINUTE

    def test_no_pause_is_longer_than_about_a_day(self, now):
        refuse(now, times=40)
        assert paused(now) <= now + 1.25 * DAY

    def test_an_answer_closes_it(self, now):
        refuse(now, times=3)
        pace.record_answer(provider="wikipedia")
        assert paused(now) is None
        assert state().refusals == 0

    def test_providers_have_circuits_of_their_own(self, now):
        refuse(now, times=3)
        assert pace.paused_until(provider="tmdb", now=now) is None

    def test_a_long_wait_that_was_asked_for_pauses_the_provider(self, now):
        refuse(now, after=2 * 60 * MINUTE)
        assert paused(now) == now + 120 * MINUTE

    def test_a_short_wait_that_was_asked_for_moves_the_next_turn(self, now):
        refuse(now, after=5 * SECOND)
        assert paused(now) is None
        assert pace.take_turn(provider="wikipedia", now=now) == now + 5 * SECOND

    def test_a_later_refusal_never_shortens_a_pause(self, now):
        refuse(now, after=120 * MINUTE)
        refuse(now, after=MINUTE)
        assert paused(now) == now + 120 * MINUTE
