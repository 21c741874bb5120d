#!/usr/bin/env python3
"""events.py: writers that commit early and late, workers that die: no event is lost (R100, R101).

	events.py             4 writers, 10 s
	events.py --full      4 writers, 60 s
	events.py --by-hand   write events and deliveries here, as the triggers of contacts.contact do
	events.py --seed N    the same choices as another run; the timing is never the same

Four sessions change contacts; some transactions stay open for seconds, some are rolled back.  The
consumers a and b have two workers each, c one, which comes when the writers are at work.  Workers
are killed, the client by signal 9 or its session by pg_terminate_backend(): before a call, in the
middle of take_events() or of ack_events(), and with events in hand.  Another one takes over.

A trigger of this test keeps what was committed.  Whatever the order in which things happened:
  - a and b get each committed event at least once, c each that was not gone when it came;
  - what was acknowledged does not come again;
  - no two workers of a consumer have the same event in hand;
  - a batch is in order, and brings nothing while an earlier event of the same contact is neither
    acknowledged nor before it in the batch;
  - at the end nobody waits for anything and the events are gone.
A last check has a writer whose snapshot is older than the consumer.
"""
import argparse
import collections
import random
import threading
import time

from session import Failed, Session, Tally, seed_of

ACCOUNT = 1
CONTACTS = 40
CONSUMERS = {'a': 2, 'b': 2, 'c': 1}
LATE = 'c'
DRAIN_SECONDS = 60

PREPARE = f"""
CREATE TABLE public.committed (event_id bigint PRIMARY KEY, contact_id bigint, company text);
CREATE FUNCTION public.keep_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.committed SELECT NEW.event_id, NEW.contact_id, c.company
	FROM contacts.contact c
	WHERE c.account_id = NEW.account_id AND c.contact_id = NEW.contact_id;
	RETURN NULL;
END $$;
CREATE TRIGGER keep_event AFTER INSERT ON contacts.event
	FOR EACH ROW EXECUTE FUNCTION public.keep_event();
CREATE FUNCTION public.by_hand(id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	written bigint;
BEGIN
	INSERT INTO contacts.event (account_id, contact_id, kind)
	VALUES ({ACCOUNT}, id, 'contact.updated') RETURNING event_id INTO written;
	INSERT INTO contacts.event_delivery (account_id, consumer, event_id, contact_id)
	SELECT c.account_id, c.consumer, written, id
	FROM contacts.event_consumer c WHERE c.account_id = {ACCOUNT};
END $$;
INSERT INTO contacts.contact (account_id, contact_id, company)
SELECT {ACCOUNT}, n, 'v0' FROM pg_catalog.generate_series(1, {CONTACTS}) n;
DELETE FROM contacts.event;
DELETE FROM public.committed;
"""


class Stopwatch:
	"""Times that differ: a call that began later has a later one."""

	def __init__(self):
		self.lock = threading.Lock()
		self.ticks = 0

	def __call__(self):
		with self.lock:
			self.ticks += 1
			return self.ticks


now = Stopwatch()


class Batch:
	"""What one call of take_events() brought, and when it was in hand; None = still."""

	def __init__(self, consumer, asked):
		self.consumer = consumer
		self.asked = asked
		self.got = None
		self.events = []
		self.ack_sent = {}
		self.acked = {}
		self.dropped = None

	def in_hand(self, event, moment):
		end = self.ack_sent.get(event, self.dropped)
		return self.got is not None and self.got < moment and (end is None or moment < end)


def write(chance, by_hand, until, counts, failures):
	"""One writer: each transaction changes one to three contacts, in order."""
	session = Session()
	try:
		while time.monotonic() < until:
			ids = sorted(chance.sample(range(1, CONTACTS + 1), chance.choice([1, 1, 1, 2, 3])))
			fate = chance.random()
			session.ask('BEGIN')
			for one in ids:
				session.ask("UPDATE contacts.contact SET company ="
							" 'v' || (pg_catalog.substr(company, 2)::bigint + 1)::text"
							f" WHERE account_id = {ACCOUNT} AND contact_id = {one}")
				if by_hand:
					session.ask(f"SELECT public.by_hand({one})")
				if fate < 0.02:
					time.sleep(chance.uniform(0.5, 2))
			if 0.9 < fate:
				session.ask('ROLLBACK')
				continue
			session.ask('COMMIT')
			counts.update(ids)
			time.sleep(chance.uniform(0, 0.02))
	except Failed as failed:
		failures.append(f"writer: {failed}")
	session.close()


class Worker:
	def __init__(self, consumer, chance, killer, stop, batches, deaths, failures):
		self.consumer = consumer
		self.chance = chance
		self.killer = killer
		self.stop = stop
		self.batches = batches
		self.deaths = deaths
		self.failures = failures
		self.session = None

	def run(self):
		while not self.stop.is_set():
			try:
				self.live()
			except Failed as failed:
				# A client that lost its server says so without an SQLSTATE of its own.
				if failed.sqlstate not in ('08006', '57P01', '08003', '08000'):
					self.failures.append(f"worker of {self.consumer}: {failed}")
					return
			except (BrokenPipeError, ValueError):
				pass
			self.bury()

	def live(self):
		self.session = Session()
		pid = self.session.value('SELECT pg_catalog.pg_backend_pid()')
		while not self.stop.is_set():
			death = self.chance.random() < 0.08
			where = self.chance.choice(['idle', 'take', 'holding', 'ack'])
			if death and where == 'idle':
				return self.die(pid)
			batch = self.take(pid, death and where == 'take')
			if batch is None:
				return None
			if death and where == 'holding' and batch.events:
				return self.die(pid, batch)
			if not self.acknowledge(batch, pid, death and where == 'ack'):
				return None
			if not batch.events:
				time.sleep(0.02)
		return None

	def take(self, pid, death):
		batch = Batch(self.consumer, now())
		self.batches.append(batch)
		self.session.send("SELECT 'e', event_id, contact_id, attempts FROM contacts.take_events("
						  f"'{self.consumer}', {self.chance.randint(1, 15)},"
						  f" account_id => {ACCOUNT})")
		if death:
			time.sleep(self.chance.uniform(0, 0.003))
			self.die(pid)
			return None
		for line in self.session.receive():
			fields = line.split('|')
			if fields[0] == 'e':
				batch.events.append((int(fields[1]), int(fields[2]), int(fields[3])))
		batch.got = now()
		return batch

	def acknowledge(self, batch, pid, death):
		"""In one call or two; what is left when a death comes between is brought again."""
		events = [event for event, _, _ in batch.events]
		middle = self.chance.choice([0, 0, self.chance.randint(0, len(events))])
		time.sleep(self.chance.choice([0, 0, 0.01, 0.03, 0.1]))
		for part in (events[:middle], events[middle:]):
			if not part:
				continue
			sent = now()
			batch.ack_sent.update(dict.fromkeys(part, sent))
			self.session.send(f"SELECT contacts.ack_events('{self.consumer}',"
							  f" '{{{','.join(map(str, part))}}}', account_id => {ACCOUNT})")
			if death:
				time.sleep(self.chance.uniform(0, 0.003))
				self.die(pid, batch)
				return False
			count = self.session.receive()
			if count != [str(len(part))]:
				self.failures.append(f"ack_events returned {count}, not {len(part)}")
			batch.acked.update(dict.fromkeys(part, now()))
		return True

	def die(self, pid, batch=None):
		how = self.chance.choice(['client', 'session'])
		self.deaths[how] += 1
		if batch:
			batch.dropped = now()
		if how == 'client':
			self.session.process.kill()
		else:
			with self.killer[1]:
				self.killer[0].ask(f"SELECT pg_catalog.pg_terminate_backend({pid})")

	def bury(self):
		"""What a session had in hand when it ended is not in hand any more."""
		moment = now()
		for batch in self.batches:
			if batch.dropped is None:
				batch.dropped = moment
		self.session.process.kill()
		self.session.process.wait()
		self.session.process.stdin.close()
		self.session.process.stdout.close()


def check_batches(tally, consumer, batches, committed):
	"""The rules at the top of this file that concern single batches."""
	contact_events = collections.defaultdict(list)
	for event, contact in sorted(committed.items()):
		contact_events[contact].append(event)
	acked = {}
	sent = {}
	for batch in batches:
		for event, moment in batch.acked.items():
			acked[event] = min(moment, acked.get(event, moment))
		for event, moment in batch.ack_sent.items():
			sent[event] = min(moment, sent.get(event, moment))
	again, unordered, early, shared = [], [], [], []
	holders = collections.defaultdict(list)
	for batch in batches:
		events = [event for event, _, _ in batch.events]
		if events != sorted(events):
			unordered.append(events)
		seen = set()
		for event, contact, _ in batch.events:
			if event in acked and acked[event] < batch.asked:
				again.append(event)
			early += [(event, other) for other in contact_events[contact]
					  if other < event and other not in seen and
					  not (other in sent and sent[other] < batch.got)]
			seen.add(event)
			shared += [event for other in holders[event]
					   if other.in_hand(event, batch.asked) and other.in_hand(event, batch.got)
					   or batch.in_hand(event, other.asked) and batch.in_hand(event, other.got)]
			holders[event].append(batch)
	tally.check(not again, f'{consumer}: acknowledged events stay away', again[:10])
	tally.check(not unordered, f'{consumer}: a batch is in order', *unordered[:3])
	tally.check(not early, f'{consumer}: the order per contact', early[:10])
	tally.check(not shared, f'{consumer}: nobody else has an event in hand', shared[:10])
	return sent


def check_complete(tally, consumer, batches, wanted):
	got = {event for batch in batches for event, _, _ in batch.events}
	# A death during the call may hide what the last ack_events() of the event was about.
	tally.check(wanted <= got, f'{consumer}: each event came', sorted(wanted - got)[:10],
				f'{len(wanted - got)} of {len(wanted)} are missing')
	return sum(attempts > 1 for batch in batches for _, _, attempts in batch.events)


def check_committed(tally, rows, counts):
	"""One event per change, in the order of the changes of a contact."""
	versions = collections.defaultdict(list)
	for row in sorted(rows, key=lambda row: row['event_id']):
		versions[row['contact_id']].append(int(row['company'][1:]))
	wrong = {contact: found for contact, found in versions.items()
			 if found != list(range(1, len(found) + 1))}
	tally.check(not wrong, 'the ids of a contact are in the order of its changes',
				*list(wrong.items())[:2])
	found = {contact: len(numbers) for contact, numbers in versions.items()}
	tally.check(found == dict(counts), 'each committed change is one event', found, dict(counts))


def drain(session, stop_writing):
	"""Waits until nobody waits for an event; false when that takes too long."""
	for thread in stop_writing:
		thread.join()
	deadline = time.monotonic() + DRAIN_SECONDS
	while time.monotonic() < deadline:
		if session.value('SELECT pg_catalog.count(*) FROM contacts.event_delivery') == '0':
			return True
		time.sleep(0.1)
	return False


def check_old_snapshot(tally, session):
	"""A REPEATABLE READ writer does not see a newer consumer, and must tell it all the same."""
	writer = Session()
	change = f"UPDATE contacts.contact SET name = 'n%s' WHERE account_id = {ACCOUNT} AND contact_id = 1"
	writer.ask(change % 0)
	writer.ask('BEGIN ISOLATION LEVEL REPEATABLE READ')
	writer.ask('SELECT FROM contacts.contact')
	session.ask("SELECT contacts.take_events('new')")
	writer.ask(change % 1)
	writer.ask('COMMIT')
	writer.ask(change % 2)
	writer.close()
	lost = session.rows("SELECT e.* FROM contacts.event e WHERE NOT EXISTS (SELECT FROM"
						" contacts.event_delivery d WHERE d.event_id = e.event_id AND d.consumer = 'new')")
	tally.check(not lost, 'an old snapshot hides no consumer', *lost)


def start(target, *arguments):
	thread = threading.Thread(target=target, args=arguments, daemon=True)
	thread.start()
	return thread


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument('--full', action='store_true')
	parser.add_argument('--by-hand', action='store_true')
	parser.add_argument('--seed', type=int)
	options = parser.parse_args()
	seed = seed_of(options.seed)
	seconds = 60 if options.full else 10
	tally = Tally()
	session = Session()
	session.ask(PREPARE)
	killer = (Session(), threading.Lock())
	stop = threading.Event()
	counts, deaths, failures = collections.Counter(), collections.Counter(), []
	batches = collections.defaultdict(list)
	chances = (random.Random(seed * 100 + number) for number in range(100))

	def employ(consumer):
		mine = [[] for _ in range(CONSUMERS[consumer])]
		batches[consumer] = mine
		return [start(Worker(consumer, next(chances), killer, stop, part, deaths, failures).run)
				for part in mine]

	workers = employ('a') + employ('b')
	for consumer in 'ab':
		while session.value("SELECT pg_catalog.count(*) FROM contacts.event_consumer"
							f" WHERE consumer = '{consumer}'") == '0':
			time.sleep(0.01)
	begin = time.monotonic()
	writers = [start(write, next(chances), options.by_hand, begin + seconds, counts, failures)
			   for _ in range(4)]
	time.sleep(seconds / 2)
	workers += employ(LATE)
	drained = drain(session, writers)
	stop.set()
	for thread in workers:
		thread.join()

	tally.check(not failures, 'no call fails', *failures[:5])
	tally.check(drained, 'nobody waits for anything at the end',
				session.rows('SELECT * FROM contacts.event_delivery LIMIT 5'))
	tally.check(session.value('SELECT pg_catalog.count(*) FROM contacts.event') == '0',
				'what all acknowledged is gone')
	rows = session.rows('SELECT * FROM public.committed')
	check_committed(tally, rows, counts)
	committed = {row['event_id']: row['contact_id'] for row in rows}
	flat = {consumer: [batch for part in parts for batch in part]
			for consumer, parts in batches.items()}
	sent = {}
	again = 0
	for consumer in 'ab':
		sent[consumer] = check_batches(tally, consumer, flat[consumer], committed)
		again += check_complete(tally, consumer, flat[consumer], set(committed))
	# Gone before the late one came: what both had acknowledged before its first call was over.
	came = min((batch.got for batch in flat[LATE] if batch.got), default=0)
	gone = {event for event in committed
			if all(sent[consumer].get(event, came) < came for consumer in 'ab')}
	check_batches(tally, LATE, flat[LATE], {event: contact for event, contact in committed.items()
											if event not in gone})
	again += check_complete(tally, LATE, flat[LATE], set(committed) - gone)
	if not options.by_hand:
		check_old_snapshot(tally, session)
	print(f"   {len(committed)} events, {dict(deaths)} killed, {again} brought again,"
		  f" {len(gone)} gone before the late consumer, {time.monotonic() - begin:.1f} s")
	tally.finish()


if __name__ == '__main__':
	main()
