-- Hands the stream to the database: the first 2 000 reports as a product sends them, one call and
-- one durable transaction each; the rest in batches of 500.  Between the single calls stand bare
-- inserts, to tell what the disk allows.  Prints lines "tick|sent|all|a second".

CREATE FUNCTION demo.start(wanted text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE demo.stopwatch SET started = clock_timestamp() WHERE part = wanted;
END
$$;

CREATE FUNCTION demo.stop(wanted text, number integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    watch demo.stopwatch;
BEGIN
    UPDATE demo.stopwatch
    SET spent = spent + (clock_timestamp() - started), sent = sent + number
    WHERE part = wanted RETURNING * INTO watch;
    RETURN format('tick|%s|%s|%s',
                  (SELECT sum(s.sent) FROM demo.stopwatch s WHERE s.part <> 'bare'),
                  (SELECT count(*) FROM demo.delivery),
                  round(watch.sent / extract(epoch FROM watch.spent)));
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

INSERT INTO demo.stopwatch (part) VALUES ('single'), ('bare'), ('batch');
CREATE TABLE demo.bare (n bigint, note text);

SELECT statement
FROM (SELECT n, 2 AS turn, format('INSERT INTO demo.answer SELECT %s, r.* FROM %s r', n,
                                  demo.call_text(item)) AS statement
      FROM demo.delivery WHERE part = 'single'
      UNION ALL
      SELECT n, t.turn, t.statement
      FROM demo.delivery, (VALUES
          (1, 'SELECT WHERE demo.start(''single'') IS NULL'),
          (3, 'SELECT demo.stop(''single'', 100)'),
          (4, 'SELECT WHERE demo.start(''bare'') IS NULL'),
          (6, 'SELECT WHERE demo.stop(''bare'', 25) IS NULL')) AS t (turn, statement)
      WHERE part = 'single' AND n % 100 = CASE t.turn WHEN 1 THEN 1 ELSE 0 END
      UNION ALL
      SELECT n, 5, format('INSERT INTO demo.bare VALUES (%s, ''nothing'')', i)
      FROM demo.delivery, generate_series(1, 25) i WHERE part = 'single' AND n % 100 = 0) s
ORDER BY n, turn
\gexec

SELECT 'SELECT WHERE demo.start(''batch'') IS NULL',
       format('INSERT INTO demo.answer
               SELECT %1$s + r.item - 1, r.activity_id, r.contact_id, r.outcome, r.matched_by,
                      r.duplicate_of, r.error
               FROM contacts.record_activities(
                   (SELECT jsonb_agg(d.item ORDER BY d.n) FROM demo.delivery d
                    WHERE d.n BETWEEN %1$s AND %2$s), on_error => ''report'') r',
              min(n), max(n)),
       format('SELECT demo.stop(''batch'', %s)', count(*))
FROM demo.delivery WHERE part = 'batch' GROUP BY (n - 1) / 500 ORDER BY min(n)
\gexec
