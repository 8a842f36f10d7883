"""What the tests of the admin panel share."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from unfold.admin import ModelAdmin as UnfoldAdmin

from catalog.models import Credit, Person
from tests.factories import MovieFactory


def site_owner():
    return get_user_model().objects.create_superuser("owner", "owner@example.org", "a long enough password")


def credit():
    person = Person.objects.create(name="Varda")
    return Credit.objects.create(movie=MovieFactory(), person=person, role=Credit.Role.DIRECTOR)


def counts(movie):
    movie.refresh_from_db()
    return movie.ratings_count, movie.half_stars_sum


def staff_with(*rights):
    """Somebody of the staff who may do what these codenames say and no more."""
    helper = get_user_model().objects.create_user("helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return helper


def tables_of(*apps):
    """Label to panel page for every registered table of some apps."""
    pages = {model._meta.label: page for model, page in admin.site._registry.items()}
    return {label: page for label, page in pages.items() if label.split(".")[0] in apps}


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def assert_pages_answer(client, row, *, key=None):
    """List, search, add and change page of a row's table answer, in the panel's own dress."""
    page = admin.site._registry[type(row)]
    assert isinstance(page, UnfoldAdmin), f"{row._meta.label} is not in the panel's dress"
    paths = [address(row, "changelist"), address(row, "changelist") + "?q=a"]
    paths.append(address(row, "change", key or row.pk))
    request = client.get(paths[0]).wsgi_request
    if page.has_add_permission(request):
        paths.append(address(row, "add"))
    answers = {path: client.get(path).status_code for path in paths}
    assert set(answers.values()) == {200}, answers


def upload(client, model, text):
    """Show the trial run of an import; the form that confirms it is in the context where all is well."""
    file = SimpleUploadedFile("rows.csv", text.encode(), "text/csv")
    return client.post(address(model, "import"), {"import_file": file, "format": "0", "resource": ""})


def confirm(client, model, trial):
    return client.post(address(model, "process_import"), trial.context["confirm_form"].initial, follow=True)
