from django.db import migrations

NAME = "Fetch posters"


def add_schedule(apps, schema_editor):
    """Between the plots, which bring addresses of posters, and the night's training."""
    CrontabSchedule = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    crontab, _ = CrontabSchedule.objects.get_or_create(
        hour="3", minute="0", day_of_week="*", day_of_month="*", month_of_year="*"
    )
    task = {"task": "catalog.tasks.fetch_posters_nightly", "crontab": crontab}
    PeriodicTask.objects.get_or_create(name=NAME, defaults=task)


def remove_schedule(apps, schema_editor):
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("recommender", "0004_together")]
    operations = [migrations.RunPython(add_schedule, remove_schedule)]
