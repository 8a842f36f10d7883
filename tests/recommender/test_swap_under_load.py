"""Another version goes live while people are asking: the site's own web processes, asked without a pause.

Which process answered is read from gunicorn's access log: every question carries a number of its own.
"""

import json
import shlex
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings
from django.db import connection, transaction
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from catalog.services import rate
from moviesite.management.commands.up import _parts
from recommender import live, training
from recommender.ml import artefact
from recommender.ml.contract import no_progress
from recommender.ml.interactions import Interactions
from recommender.models import ModelVersion
from tests.factories import UserFactory
from tests.processes import environment
from tests.small_site import two_tastes

API = "/api/v1/recommendations/?n=12"
PAGES = ("/for-you/", "/films/50/film-50-1960/")
LONGEST = 30  # seconds, for what takes one or two on an idle machine
OTHER = "other-people"


@dataclass(frozen=True)
class Answer:
    number: int
    path: str
    asker: str
    asked: float
    came: float
    status: int
    body: str

    @property
    def version(self):
        return json.loads(self.body)["model_version"]

    @property
    def films(self):
        return told(json.loads(self.body))


@dataclass(frozen=True)
class Promotion:
    """Between `begun` and `done` somewhere the version went live."""

    version: str
    begun: float
    done: float


class Site:
    """Gunicorn as `manage.py up` starts it, on a port that the system chose."""

    def __init__(self, folder, models):
        self.log, self.access = folder / "site.log", folder / "access.log"
        self.numbers = count()
        asked = f"--access-logfile={self.access} --access-logformat='%(p)s %({{question}}i)s'"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                shlex.split(_parts("127.0.0.1:0")["web"])[1:],
                cwd=settings.BASE_DIR,
                env=environment(MODELS_DIR=str(models), GUNICORN_CMD_ARGS=asked),
                stdout=output,
                stderr=output,
            )
        wait_for(lambda: "Listening at" in self.log.read_text(), "the site to listen")
        self.port = int(self.log.read_text().partition("Listening at: http://127.0.0.1:")[2].split()[0])

    @property
    def workers(self):
        pid = self.process.pid
        return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())

    def ask(self, path, asker="", headers=()):
        number, asked = next(self.numbers), time.monotonic()
        line = HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        try:
            line.request("GET", path, headers={**dict(headers), "Question": str(number)})
            answer = line.getresponse()
            body = answer.read().decode()
        finally:
            line.close()
        return Answer(number, path, asker, asked, time.monotonic(), answer.status, body)

    def answerers(self, answers):
        """The processes that gave these answers."""
        lines = (line.split() for line in self.access.read_text().splitlines())
        who = {number: pid.strip("<>") for pid, number in lines}
        return {who[str(answer.number)] for answer in answers if str(answer.number) in who}

    def stop(self):
        self.process.send_signal(signal.SIGINT)  # the quick way: everybody has their answer
        self.process.wait(timeout=LONGEST)


def wait_for(condition, what):
    deadline = time.monotonic() + LONGEST
    while not (found := condition()):
        assert time.monotonic() < deadline, f"Waited {LONGEST} s for {what} in vain."
        time.sleep(0.02)
    return found


def told(answer):
    return [(pick["movie"]["id"], pick["reason"], pick["stars"]) for pick in answer["results"]]


@pytest.fixture(scope="session")
def other_bundle(small_site_bundle, small_site_interactions):
    """The same films, as other people rated them."""
    known, rated = small_site_interactions, two_tastes(seed=1).T
    data = Interactions.of(*rated, items=known.items, catalogue=known.catalogue)
    folder = small_site_bundle.with_name(OTHER)
    models = training.fit_all(data, progress=no_progress)
    artefact.write(folder, models=models, items=data.items, seed=0)
    return folder


@pytest.fixture
def versions(transactional_db, live_version, other_bundle):
    passed = ModelVersion.Verdict.PASSED
    return live_version, ModelVersion.objects.create(name=OTHER, verdict=passed, ratings_count=1)


@pytest.fixture
def damaged(versions, other_bundle):
    """A version of which one bit of one array is another than was written, and that array's file."""
    folder = other_bundle.with_name("damaged")
    shutil.copytree(other_bundle, folder)
    array = max(folder.rglob("*.npy"), key=lambda path: path.stat().st_size)
    flipped = bytearray(array.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    array.write_bytes(flipped)
    passed = ModelVersion.Verdict.PASSED
    yield ModelVersion.objects.create(name=folder.name, verdict=passed, ratings_count=1), array
    shutil.rmtree(folder)


@pytest.fixture
def members(versions, films):
    """One who loves westerns and one who loves musicals."""
    found = [UserFactory(username="wayne"), UserFactory(username="ginger")]
    for place, member in enumerate(found):
        for film in range(1, 13):
            rate(user=member, movie=films[film], stars=5 if (film + place) % 2 else 1.5)
    return found


@pytest.fixture
def site(tmp_path, versions):
    started = Site(tmp_path, settings.MODELS_DIR)
    yield started
    started.stop()


@pytest.fixture
def questions(members, client):
    asked = [
        (API, member.username, {"Authorization": f"Token {Token.objects.create(user=member)}"})
        for member in members
    ]
    client.force_login(members[0])
    cookie = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
    return asked + [(path, members[0].username, cookie) for path in PAGES]


@pytest.fixture
def right(versions, members):
    """By version and member what the API says, each worked out here while nobody else is asking."""
    found = {}
    for version in reversed(versions):
        training.promote(version=version)
        for member in members:
            films = told(ask_here(member))
            found[version.name, member.username] = [(*film, pytest.approx(stars)) for *film, stars in films]
    assert found[versions[0].name, "wayne"] != found[OTHER, "wayne"]
    return found


def ask_here(member):
    client = APIClient()
    client.force_authenticate(member)
    return client.get(API).json()


@contextmanager
def everybody_asking(site, questions):
    """The answers to all questions, asked by one client each again and again; any failure is raised."""
    stop, answers = Event(), []

    def go_on(question):
        while not stop.is_set():
            answers.append(site.ask(*question))

    with ThreadPoolExecutor(len(questions)) as pool:
        asking = [pool.submit(go_on, question) for question in questions]
        try:
            yield answers
        finally:
            stop.set()
    for one in asking:
        one.result()


def of_api(answers, since=0.0):
    return [answer for answer in list(answers) if answer.path == API and answer.asked >= since]


def wait_for_all_processes(site, answers, since):
    """Until each of them answered the API a question that was asked after this moment."""
    wait_for(lambda: site.answerers(of_api(answers, since)) == site.workers, "every process to answer")


def promoted(version):
    begun = time.monotonic()
    training.promote(version=version)
    return Promotion(version.name, begun, time.monotonic())


def live_meanwhile(answer, promotions):
    """Names of the versions that were live at some moment between question and answer."""
    before = [promotion for promotion in promotions if promotion.done <= answer.asked][-1:]
    during = [p for p in promotions if p.done > answer.asked and p.begun < answer.came]
    return {promotion.version for promotion in before + during}


def wrong(answers, right, promotions):
    """Answers of the API that are of a version that was not live, or not what that version says."""
    return [
        (answer.version, answer.asker, answer.films)
        for answer in of_api(answers)
        if answer.version not in live_meanwhile(answer, promotions)
        or answer.films != right[answer.version, answer.asker]
    ]


def test_versions_go_live_and_back_while_everybody_is_answered(site, versions, questions, right):
    first, second = versions
    promotions = [Promotion(first.name, 0.0, 0.0)]
    with everybody_asking(site, questions) as answers:
        wait_for_all_processes(site, answers, since=0.0)
        for version in (second, first) * 3:
            promotions.append(promoted(version))
            wait_for_all_processes(site, answers, since=promotions[-1].done)
    assert len(site.workers) == 2
    assert {answer.status for answer in answers} == {200}
    assert {answer.path for answer in answers} == {API, *PAGES}
    assert all("predicted for you" in answer.body for answer in answers if answer.path in PAGES)
    assert wrong(answers, right, promotions) == []
    assert "Traceback" not in site.log.read_text()


def test_a_damaged_version_is_refused_by_its_checksum_and_the_former_goes_on(
    site, versions, damaged, questions, right
):
    first, second = versions
    broken, array = damaged
    refused = f"Model version {broken.name} cannot be opened: "
    with everybody_asking(site, questions) as answers:
        wait_for_all_processes(site, answers, since=0.0)
        with pytest.raises(artefact.DamagedArtefact, match=array.name):
            training.promote(version=broken)
        go_live_unchecked(broken)
        wait_for(lambda: site.log.read_text().count(refused) == 2, "both processes to refuse it")
        wait_for_all_processes(site, answers, since=time.monotonic())
        promotions = [Promotion(first.name, 0.0, 0.0), promoted(second)]
        wait_for_all_processes(site, answers, since=promotions[-1].done)
    assert {answer.status for answer in answers} == {200}
    assert wrong(answers, right, promotions) == []
    assert site.log.read_text().count(refused) == 2
    assert f"{array} was altered after it was written: its checksum is another" in site.log.read_text()


def go_live_unchecked(version):
    """As if the disk had failed after the promotion looked at the files."""
    with transaction.atomic():
        ModelVersion.objects.filter(is_live=True).update(is_live=False)
        ModelVersion.objects.filter(pk=version.pk).update(is_live=True)


def test_processes_share_the_arrays_of_one_version_and_let_go_of_the_former(site, versions, questions):
    for version in versions:
        since, answers = promoted(version).done, []
        while site.answerers(of_api(answers, since)) != site.workers:
            answers.append(site.ask(*questions[0]))
            assert answers[-1].status == 200
        one, other = (mapped_arrays(worker) for worker in site.workers)
        sizes = {path: path.stat().st_size for path in version.folder.rglob("*.npy")}
        assert one == other
        assert {path for path, _ in one} <= sizes.keys()
        assert sum(sizes[path] for path, _ in one) > 0.95 * sum(sizes.values())
    assert not any(written_pages(worker) for worker in site.workers)


def mapped_arrays(process):
    """Paths and inodes of the array files that a process maps to read them together with others."""
    lines = [line.split() for line in Path(f"/proc/{process}/maps").read_text().splitlines()]
    return {(Path(line[5]), line[4]) for line in lines if line[-1].endswith(".npy") and line[1] == "r--s"}


def written_pages(process):
    """Kilobytes of array files that a process has a copy of its own of."""
    parts = Path(f"/proc/{process}/smaps").read_text().split(".npy\n")[1:]
    return sum(int(part.partition("Private_Dirty:")[2].split()[0]) for part in parts)


@pytest.mark.parametrize("moment", range(6))
def test_an_answer_is_all_of_one_version_whenever_another_goes_live_meanwhile(
    moment, versions, members, right
):
    """Before each of the first queries of an answer, not only at the moments that a load happens to hit."""
    numbers = count()

    def promote_at_that_query(execute, *query):
        if next(numbers) == moment:
            training.promote(version=versions[1])
        return execute(*query)

    assert live.live_models().version == versions[0].name
    with connection.execute_wrapper(promote_at_that_query):
        answer = ask_here(members[0])
    assert told(answer) == right[answer["model_version"], "wayne"]
