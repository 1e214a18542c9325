"""Can administrators set up sources and signals, try them by a worker, and nobody read a secret?"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from incidents.workflow.catalogue import remove_from_catalogue
from signals.models import DataSource, Signal, Trial
from signals.samples import keep_samples
from signals.workflow import (
    add_data_source,
    add_signal,
    change_data_source,
    change_signal,
    remove_data_source,
    remove_signal,
    try_query,
)
from signals.workflow.trying import answer_waiting_trials, forget_old_trials, next_trial_at
from tests.signals.conftest import minutes_ago

SECRET = "Zephyrquartz"


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def guarded(admin, prometheus):
    return add_data_source(
        by=admin, name="Guarded", kind="prometheus", url=prometheus.url, sign_in="bearer", secret=SECRET
    )


def test_a_source_is_added_and_tested(as_admin, prometheus):
    said = {"kind": "prometheus", "name": "Prometheus eu-1", "url": prometheus.url, "sign_in": "none"}
    answer = as_admin.post(reverse("data_source_new"), said)
    source = DataSource.objects.get()
    assert answer.url == source.get_absolute_url()
    assert "A worker asks it now" in as_admin.get(answer.url).content.decode()
    assert next_trial_at() is not None
    assert answer_waiting_trials()
    assert prometheus.requests[0].path == "/api/v1/query"
    assert "The test passed" in as_admin.get(answer.url).content.decode()
    assert next_trial_at() is None


@pytest.mark.parametrize(
    ("changed", "kept"), [({"name": "Other"}, 1), ({"tenant": "b"}, 0), ({"url": "http://127.0.0.1:9"}, 0)]
)
def test_values_of_another_address_are_forgotten(admin, source, signal, changed, kept):
    keep_samples(signal, {int(minutes_ago(1)): 1.0})
    Signal.objects.update(covered_until=timezone.now(), last_value=1.0)
    change_data_source(by=admin, source=source, **changed)
    signal.refresh_from_db()
    assert (signal.hours.count(), signal.last_value) == (kept, 1.0 if kept else None)
    assert (signal.covered_until is not None) == bool(kept)


def test_a_source_is_added_though_its_test_must_wait(as_admin, admin, source, prometheus):
    for n in range(5):
        try_query(by=admin, source=source, query=f"up{n}")
    said = {"kind": "prometheus", "name": "Prometheus eu-2", "url": prometheus.url, "sign_in": "none"}
    answer = as_admin.post(reverse("data_source_new"), said)
    assert answer.url == DataSource.objects.get(name="Prometheus eu-2").get_absolute_url()


def test_a_test_that_fails_says_why(as_admin, source, prometheus):
    prometheus.status = 503
    as_admin.post(reverse("data_source_test", args=[source.pk]))
    answer_waiting_trials()
    page = as_admin.get(source.get_absolute_url()).content.decode()
    assert "The test failed" in page
    assert "Prometheus eu-1 answered 503." in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "ftp://x"}, "url"),
        ({"url": "http://ada@x.example"}, "url"),
        ({"sign_in": "bearer"}, "secret"),
        ({"sign_in": "basic", "secret": "x"}, "user_name"),
        ({"sign_in": "bearer", "secret": "a\r\nX-Evil: 1"}, "secret"),
        ({"sign_in": "bearer", "secret": "ключ"}, "secret"),
        ({"tenant": "a\nb"}, "tenant"),
        ({"url": "https://p.example/?x=1"}, "url"),
        ({"kind": "graphite"}, "kind"),
        ({"name": ""}, "name"),
    ],
)
def test_sources_that_are_refused(admin, wrong, field):
    said = {"name": "P", "kind": "prometheus", "url": "https://p.example"} | wrong
    with pytest.raises(ValidationError) as refusal:
        add_data_source(by=admin, **said)
    assert field in refusal.value.message_dict


def test_the_secret_is_nowhere(as_admin, guarded):
    for address in (reverse("signals"), guarded.get_absolute_url(), reverse("settings_audit")):
        assert SECRET not in as_admin.get(address).content.decode()
    assert SECRET not in str(list(AuditEntry.objects.values_list("changes", flat=True)))


def test_a_secret_goes_to_the_server_it_was_entered_for_only(admin, guarded):
    with pytest.raises(ValidationError, match="again"):
        change_data_source(by=admin, source=guarded, url="https://evil.example")
    change_data_source(by=admin, source=guarded, name="Renamed")
    guarded.refresh_from_db()
    assert (guarded.secret, guarded.name) == (SECRET, "Renamed")
    change_data_source(by=admin, source=guarded, sign_in="none")
    guarded.refresh_from_db()
    assert guarded.secret == ""


def test_a_query_is_tried_and_drawn(as_admin, source, service, prometheus):
    prometheus.value = lambda _second: 0.7
    said = {
        "service": service.pk,
        "name": "E",
        "source": source.pk,
        "query": "up",
        "range_kind": "none",
        "order": 1,
    }
    page = as_admin.post(reverse("signal_new"), said | {"try": "yes"}).content.decode()
    assert "A worker asks Prometheus eu-1 now" in page
    assert not Signal.objects.exists()
    answer_waiting_trials()
    shown = as_admin.get(reverse("signal_trial", args=[Trial.objects.get().pk])).content.decode()
    assert "181 values" in shown
    assert 'class="ink"' in shown
    assert len(prometheus.requests) == 1


def test_a_query_that_is_refused_says_so(as_admin, source, admin, prometheus):
    trial = try_query(by=admin, source=source, query="sum(")
    prometheus.status, prometheus.answer = 400, {"error": "parse error"}
    answer_waiting_trials()
    page = as_admin.get(reverse("signal_trial", args=[trial.pk])).content.decode()
    assert "The query was refused: parse error" in page
    source.refresh_from_db()
    assert source.failing_since is None


def test_somebody_elses_trial_does_not_exist(client, admin, source, commander):
    commander.installation_role = "administrator"
    commander.save()
    trial = try_query(by=admin, source=source, query="up")
    client.force_login(commander)
    assert client.get(reverse("signal_trial", args=[trial.pk])).status_code == 404


def test_one_that_is_being_asked_hides_no_other(admin, source):
    Trial.objects.filter(pk=try_query(by=admin, source=source, query="up").pk).update(
        claimed_at=timezone.now()
    )
    assert next_trial_at() > timezone.now()
    try_query(by=admin, source=source, query="up")
    assert next_trial_at() <= timezone.now()


def test_trials_are_forgotten(admin, source):
    try_query(by=admin, source=source, query="up")
    forget_old_trials(timezone.now() + Trial.KEPT)
    assert not Trial.objects.exists()


def test_a_signal_is_added_changed_and_removed(as_admin, source, service):
    said = {
        "name": "Errors",
        "source": source.pk,
        "query": "up",
        "unit": "%",
        "range_kind": "fixed",
        "high": "1",
        "order": 5,
    }
    as_admin.post(reverse("signal_new"), said | {"service": service.pk})
    signal = Signal.objects.get()
    assert (signal.low, signal.high, signal.order) == (None, 1.0, 5)
    assert "normal up to 1%" in as_admin.get(reverse("signals")).content.decode()
    as_admin.post(signal.get_absolute_url(), said | {"name": "Error rate", "high": "2"})
    signal.refresh_from_db()
    assert (signal.name, signal.high) == ("Error rate", 2.0)
    as_admin.post(reverse("signal_deletion", args=[signal.pk]))
    assert not Signal.objects.exists()
    assert list(AuditEntry.objects.filter(action__startswith="signal.").order_by("sequence").values_list("action", flat=True)) == [
        "signal.added", "signal.changed", "signal.removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"range_kind": "fixed"}, "low"),
        ({"range_kind": "fixed", "low": 2, "high": 1}, "high"),
        ({"range_kind": "fixed", "low": float("nan")}, "low"),
        ({"range_kind": "fixed", "high": 1e300}, "high"),
        ({"query": " "}, "query"),
        ({"query": "x" * 2001}, "query"),
        ({"name": "Error rate"}, "__all__"),
    ],
)
def test_signals_that_are_refused(admin, service, source, signal, wrong, field):
    said = {"service": service, "name": "Other", "source": source, "query": "up"} | wrong
    with pytest.raises(ValidationError) as refusal:
        add_signal(by=admin, **said)
    assert field in refusal.value.message_dict


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"query": "a["}, "query"),
        ({"query": "(" * 1900}, "query"),
        ({"path": "evil"}, "path"),
        ({"range_kind": "usual"}, "range_kind"),
    ],
)
def test_of_a_json_address(admin, service, prometheus, wrong, field):
    source = add_data_source(by=admin, name="J", kind="json", url=prometheus.url)
    with pytest.raises(ValidationError) as refusal:
        add_signal(by=admin, **{"service": service, "name": "Q", "source": source, "query": "a"} | wrong)
    assert field in refusal.value.message_dict


def test_another_query_forgets_the_values_of_the_old_one(admin, signal):
    keep_samples(signal, {int(minutes_ago(1)): 1.0})
    change_signal(by=admin, signal=signal, unit="ms")
    assert signal.hours.exists()
    change_signal(by=admin, signal=signal, query="other")
    assert not signal.hours.exists()


def test_a_source_in_use_stays(as_admin, admin, source, signal):
    with pytest.raises(ValidationError, match="1 signal uses it"):
        remove_data_source(by=admin, source=source)
    remove_signal(by=admin, signal=signal)
    as_admin.post(reverse("data_source_deletion", args=[source.pk]))
    assert not DataSource.objects.exists()


def test_a_service_with_signals_is_in_use(admin, service, signal):
    with pytest.raises(ValidationError, match="1 signal"):
        remove_from_catalogue(by=admin, entry=service)


def test_at_most_twelve_of_a_service(admin, service, source):
    for n in range(12):
        add_signal(by=admin, service=service, name=f"S{n}", source=source, query="up")
    with pytest.raises(ValidationError, match="12 signals already"):
        add_signal(by=admin, service=service, name="More", source=source, query="up")


def test_only_administrators(responder, source, service, signal):
    for refused, said in (
        (add_data_source, {"name": "P", "kind": "prometheus", "url": "https://p.example"}),
        (change_data_source, {"source": source, "name": "X"}),
        (remove_data_source, {"source": source}),
        (try_query, {"source": source, "query": "up"}),
        (add_signal, {"service": service, "name": "X", "source": source, "query": "up"}),
        (change_signal, {"signal": signal, "name": "X"}),
        (remove_signal, {"signal": signal}),
    ):
        with pytest.raises(PermissionDenied):
            refused(by=responder, **said)


def test_the_empty_page_teaches(as_admin):
    page = as_admin.get(reverse("signals")).content.decode()
    assert "No data source yet" in page
    assert "Add a" in as_admin.get(reverse("signal_new")).content.decode()
