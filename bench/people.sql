-- people.sql: the persons that the measurements are about, and what the harness needs.
--
-- Everything follows from numbers, so that two runs see the same data.  Variables:
--   size   contacts that exist before measuring        calls  calls per run of a loop
--   batch  items per call of record_activities

CREATE SCHEMA bench;
SELECT format('CREATE FUNCTION bench.size() RETURNS bigint LANGUAGE sql IMMUTABLE RETURN %s', :size)
\gexec

-- Runs a C function that does nothing: int8up hands its argument back, whatever the word means.
CREATE FUNCTION bench.noop(text) RETURNS text
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int8up';

-- Seconds that this backend has been on a processor; less disturbed by neighbours than the clock.
CREATE FUNCTION bench.cpu() RETURNS double precision
	LANGUAGE sql VOLATILE
	RETURN split_part(pg_read_file('/proc/self/schedstat', 0, 100), ' ', 1)::double precision / 1e9;

-- Made-up words of two or three syllables.
CREATE FUNCTION bench.word(seed bigint) RETURNS text
	LANGUAGE sql IMMUTABLE
	RETURN (ARRAY['bel','cor','dan','el','fi','gar','hol','is','jun','ka','lor','mi','nor','ol',
				  'pe','quin','ras','sol','tor','ul','vi','wen','xan','yor','zel'])[1 + seed % 25]
		|| (ARRAY['a','an','ar','e','en','i','ia','in','o','ov','us','y'])[1 + seed / 25 % 12]
		|| (ARRAY['','d','k','l','ma','ne','ra','s','ster','t','va'])[1 + seed / 300 % 11];

-- One row is one person: as entered (mixed case, international or national writing), and the keys.
CREATE FUNCTION bench.people(first bigint, last bigint)
	RETURNS TABLE (id bigint, name text, company text, email text, email_key text, phone text,
				   region text, local_form text, phone_key text)
	LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT p.id, initcap(w.given) || ' ' || initcap(w.family),
		   initcap(w.company) || (ARRAY[' Ltd', ' GmbH', ' Inc', ' & Sons'])[1 + p.id % 4],
		   CASE p.id % 2 WHEN 0 THEN initcap(w.given) || '.' || initcap(w.family) || p.id || w.domain
						 ELSE w.given || '.' || w.family || p.id || w.domain END,
		   w.given || '.' || w.family || p.id || w.domain,
		   CASE p.id % 2 WHEN 0 THEN n.country || ' ' || n.local_form ELSE n.local_form END,
		   n.region, n.local_form, n.country || n.digits
	FROM generate_series(first, last) AS p (id)
	CROSS JOIN LATERAL (
		SELECT bench.word(p.id * 7919 % 3300) AS given, bench.word(p.id * 104729 % 3300) AS family,
			   bench.word(p.id * 31 % 3300) AS company,
			   (ARRAY['@mail.example', '@example.com', '@post.example.org'])[1 + p.id % 3] AS domain) w
	CROSS JOIN LATERAL (
		SELECT (ARRAY['212','415','312','617','206','303','404','512','713','305'])[1 + p.id % 10]
				   AS area,
			   lpad((2000000 + p.id / 10 * 7919 % 8000000)::text, 7, '0') AS local,
			   lpad((p.id * 7919 % 100000000)::text, 8, '0') AS mobile) d
	CROSS JOIN LATERAL (
		SELECT 'US' AS region, '+1' AS country, d.area || d.local AS digits,
			   '(' || d.area || ') ' || left(d.local, 3) || '-' || right(d.local, 4) AS local_form
		WHERE p.id % 20 < 14
		UNION ALL
		SELECT 'GB', '+44', '71' || d.mobile, '071' || left(d.mobile, 2) || ' ' || right(d.mobile, 6)
		WHERE p.id % 20 BETWEEN 14 AND 16
		UNION ALL
		SELECT 'DE', '+49', '151' || d.mobile, '0151/' || d.mobile
		WHERE p.id % 20 > 16) n;
END;

-- Those who exist (1 to size) and those who come (above size).  Six runs (0 warms up) of a loop on
-- three sides that need newcomers of their own, of a batch on four.
CREATE UNLOGGED TABLE bench.person AS
SELECT * FROM bench.people(1, :size + 18 * :calls + 24 * :batch / 2);
ALTER TABLE bench.person ADD PRIMARY KEY (id);
ANALYZE bench.person;

DO $$
BEGIN
	IF EXISTS (SELECT FROM bench.person
			   WHERE contacts.normalize_email(email) <> email_key
				  OR contacts.normalize_phone(phone, region) <> phone_key
				  OR contacts.normalize_phone(local_form, region) <> phone_key) THEN
		RAISE EXCEPTION 'the benchmark''s persons have other keys than the library says';
	END IF;
END
$$;

-- What is reported: one row is one activity.  Runs 0, 6, 12 and 18 warm up and have a
-- hundredth.
CREATE FUNCTION bench.reports(of_run int, first_person bigint, last_person bigint, step bigint,
							  amount int)
	RETURNS TABLE (run int, n int, person bigint, kind text, email text, phone text, region text,
				   name text, company text, source text, source_ref text, title text, data jsonb,
				   email_key text, phone_key text)
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT of_run, i.n, p.id, (ARRAY['booking', 'form', 'conversation', 'email'])[1 + i.n % 4],
		   CASE i.n % 4 WHEN 0 THEN upper(p.email) WHEN 1 THEN ' ' || p.email ELSE p.email END,
		   CASE WHEN i.n % 4 < 2 OR first_person > 1 THEN
				CASE i.n % 2 WHEN 0 THEN p.phone_key ELSE p.local_form END END,
		   p.region,
		   CASE WHEN i.n % 8 < 4 OR first_person > 1 THEN p.name END,
		   CASE WHEN i.n % 8 < 4 OR first_person > 1 THEN p.company END,
		   CASE i.n % 2 WHEN 0 THEN 'website' END,
		   CASE i.n % 2 WHEN 0 THEN first_person || '-' || of_run || '-' || i.n END,
		   'Introduction to ' || p.company, jsonb_build_object('page', '/pricing', 'minutes', i.n % 60),
		   p.email_key, p.phone_key
	FROM generate_series(1, CASE of_run % 6 WHEN 0 THEN amount / 100 ELSE amount END) AS i (n)
	JOIN bench.person p ON p.id = first_person +
		 (of_run::bigint * amount + i.n) * step % (last_person - first_person + 1)
	ORDER BY i.n;
END;

-- Known persons in random order; every newcomer once.
CREATE UNLOGGED TABLE bench.known AS
SELECT r.* FROM generate_series(0, 17) AS s (run)
CROSS JOIN LATERAL bench.reports(s.run, 1, :size, 7368787, :calls) r;
CREATE UNLOGGED TABLE bench.new AS
SELECT r.* FROM generate_series(0, 17) AS s (run)
CROSS JOIN LATERAL bench.reports(s.run, :size + 1, :size + 18 * :calls, 1, :calls) r;
-- Half of a batch is known, half new, in turn.
CREATE UNLOGGED TABLE bench.item AS
SELECT r.*, false AS is_new, 2 * r.n - 1 AS place FROM generate_series(0, 23) AS s (run)
CROSS JOIN LATERAL bench.reports(s.run, 1, :size, 15485863, :batch / 2) r
UNION ALL
SELECT r.*, true, 2 * r.n FROM generate_series(0, 23) AS s (run)
CROSS JOIN LATERAL bench.reports(s.run, :size + 18 * :calls + 1,
								 :size + 18 * :calls + 24 * :batch / 2, 1, :batch / 2) r;
UPDATE bench.item SET source_ref = 'batch-' || is_new || source_ref WHERE source_ref IS NOT NULL;
CREATE UNLOGGED TABLE bench.batch AS
SELECT i.run, jsonb_agg(jsonb_strip_nulls(to_jsonb(i) - 
						'{run,n,person,is_new,place,email_key,phone_key}'::text[]) ORDER BY i.place) AS items
FROM bench.item i WHERE i.run NOT BETWEEN 6 AND 17 GROUP BY i.run;
ALTER TABLE bench.known ADD PRIMARY KEY (run, n);
ALTER TABLE bench.new ADD PRIMARY KEY (run, n);
ALTER TABLE bench.item ADD PRIMARY KEY (run, place);
ANALYZE bench.known, bench.new, bench.item;
