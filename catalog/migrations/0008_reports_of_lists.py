import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_names_of_tables_and_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="filmlist",
            name="is_taken_down",
            field=models.BooleanField(default=False, verbose_name="taken down"),
        ),
        migrations.AddField(
            model_name="reviewreport",
            name="film_list",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reports",
                to="catalog.filmlist",
                verbose_name="film list",
            ),
        ),
        migrations.AlterField(
            model_name="reviewreport",
            name="review",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reports",
                to="catalog.review",
                verbose_name="review",
            ),
        ),
        migrations.AlterField(
            model_name="reviewreport",
            name="state",
            field=models.CharField(
                choices=[("open", "waits for a decision"), ("upheld", "taken down"), ("dismissed", "stays")],
                db_index=True,
                default="open",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewreport",
            constraint=models.UniqueConstraint(
                fields=("film_list", "reporter"), name="one_report_per_list_and_reporter"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("film_list__isnull", False), ("review__isnull", True)),
                    models.Q(("film_list__isnull", True), ("review__isnull", False)),
                    _connector="OR",
                ),
                name="report_is_about_one_thing",
            ),
        ),
    ]
