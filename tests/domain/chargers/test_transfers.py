"""Updates and log requests: late, repeated and unknown words; boots; replacement; retention."""

from datetime import timedelta

import pytest

from apps.chargers.choices import CommandOrigin, CommandState
from apps.chargers.engine.masking import mask_frame, mask_urls
from apps.chargers.engine.transfers import next_log_state, next_update_state
from apps.chargers.facts import Lesson
from apps.chargers.messages.events import FirmwarePublishStatusNotified, FirmwareStatusNotified, LogStatusNotified
from apps.chargers.messages.learnt_transfers import (
    LogAnswered,
    PublishAnswered,
    TransferAsked,
    UnpublishAnswered,
    UpdateAnswered,
)
from apps.chargers.models import (
    FileTicket,
    FirmwarePublication,
    FirmwareUpdate,
    LogRequest,
    StationCommand,
    StationNotice,
)
from apps.chargers.services.commands.enqueueing import cancel
from apps.chargers.services.files.retention import remove_old_files
from apps.chargers.services.files.storage import path_of
from apps.chargers.services.firmware.catalogue import FirmwareRefused, add_firmware
from apps.chargers.services.firmware.progress import (
    end_silent_updates,
    join_boot,
    learn_update_answers,
    record_firmware_statuses,
)
from apps.chargers.services.firmware.publishing import (
    learn_publish_answers,
    learn_unpublish_answers,
    publish_firmware,
    record_publish_statuses,
)
from apps.chargers.services.firmware.updating import UpdateRefused, is_older, update_firmware
from apps.chargers.services.logs.progress import end_silent_logs, learn_log_answers, record_log_statuses
from apps.core import outbox
from tests.factories.chargers import NOON, CommandFactory, OnlineStationFactory, context_of, fact_of
from tests.factories.files import (
    MODEL,
    VENDOR,
    FirmwareFactory,
    FirmwareUpdateFactory,
    LogRequestFactory,
    StationFileFactory,
)

DAY = timedelta(days=1)


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, vendor=VENDOR, model=MODEL, firmware_version="1.0", protocol="ocpp2.0.1")


@pytest.fixture
def firmware(voltwerk):
    return FirmwareFactory(organisation=voltwerk, version="2.0")


def tell(station, *words, request_id=None, at=NOON):
    for word in words:
        record_firmware_statuses([fact_of(station, FirmwareStatusNotified(word, request_id), at)])


def ask(station, firmware, ada, **options):
    return update_firmware(
        station=station, firmware=firmware, actor=ada, at=NOON, base_url="http://cn.example", **options
    )


def answer(update, status):
    learn_update_answers([Lesson(context_of(update.station), UpdateAnswered(status), update.command_id, NOON)])


def state(row) -> str:
    row.refresh_from_db()
    return row.state


@pytest.mark.parametrize(
    ("current", "word", "after"),
    [
        ("Requested", "Downloading", "Downloading"),
        ("Installing", "Downloading", "Installing"),
        ("Downloading", "DownloadPaused", "DownloadPaused"),
        ("DownloadPaused", "Downloading", "Downloading"),
        ("DownloadFailed", "Downloading", "Downloading"),
        ("Installed", "InstallationFailed", "Installed"),
        ("Canceled", "Downloading", "Canceled"),
        ("Downloading", "Idle", "Downloading"),
        ("Downloading", "SomethingNew", "Downloading"),
        ("Accepted", "InvalidSignature", "InvalidSignature"),
    ],
)
def test_words_in_any_order(current, word, after):
    assert next_update_state(current, word) == after


@pytest.mark.parametrize(
    ("current", "word", "after"),
    [
        ("Requested", "UploadFailed", "UploadFailure"),
        ("Uploading", "AcceptedCanceled", "Canceled"),
        ("Uploaded", "Uploading", "Uploaded"),
        ("Uploading", "Idle", "Uploading"),
        ("Accepted", "PermissionDenied", "PermissionDenied"),
        ("UploadFailure", "Uploaded", "Uploaded"),
    ],
)
def test_words_of_logs_in_any_order(current, word, after):
    assert next_log_state(current, word) == after


def test_a_word_without_request_id_is_of_the_update_under_way(station):
    update = FirmwareUpdateFactory(station=station, state="Accepted")
    tell(station, "Downloading", "Downloaded")
    assert state(update) == "Downloaded"
    assert list(update.progress.values_list("word", flat=True)) == ["Downloading", "Downloaded"]


def test_an_unknown_request_id_is_kept_as_a_notice_and_nothing_else(station):
    update = FirmwareUpdateFactory(station=station, state="Accepted")
    tell(station, "Installed", request_id=update.request_id + 1)
    assert state(update) == "Accepted"
    assert StationNotice.objects.get(station=station).details["request_id"] == update.request_id + 1


def test_repeated_and_late_words_change_nothing(station):
    update = FirmwareUpdateFactory(station=station, state="Installing")
    tell(station, "Installed", "Installed", "Downloading", request_id=update.request_id)
    assert state(update) == "Installed"


def test_a_station_that_tries_again_by_itself_revives_its_update(station):
    update = FirmwareUpdateFactory(station=station, state="Downloading")
    tell(station, "DownloadFailed", "Downloading", "Installed", request_id=update.request_id)
    assert state(update) == "Installed"


def test_an_old_update_does_not_come_back_beside_a_newer_one(station):
    old = FirmwareUpdateFactory(station=station, state="DownloadFailed", ended_at=NOON)
    new = FirmwareUpdateFactory(station=station, state="Downloading")
    tell(station, "Downloading", request_id=old.request_id)
    assert (state(old), state(new)) == ("DownloadFailed", "Downloading")


def test_one_update_at_a_time_unless_it_is_replaced(station, firmware, ada):
    first = ask(station, firmware, ada)
    with pytest.raises(UpdateRefused):
        ask(station, firmware, ada)
    second = ask(station, firmware, ada, replace=True)
    answer(second, "AcceptedCanceled")
    assert (state(first), state(second)) == ("Canceled", "Accepted")
    assert FileTicket.objects.filter(update=first, closed_at=None).count() == 0


def test_a_replacement_that_is_refused_leaves_the_first_under_way(station, firmware, ada):
    first = ask(station, firmware, ada)
    answer(first, "Accepted")
    second = ask(station, firmware, ada, replace=True)
    answer(second, "Rejected")
    assert (state(first), first.replaced_by_id, state(second)) == ("Accepted", None, "Rejected")


@pytest.mark.parametrize("status", ["Rejected", "InvalidCertificate", "RevokedCertificate"])
def test_a_refusal_ends_the_update_in_its_word(station, firmware, ada, status):
    update = ask(station, firmware, ada)
    answer(update, status)
    assert state(update) == status


def test_a_command_that_never_went_out_ends_its_update(station, firmware, ada):
    update = ask(station, firmware, ada)
    cancel(command=update.command, actor=ada, at=NOON)
    outbox.relay()
    assert state(update) == "NoAnswer"


def test_a_boot_with_the_new_version_confirms_what_was_never_told(station, firmware, ada):
    update = ask(station, firmware, ada)
    answer(update, "Accepted")
    join_boot(station_id=station.pk, firmware_version="1.0", at=NOON)
    assert (state(update), update.confirmed_at) == ("Accepted", None)
    join_boot(station_id=station.pk, firmware_version="2.0", at=NOON + DAY)
    join_boot(station_id=station.pk, firmware_version="2.0", at=NOON + DAY)
    assert (state(update), update.confirmed_at) == ("Installed", NOON + DAY)
    assert list(update.progress.filter(word="Booted").values_list("detail", flat=True)) == ["with 1.0", "with 2.0"]


def test_silence_for_a_day_ends_update_and_log(station):
    update = FirmwareUpdateFactory(station=station, state="Downloading")
    log = LogRequestFactory(station=station, state="Uploading")
    assert (end_silent_updates(NOON + DAY), end_silent_logs(NOON + DAY)) == (0, 0)
    late = NOON + DAY + timedelta(seconds=1)
    assert (end_silent_updates(late), end_silent_logs(late)) == (1, 1)
    assert (state(update), state(log)) == ("Silent", "Silent")


def test_a_log_is_matched_with_and_without_its_request_id(station):
    old = LogRequestFactory(station=station, state="Uploaded", created_at=NOON - DAY)
    new = LogRequestFactory(station=station)
    record_log_statuses([fact_of(station, LogStatusNotified("Uploading"))])
    record_log_statuses([fact_of(station, LogStatusNotified("BadMessage", new.request_id))])
    assert (state(old), state(new)) == ("Uploaded", "BadMessage")


@pytest.mark.parametrize(
    ("changes", "of_firmware"),
    [({"vendor": "Other"}, {}), ({"model": "Other"}, {}), ({"firmware_version": "1.2"}, {"applies_from": "1.10"})],
)
def test_firmware_for_another_station_is_refused(station, voltwerk, ada, changes, of_firmware):
    for name, value in changes.items():
        setattr(station, name, value)
    station.save()
    with pytest.raises(UpdateRefused):
        ask(station, FirmwareFactory(organisation=voltwerk, **of_firmware), ada)


def test_versions_are_compared_number_by_number():
    assert is_older("1.2", "1.10")
    assert not is_older("v1.10.0", "1.10")
    assert not is_older("", "1.0")


def test_a_version_is_in_the_catalogue_once(firmware, voltwerk, ada):
    with pytest.raises(FirmwareRefused):
        add_firmware(organisation=voltwerk, actor=ada, at=NOON, vendor=VENDOR, model=MODEL, version="2.0")


@pytest.mark.parametrize(
    ("signature", "certificate"), [("AA==", ""), ("", "PEM"), ("AA==", "no PEM"), ("A" * 801, "x"), ("A", "y" * 5501)]
)
def test_what_cannot_be_a_signature_is_refused(voltwerk, ada, signature, certificate):
    with pytest.raises(FirmwareRefused):
        add_firmware(
            organisation=voltwerk, actor=ada, at=NOON, vendor="V", version="1", signature=signature,
            signing_certificate=certificate,
        )  # fmt: skip


def test_publishing_is_followed_and_taken_back(station, firmware, ada):
    row = publish_firmware(station=station, firmware=firmware, actor=ada, at=NOON, base_url="http://cn.example")
    learn_publish_answers([Lesson(context_of(station), PublishAnswered("Accepted"), row.command_id, NOON)])
    for word, where in [("Downloading", ()), ("ChecksumVerified", ()), ("Published", ("http://lc/f",))]:
        event = FirmwarePublishStatusNotified(word, row.request_id, where)
        record_publish_statuses([fact_of(station, event)])
    assert (state(row), row.locations) == ("Published", ["http://lc/f"])
    gone = UnpublishAnswered("Unpublished", row.checksum)
    learn_unpublish_answers([Lesson(context_of(station), gone, 0, NOON)])
    assert state(row) == "Unpublished"


def test_a_publication_that_was_written_by_hand_gets_a_row(station, firmware, ada):
    command = CommandFactory(station=station, name="RawCall")
    asked = TransferAsked(7, "ftp://me:secret@files.example/a.bin")

    def answered(status):
        learnt = PublishAnswered(status, asked=asked, checksum="c" * 32)
        learn_publish_answers([Lesson(context_of(station), learnt, command.pk, NOON)])
        return FirmwarePublication.objects.get()

    row = answered("Accepted")
    assert (row.state, row.firmware, row.request_id, row.checksum) == ("Accepted", None, 7, "c" * 32)
    assert (row.location, row.command) == ("ftp://me:•••@files.example/a.bin", command)
    record_publish_statuses([fact_of(station, FirmwarePublishStatusNotified("Published", 7, ("http://lc/f",)))])
    assert state(row) == "Published"
    assert answered("Accepted").pk == row.pk


def test_the_token_is_masked_where_commands_are_kept(station, firmware, ada):
    update = ask(station, firmware, ada)
    command = StationCommand.objects.get(pk=update.command_id)
    assert command.arguments["location"] == "http://cn.example/files/out/•••/acme.bin"
    assert (command.state, command.origin, bool(command.sealed)) == (
        CommandState.PENDING,
        CommandOrigin.PORTAL,
        True,
    )


def test_tickets_are_masked_in_every_spelling():
    token = "A" * 32
    assert mask_urls(f"https://h/files/in/{token}/x") == "https://h/files/in/•••/x"
    frame = f'[2,"1","GetLog",{{"log":{{"remoteLocation":"https:\\/\\/h\\/files\\/in\\/{token}\\/"}}}}]'
    assert token not in mask_frame(frame)
    assert mask_urls(f"https://station:{token}@h/files/in/") == "https://station:•••@h/files/in/"


def test_old_files_lose_their_content_and_keep_their_row(station, settings, tmp_path):
    settings.FILES_ROOT, settings.FILES_KEPT_DAYS = tmp_path, 30
    old = StationFileFactory(log_request__station=station, received_at=NOON - 31 * DAY)
    new = StationFileFactory(log_request__station=station, received_at=NOON - 29 * DAY)
    assert remove_old_files(NOON) == 1
    assert (path_of(old.storage_name).exists(), path_of(new.storage_name).exists()) == (False, True)
    old.refresh_from_db()
    assert old.removed_at == NOON


def write_update(station, status, number=71, at=NOON):
    """Somebody wrote out an UpdateFirmware, and the charger answered it."""
    command = CommandFactory(station=station, name="RawCall", state="accepted", created_at=at)
    asked = TransferAsked(number, "https://u:secret@h/f.bin", retrieve_at="2026-05-02T00:00:00Z", is_signed=True)
    learn_update_answers([Lesson(context_of(station), UpdateAnswered(status, asked=asked), command.pk, at)])
    return FirmwareUpdate.objects.filter(command=command).get()


def test_an_update_that_was_written_out_is_kept_and_followed_like_one_of_ours(station):
    update = write_update(station, "Accepted")
    assert (update.state, update.request_id, update.location) == ("Accepted", 71, "https://u:•••@h/f.bin")
    assert (update.is_signed, update.retrieve_at.isoformat()) == (True, "2026-05-02T00:00:00+00:00")
    tell(station, "Downloading", "Downloaded", "Installing", "Installed", request_id=71)
    assert state(update) == "Installed"
    assert list(update.progress.order_by("pk").values_list("word", flat=True)) == [
        "Accepted", "Downloading", "Downloaded", "Installing", "Installed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "after", "before"),
    [
        ("AcceptedCanceled", "Accepted", "Canceled"),
        ("Rejected", "Rejected", "Accepted"),
        ("RevokedCertificate", "RevokedCertificate", "Accepted"),
    ],
)
def test_a_written_update_takes_the_place_of_an_open_one_only_if_it_was_taken(station, status, after, before):
    first = write_update(station, "Accepted")
    second = write_update(station, status, number=72)
    assert (state(second), state(first)) == (after, before)


def test_a_number_that_is_used_again_begins_anew(station):
    first = write_update(station, "Accepted")
    tell(station, "InstallationFailed", request_id=71)
    again = write_update(station, "Accepted", at=NOON + timedelta(minutes=1))
    assert (again.pk, again.state, again.ended_at) == (first.pk, "Accepted", None)


def test_a_written_call_without_a_number_is_given_one(station):
    assert write_update(station, "Accepted", number=None).request_id > 0


def test_a_log_that_was_written_out_is_kept_and_followed(station):
    command = CommandFactory(station=station, name="RawCall", state="accepted")
    asked = TransferAsked(9, "https://h/up", "SecurityLog")
    learn_log_answers([Lesson(context_of(station), LogAnswered("Accepted", "log.txt", asked=asked), command.pk, NOON)])
    request = LogRequest.objects.get(command=command)
    assert (request.kind, request.state, request.file_name, request.request_id) == (
        "SecurityLog", "Accepted", "log.txt", 9,
    )  # fmt: skip
    for word in ("Uploading", "Uploaded"):
        record_log_statuses([fact_of(station, LogStatusNotified(word, 9))])
    assert state(request) == "Uploaded"
