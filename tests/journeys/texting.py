"""A campaign by text message as real processes: one server, two workers that are killed, and the people who answer.

All processes read one clock, which the journey sets forward; the people read their messages as phones would.
"""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Semaphore

import requests
from sqlalchemy import select, text

from survey_app.config import Settings
from survey_app.foundation.database import Database
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.gateway.simulator import SIGNATURE, MemoryMailbox, SimulatorGateway
from survey_app.messaging.models import OptOut, OutboxMessage, SimulatorMessage
from survey_app.messaging.operations import SenderTerms, add_sender
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.phones import mobile_number
from tests.journeys.servers import COMMAND, ROOT, environment, run
from tests.messaging.standin import end_worker, seconds_until_morning
from tests.texting.conftest import KEY

SECRET = "test secret key of at least 32 characters"
SENDER, SHORT_CODE, UNIT = "CAOBANG", "8079", "UBND tinh Cao Bang"
AT_ONCE = 4
"""People who text at the same time."""
REPEATED = 0.2
"""Share of the texts that a carrier delivers again."""
_FIELDS = re.compile(r'name="(submission_id|form_token)" value="([^"]+)"')
_CODE = re.compile(r"DG (\w{8}) diem")
_CLOCK = """
from datetime import timedelta
from os import environ
from pathlib import Path
from survey_app.foundation import clock
real, ahead = clock.now, Path(environ["SECONDS_AHEAD_IN"])
clock.now = lambda: real() + timedelta(seconds=float(ahead.read_text()))
"""
_WITNESS = {
    "sqlite": (
        """CREATE TRIGGER witness BEFORE INSERT ON simulator_messages
        BEGIN INSERT INTO handed_over VALUES (NEW.reference); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO handed_over VALUES (NEW.reference); RETURN NEW; END $$""",
        "CREATE TRIGGER witness BEFORE INSERT ON simulator_messages FOR EACH ROW EXECUTE FUNCTION witness()",
    ),
}
Ratings = tuple[int | None, ...]


@dataclass(frozen=True)
class Person:
    """Somebody with a phone: what he does with the form behind the link, what he texts, and what that rates.

    `{dg}` stands for the keyword with his own code. `counts` are the overall rating and the three further ones.
    """

    kind: str
    texts: Sequence[str] = ()
    counts: Ratings | None = None
    on_the_web: int | None = None
    refuses: bool = False


PEOPLE = (
    Person("rates and answers", ("{dg} 5", "4", "5", "3"), (5, 4, 5, 3)),
    Person("numbers the answers", ("{dg} 1:5 2:4 3:5 4:3",), (5, 4, 5, 3)),
    Person("answers in a row", ("3 4 5 2",), (3, 4, 5, 2)),
    Person("rates in words", ("rất hài lòng",), (5, None, None, None)),
    Person("sends stars", ("⭐⭐⭐⭐",), (4, None, None, None)),
    Person("rates and complains of waiting", ("Không hài lòng vì phải đi lại 3 lần",), (2, None, None, None)),
    Person("chooses letters", ("1a 2b",)),
    Person("is unclear, then clear", ("4 hoac 5", "4"), (4, None, None, None)),
    Person("stays unclear", ("10/10", "ok")),
    Person("comments", ("Nam nay lam nhanh hon nam ngoai",)),
    Person("files a complaint", ("Tôi muốn khiếu nại việc thu thêm tiền",)),
    Person("asks for help", ("HD", "3"), (3, None, None, None)),
    Person("thinks again", ("{dg} 2", "{dg} 5"), (5, None, None, None)),
    Person("follows the link", ("5",), (4, None, None, None), on_the_web=4),
    Person("refuses", ("TC",), refuses=True),
    Person("rates and refuses", ("{dg} 1", "Từ chối"), (1, None, None, None), refuses=True),
    Person("is somebody else", ("nhầm số rồi",), refuses=True),
    Person("is silent"),
)
HASTY = Person("refuses before the invitation comes", ("STOP",), refuses=True)


@dataclass
class Said:
    """A text, what it was answered, and what its repetition was answered (None: it was not repeated)."""

    person: Person
    text: str
    answer: str
    again: str | None


@dataclass
class Town:
    """An installation on a clock that can be set, its server's address, and what its people said."""

    folder: Path
    database: Database
    env: dict[str, str]
    base: str
    people: dict[str, Person]
    said: list[Said] = field(default_factory=list)
    speaking: Semaphore = field(default_factory=lambda: Semaphore(AT_ONCE))
    rng: random.Random = field(default_factory=lambda: random.Random(5))

    def now(self) -> datetime:
        """Return the time that every process here sees."""
        return datetime.now(UTC) + timedelta(seconds=float(_ahead(self.folder).read_text()))

    def later(self, **by: float) -> None:
        """Set the clock forward, for running processes too; never between a text and its repetition."""
        seconds = float(_ahead(self.folder).read_text()) + timedelta(**by).total_seconds()
        for _ in range(AT_ONCE):
            self.speaking.acquire()
        _set_ahead(self.folder, seconds)
        self.speaking.release(AT_ONCE)

    def command(self, *words: str) -> str:
        """Run `survey-app`; return what it printed."""
        return run(*words, env=self.env)

    def invite(self, campaign: str, phones: Sequence[str]) -> None:
        """Import a list, say how the campaign invites, and write the invitations into the outbox."""
        path = self.folder / f"{campaign}.csv"
        rows = (f"{phone},cao-bang,Cap CCCD,{campaign}.{line}" for line, phone in enumerate(phones))
        path.write_text("\n".join(["phone,unit,procedure,dossier", *rows]), "utf-8")
        self.command("campaigns", "invite", str(path), "--campaign", campaign)
        plan = ("--sender", SENDER, "--unit", UNIT, "--number", SHORT_CODE, "--follow-ups", "3")
        self.command("texting", "plan", "--campaign", campaign, *plan)
        self.command("texting", "send", "--campaign", campaign)

    def outbox(self) -> list[OutboxMessage]:
        """Return all messages."""
        with self.database.read() as session:
            return list(session.scalars(select(OutboxMessage)))

    def waits(self) -> bool:
        """Say whether a message has not gone yet."""
        return any(one.state in ("queued", "leased", "sending") for one in self.outbox())

    def doubts(self) -> bool:
        """Say whether it is unknown of a message if it has gone."""
        return any(one.state == "unknown" for one in self.outbox())

    def on_phones(self) -> list[tuple[str, SimulatorMessage]]:
        """Return what has reached the phones, each with its number, in that order."""
        cipher = FieldCipher(KEY)
        with self.database.read() as session:
            found = session.scalars(select(SimulatorMessage).order_by(SimulatorMessage.id)).all()
        return [(cipher.decrypt(one.phone_sealed), one) for one in found]

    def written_after_refusal(self) -> list[str]:
        """Return the messages that reached phones after these had refused."""
        query = select(SimulatorMessage.text).join(OptOut, OptOut.phone_hash == SimulatorMessage.phone_hash)
        with self.database.read() as session:
            return list(session.scalars(query.where(SimulatorMessage.delivered_at > OptOut.since)))

    def handed_over(self) -> list[str]:
        """Return the reference of each message that was handed to the simulator, each time that it was."""
        with self.database.read() as session:
            return list(session.execute(text("SELECT reference FROM handed_over")).scalars())

    def converse(self, phone: str, invitation: str) -> None:
        """Let somebody do what he does with an invitation; one text in five comes twice."""
        person, code = self.people[phone], _CODE.search(invitation)
        if person.on_the_web is not None:
            assert code is not None
            fill_in(self.base, code[1], person.on_the_web)
        for number, words in enumerate(person.texts):
            written = words.replace("{dg}", f"DG {code[1]}" if code else "DG")
            with self.speaking:
                self.said.append(self._say(person, phone, f"{phone}-{number}", written))

    def _say(self, person: Person, phone: str, identity: str, words: str) -> Said:
        answer = self._text(identity, phone, words)
        if self.rng.random() >= REPEATED:
            return Said(person, words, answer, None)
        # Half of them under the same id, as after a lost answer; half under another.
        other = identity if self.rng.random() < 0.5 else f"{identity}-again"
        return Said(person, words, answer, self._text(other, phone, words))

    def _text(self, identity: str, phone: str, words: str) -> str:
        given = {"kind": "text", "id": identity, "from": phone, "to": SHORT_CODE, "text": words}
        body = json.dumps(given).encode()
        key = Settings(instance=self.folder, secret_key=SECRET)
        headers = {SIGNATURE: SimulatorGateway(key, MemoryMailbox()).sign(body)}
        answer = requests.post(
            f"{self.base}/webhooks/gateway/simulator", data=body, headers=headers, timeout=30
        )
        assert answer.status_code == 200
        return answer.text


def fill_in(base: str, code: str, rating: int) -> None:
    """Send the form behind a code, as a browser without scripts does."""
    page = requests.get(f"{base}/{code}", timeout=30).text
    fields = dict(_FIELDS.findall(page)) | {"satisfaction": str(rating)}
    answer = requests.post(f"{base}/{code}", data=fields, timeout=30, allow_redirects=False)
    assert answer.status_code == 303


def phone_of(number: int) -> str:
    """Return the mobile number of person `number`."""
    return mobile_number(f"0901{number:06}")


def installed(folder: Path, database: Database, base: str, people: Sequence[Person]) -> Town:
    """Return a town of `people` whose clock shows 09:30 in Việt Nam, with a witness at the simulator's door."""
    (folder / "sitecustomize.py").write_text(_CLOCK)
    _set_ahead(folder, seconds_until_morning())
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE handed_over (reference VARCHAR(40))"))
        for statement in _WITNESS[database.engine.dialect.name]:
            connection.execute(text(statement))
    env = environment(folder, database.url, base) | {
        "SURVEY_SECRET_KEY": SECRET,
        "SURVEY_CONTACT_KEY": KEY,
        "SECONDS_AHEAD_IN": str(_ahead(folder)),
        # The first of that name is run by every interpreter as it starts, those that a server spawns among them.
        "PYTHONPATH": f"{folder}:{ROOT}",
    }
    numbered = {phone_of(number): person for number, person in enumerate(people)}
    return Town(folder, database, env, base, numbered)


def set_pace(town: Town, segments_per_second: float) -> None:
    """Give the sender its pace, with a burst of one second."""
    terms = SenderTerms(
        name=SENDER,
        segments_per_second=segments_per_second,
        burst=int(segments_per_second),
        price=Decimal(0),
        active=True,
    )
    town.database.write(
        lambda session: add_sender(
            session, gateway="simulator", medium=Medium.SMS, terms=terms, now=town.now()
        )
    )


def work_until(
    town: Town, done: Callable[[], bool], how: signal.Signals = signal.SIGTERM, seconds: float = 60
) -> None:
    """Let two workers run until `done`, and end them so."""
    workers = [
        subprocess.Popen(
            [*COMMAND, "worker"], env=town.env, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL
        )
        for _ in range(2)
    ]
    until = time.monotonic() + seconds
    try:
        while not done():
            assert [one.poll() for one in workers] == [None, None], "a worker ended by itself"
            assert time.monotonic() < until, "what the workers were to do did not come about"
            time.sleep(0.05)
    finally:
        for one in workers:
            end_worker(one, how, within=45)


def answer_all(town: Town, count: int, seconds: float = 100) -> None:
    """Let people answer what comes, as it comes, until `count` messages were answered."""
    until, heard = time.monotonic() + seconds, set[str]()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while len(heard) < count:
            new = [pair for pair in town.on_phones() if pair[1].reference not in heard]
            list(pool.map(lambda pair: town.converse(pair[0], pair[1].text), new))
            heard |= {one.reference for _phone, one in new}
            assert time.monotonic() < until, f"only {len(heard)} messages came"
            time.sleep(0.05)


def _ahead(folder: Path) -> Path:
    return folder / "seconds_ahead"


def _set_ahead(folder: Path, seconds: float) -> None:
    written = folder / "seconds_ahead.new"
    written.write_text(str(seconds))
    written.replace(_ahead(folder))
