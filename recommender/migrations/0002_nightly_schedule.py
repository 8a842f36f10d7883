from django.db import migrations

# Name, task, hour, minute: plots first, so that the night's training reads them.
NIGHTLY = [
    ("Fetch plots", "catalog.tasks.fetch_plots_nightly", "2", "30"),
    ("Train the models", "recommender.tasks.train_nightly", "3", "30"),
]


def add_schedule(apps, schema_editor):
    CrontabSchedule = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, task, hour, minute in NIGHTLY:
        crontab, _ = CrontabSchedule.objects.get_or_create(
            hour=hour, minute=minute, day_of_week="*", day_of_month="*", month_of_year="*"
        )
        PeriodicTask.objects.get_or_create(name=name, defaults={"task": task, "crontab": crontab})


def remove_schedule(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name__in=[name for name, *_ in NIGHTLY]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("recommender", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]
    operations = [migrations.RunPython(add_schedule, remove_schedule)]
