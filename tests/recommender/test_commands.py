from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import RatingFactory


def output_of(*command, **options):
    out = StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


@pytest.mark.usefixtures("live_version")
def test_recommend_prints_films_with_predicted_ratings_and_reasons(member, films):
    for film in range(1, 9):
        RatingFactory(user=member, movie=films[film], half_stars=10 if film % 2 else 2)
    lines = output_of("recommend", "anouk", n=5, engine="svdpp").splitlines()
    assert "8 films seen" in lines[0]
    assert len(lines) == 6
    assert all("≈" in line for line in lines[1:])
    assert any("because of Film" in line for line in lines[1:])


@pytest.mark.django_db
def test_recommend_says_so_when_there_is_no_such_person():
    with pytest.raises(CommandError, match="nobody called rosebud"):
        call_command("recommend", "rosebud")


@pytest.mark.django_db
def test_train_explains_what_is_missing_on_an_empty_site(settings, tmp_path):
    settings.MODELS_DIR = tmp_path
    with pytest.raises(CommandError, match="Import a data set"):
        call_command("train")


@pytest.mark.parametrize("n", [-1, 0, 1001])
@pytest.mark.django_db
def test_recommend_refuses_a_number_of_films_that_makes_no_list(member, n):
    with pytest.raises(CommandError, match="from 1 to 1,000"):
        call_command("recommend", "anouk", n=n)
