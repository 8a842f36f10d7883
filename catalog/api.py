"""Films for everyone, ratings for the member who gave them."""

from __future__ import annotations

from decimal import InvalidOperation
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import mixins, permissions, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import services
from catalog.models import Credit, Genre, Movie, Plot, Rating, half_stars
from catalog.search import DEEPEST, find

IdField = serializers.IntegerField(min_value=1)


class ErrorSerializer(serializers.Serializer):
    detail = serializers.CharField()


def errors(*codes: int) -> dict[int, Any]:
    """The answers besides success that an operation may give, for the schema."""
    known: dict[int, Any] = {
        400: OpenApiResponse(OpenApiTypes.OBJECT, "What was sent is wrong: sentences by field."),
        401: OpenApiResponse(ErrorSerializer, "Nobody is logged in, or the token is unknown."),
        403: OpenApiResponse(ErrorSerializer, "The session’s CSRF token is missing."),
        404: OpenApiResponse(ErrorSerializer, "There is no such thing, or it belongs to somebody else."),
        429: OpenApiResponse(ErrorSerializer, "Too many writes: wait for as long as Retry-After says."),
    }
    return {code: known[code] for code in codes}


@extend_schema_field(
    {
        "oneOf": [
            {"type": "number", "minimum": 0.5, "maximum": 5, "multipleOf": 0.5},
            {"type": "string", "enum": [f"{value / 2:.1f}" for value in range(1, 11)]},
        ]
    }
)
class StarsField(serializers.Field):
    """Half a star to five stars in steps of a half; a number, or a string with one."""

    def to_internal_value(self, value: Any) -> float:
        try:
            return half_stars(value) / 2
        except (ValueError, InvalidOperation):
            raise serializers.ValidationError(
                _("Give half a star to five stars, in steps of a half, such as 3.5.")
            ) from None

    def to_representation(self, value: float) -> float:
        return value


class MovieSerializer(serializers.ModelSerializer):
    genres = serializers.ListField(child=serializers.CharField(), source="genre_names", read_only=True)
    average_stars = serializers.FloatField(read_only=True, allow_null=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Movie
        fields = ["id", "title", "year", "genres", "ratings_count", "average_stars", "url"]
        read_only_fields = fields


class CreditSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = Credit
        fields = ["name", "role", "character"]
        read_only_fields = fields


class PlotSerializer(serializers.ModelSerializer):
    class Meta:
        model = Plot
        fields = ["text", "source", "source_url", "licence"]
        read_only_fields = fields


class MovieDetailSerializer(MovieSerializer):
    other_titles = serializers.SlugRelatedField("title", many=True, read_only=True)
    credits = CreditSerializer(many=True, read_only=True)
    plot = PlotSerializer(read_only=True, allow_null=True, default=None)

    class Meta(MovieSerializer.Meta):
        fields = [
            *MovieSerializer.Meta.fields,
            "tagline",
            "runtime",
            "imdb_id",
            "tmdb_id",
            "movielens_id",
            "other_titles",
            "credits",
            "plot",
        ]
        read_only_fields = fields


@extend_schema_field({"type": "integer", "minimum": 1800, "maximum": 2200})
class YearFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(field_name="year", min_value=1800, max_value=2200, **kwargs)


@extend_schema_field({"type": "string", "maxLength": 100, "pattern": r"^[^\x00]*$"})
class WordsFilter(django_filters.CharFilter):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)


class MovieFilter(django_filters.FilterSet):
    q = WordsFilter(method="matching", label="Words of a title, a year, a person; the nearest first")
    genre = WordsFilter(field_name="genres__slug", label="Short name of a genre")
    year = YearFilter()
    year_min = YearFilter(lookup_expr="gte")
    year_max = YearFilter(lookup_expr="lte")
    ordering = django_filters.OrderingFilter(
        fields={
            "search_title": "title",
            "year": "year",
            "ratings_count": "ratings_count",
            "average": "average_stars",
        }
    )

    def matching(self, films: QuerySet[Movie], name: str, words: str) -> QuerySet[Movie]:
        return films.in_order(find(words, limit=DEEPEST).films)

    def filter_queryset(self, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        films = super().filter_queryset(queryset)
        # Without the key at the end films of one year could show up on two pages.
        return films.order_by(*films.query.order_by, "pk") if films.query.order_by else films


class MovieViewSet(viewsets.ReadOnlyModelViewSet):
    """Films, the most rated first."""

    permission_classes = [permissions.AllowAny]
    filterset_class = MovieFilter
    lookup_value_regex = r"\d+"
    queryset = Movie.objects.all()

    def get_queryset(self) -> QuerySet[Movie]:
        films = Movie.objects.with_average()
        return films.for_cards() if self.action == "list" else films.for_page()

    def get_serializer_class(self) -> type[MovieSerializer]:
        return MovieSerializer if self.action == "list" else MovieDetailSerializer

    @extend_schema(responses={200: MovieSerializer(many=True), **errors(400, 401, 404)})
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(responses={200: MovieDetailSerializer, **errors(401, 404)})
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)


class GenreSerializer(serializers.ModelSerializer):
    class Meta:
        model = Genre
        fields = ["name", "slug"]
        read_only_fields = fields


class GenreViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Every genre; its slug is what the film list filters by."""

    permission_classes = [permissions.AllowAny]
    serializer_class = GenreSerializer
    queryset = Genre.objects.all()
    pagination_class = None
    filter_backends = []

    @extend_schema(responses={200: GenreSerializer(many=True), **errors(401)})
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)


class RatingSerializer(serializers.ModelSerializer):
    movie = serializers.PrimaryKeyRelatedField(queryset=Movie.objects.all(), pk_field=IdField)
    title = serializers.CharField(source="movie.title", read_only=True)
    year = serializers.IntegerField(source="movie.year", read_only=True, allow_null=True)
    stars = StarsField()

    class Meta:
        model = Rating
        fields = ["movie", "title", "year", "stars", "rated_at"]
        read_only_fields = ["rated_at"]


class ChangedStarsSerializer(RatingSerializer):
    class Meta(RatingSerializer.Meta):
        read_only_fields = ["movie", "rated_at"]

    movie = serializers.PrimaryKeyRelatedField(read_only=True)


class RatingViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet
):
    """The ratings of the member who asks; those of others cannot be reached."""

    permission_classes = [permissions.IsAuthenticated]
    serializer_class = RatingSerializer
    queryset = Rating.objects.none()
    filter_backends = []
    lookup_field = "movie"
    # No longer than what a database key can be.
    lookup_value_regex = r"\d{1,18}"
    http_method_names = ["get", "post", "put", "delete", "head", "options"]

    def get_queryset(self) -> QuerySet[Rating]:
        return self.request.user.ratings.select_related("movie").newest_first()

    @extend_schema(responses={200: RatingSerializer(many=True), **errors(401, 404)})
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(responses={200: RatingSerializer, **errors(401, 404)})
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        responses={200: RatingSerializer, 201: RatingSerializer, **errors(400, 401, 403, 429)},
        examples=[OpenApiExample("Three and a half stars", {"movie": 1, "stars": 3.5}, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Rate a film: 201 for a new rating, 200 where one was changed."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        movie = given.validated_data["movie"]
        known = self.get_queryset().filter(movie=movie).exists()
        rating = services.rate(user=request.user, movie=movie, stars=given.validated_data["stars"])
        code = status.HTTP_200_OK if known else status.HTTP_201_CREATED
        return Response(self.get_serializer(rating).data, status=code)

    @extend_schema(
        request=ChangedStarsSerializer,
        responses={200: RatingSerializer, **errors(400, 401, 403, 404, 429)},
    )
    def update(self, request: Request, movie: str) -> Response:
        given = ChangedStarsSerializer(data=request.data)
        rating = self.get_object()
        given.is_valid(raise_exception=True)
        changed = services.rate(user=request.user, movie=rating.movie, stars=given.validated_data["stars"])
        return Response(self.get_serializer(changed).data)

    @extend_schema(responses={204: None, **errors(401, 403, 404, 429)})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)

    def perform_destroy(self, rating: Rating) -> None:
        services.remove_rating(user=rating.user, movie=rating.movie)
