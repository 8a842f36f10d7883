"""Small, real rows for tests."""

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from catalog.models import Genre, Movie, Rating, Review, Watch


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"member{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.django.Password("a long enough password")


class ImportedUserFactory(UserFactory):
    username = factory.Sequence(lambda n: f"imported{n}")
    source = "import"
    source_key = factory.Sequence(lambda n: f"test:{n}")
    is_active = False


class GenreFactory(DjangoModelFactory):
    class Meta:
        model = Genre
        django_get_or_create = ("name",)

    name = "Drama"
    slug = factory.LazyAttribute(lambda genre: genre.name.lower())


class MovieFactory(DjangoModelFactory):
    class Meta:
        model = Movie
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Film {n}")
    year = 1979
    movielens_id = factory.Sequence(lambda n: n + 1)

    @factory.post_generation
    def genres(self, create, extracted, **kwargs):
        for name in extracted or ():
            self.genres.add(GenreFactory(name=name))


class RatingFactory(DjangoModelFactory):
    class Meta:
        model = Rating

    user = factory.SubFactory(UserFactory)
    movie = factory.SubFactory(MovieFactory)
    half_stars = 8


class WatchFactory(DjangoModelFactory):
    class Meta:
        model = Watch

    user = factory.SubFactory(UserFactory)
    movie = factory.SubFactory(MovieFactory)


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = Review

    user = factory.SubFactory(UserFactory)
    movie = factory.SubFactory(MovieFactory)
    text = "Slow, and worth every minute."
