"""What to watch next, for the member who asks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from catalog.api import MovieSerializer, errors
from recommender.services import answered
from recommender.steering import DEFAULT_ENGINE, ENGINES, SLIDER, Steering
from recommender.visitors import Visitor

NO_MODEL = _("No model is trained yet; these are the highest rated films that you have not seen.")


class QuestionSerializer(serializers.Serializer):
    engine = serializers.ChoiceField(choices=list(ENGINES.items()), default=DEFAULT_ENGINE)
    rarity = serializers.ChoiceField(choices=list(SLIDER), default=0, help_text="From popular to rare.")
    newness = serializers.ChoiceField(choices=list(SLIDER), default=0, help_text="From old to new.")
    surprise = serializers.ChoiceField(choices=list(SLIDER), default=0, help_text="From safe to surprising.")
    genre = serializers.SlugField(default="", allow_blank=True, help_text="Its slug.")
    language = serializers.CharField(default="", allow_blank=True, max_length=3, help_text="ISO 639-1.")
    longest = serializers.IntegerField(min_value=0, default=0, help_text="Minutes; 0 for any length.")
    n = serializers.IntegerField(min_value=1, max_value=100, default=20, help_text="How many films.")


class PickSerializer(serializers.Serializer):
    movie = MovieSerializer()
    stars = serializers.FloatField(allow_null=True, help_text="What you would give it, null if unknown.")
    reason = serializers.CharField(allow_blank=True)


@extend_schema_serializer(many=False)
class AnswerSerializer(serializers.Serializer):
    engine = serializers.CharField()
    model_version = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_blank=True, help_text="Why the answer is not what was asked for.")
    results = PickSerializer(many=True)


class RecommendationViewSet(ViewSet):
    """Films that the member has not seen, best first."""

    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(parameters=[QuestionSerializer], responses={200: AnswerSerializer, **errors(400, 401)})
    def list(self, request: Request) -> Response:
        question = QuestionSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        asked = dict(question.validated_data)
        limit, steering = asked.pop("n"), Steering(**asked)
        found = answered(Visitor.of_member(request.user), steering=steering, limit=limit)
        answer = {
            "engine": steering.engine,
            "model_version": found.version,
            "detail": "" if found.version else NO_MODEL,
            "results": found.picks,
        }
        return Response(AnswerSerializer(answer).data)
