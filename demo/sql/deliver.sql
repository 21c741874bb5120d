-- Hands the stream to the database: the first 2 000 reports as a product sends them, one call and
-- one durable transaction each; the rest in batches of 500.  Prints lines "tick|sent|all|a second".

CREATE FUNCTION demo.tick(wanted text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    UPDATE demo.stopwatch s
    SET ended = clock_timestamp(),
        sent = (SELECT max(a.n) FROM demo.answer a) - CASE wanted WHEN 'batch' THEN 2000 ELSE 0 END
    WHERE s.part = wanted;
    SELECT format('tick|%s|%s|%s', (SELECT sum(x.sent) FROM demo.stopwatch x),
                  (SELECT count(*) FROM demo.delivery),
                  round(s.sent / extract(epoch FROM s.ended - s.started)))
    INTO line FROM demo.stopwatch s WHERE s.part = wanted;
    RETURN line;
END
$$;

-- The call that reports an item, as text.
CREATE FUNCTION demo.call_text(item jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT format('contacts.record_activity(%s)',
                          string_agg(format('%s => %L', k.key, k.value), ', '
                                     ORDER BY k.key <> 'kind', k.key))
            FROM jsonb_each_text(item) k);
END
$$;

INSERT INTO demo.stopwatch VALUES ('single', clock_timestamp(), clock_timestamp(), 0);
SELECT format('INSERT INTO demo.answer SELECT %s, r.* FROM %s r', n, demo.call_text(item)),
       CASE WHEN n % 100 = 0 THEN 'SELECT demo.tick(''single'')' END
FROM demo.delivery WHERE part = 'single' ORDER BY n
\gexec

INSERT INTO demo.stopwatch VALUES ('batch', clock_timestamp(), clock_timestamp(), 0);
SELECT format('INSERT INTO demo.answer
               SELECT %1$s + r.item - 1, r.activity_id, r.contact_id, r.outcome, r.matched_by,
                      r.duplicate_of, r.error
               FROM contacts.record_activities(
                   (SELECT jsonb_agg(d.item ORDER BY d.n) FROM demo.delivery d
                    WHERE d.n BETWEEN %1$s AND %2$s), on_error => ''report'') r',
              min(n), max(n)),
       'SELECT demo.tick(''batch'')'
FROM demo.delivery WHERE part = 'batch' GROUP BY (n - 1) / 500 ORDER BY min(n)
\gexec

-- What the disk allows: a bare insert and its commit, to compare the single calls with.
CREATE TABLE demo.bare (n integer, note text);
INSERT INTO demo.stopwatch VALUES ('bare', clock_timestamp(), clock_timestamp(), 0);
SELECT format('INSERT INTO demo.bare VALUES (%s, ''nothing'')', n) FROM generate_series(1, 500) n
\gexec
UPDATE demo.stopwatch SET ended = clock_timestamp(), sent = 500 WHERE part = 'bare';
