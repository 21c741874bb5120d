-- What a user wants to see, section by section.

\pset footer off
\pset null '-'
\pset border 1
SET timezone = 'UTC';

CREATE FUNCTION demo.pretty(number numeric) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN to_char(number, 'FM999,999,999');
END
$$;
SELECT demo.pretty(count(*)) AS sent, demo.pretty(count(error)) AS refused,
       demo.pretty((SELECT count(*) FROM contacts.activity WHERE source <> 'import')) AS kept,
       demo.pretty((SELECT count(*) FROM contacts.contact)) AS people,
       demo.pretty((SELECT count(*) FROM contacts.contact WHERE email IS NULL AND phone IS NULL))
           AS visitors,
       demo.pretty(count(*) - count(error) - count(DISTINCT activity_id)) AS repeats
FROM demo.answer \gset
SELECT demo.pretty(count(*)) AS repeated FROM demo.delivery WHERE spelling = 'repeat' \gset
SELECT demo.pretty(count(*)) AS late FROM demo.delivery WHERE spelling = 'late' \gset

\echo
\echo :b'3. One record per person':r
\echo -n '   ' :sent 'reports became' :kept 'activities of' :people 'contacts, '
\echo :visitors 'of them without e-mail and phone as yet.'
\echo -n '   ' :repeats 'were news of a known booking, or repeats; '
\echo :late 'came days late;' :refused 'were refused.'
SELECT kind AS "identifier", demo.pretty(count(*)) AS "known",
       demo.pretty(count(*) FILTER (WHERE is_primary)) AS "shown on a contact",
       (array_agg(value ORDER BY length(value) > 30, value DESC))[1] AS "for example"
FROM contacts.identifier GROUP BY kind ORDER BY kind;

SELECT CASE WHEN matched_by IS NOT NULL THEN 'known by ' || CASE matched_by
                WHEN 'email' THEN 'e-mail' WHEN 'phone' THEN 'phone'
                WHEN 'external' THEN 'external id' ELSE 'visitor cookie' END
            WHEN outcome = 'created' THEN 'new: a contact was made'
            WHEN error IS NOT NULL THEN 'refused'
            ELSE 'nobody: kept unlinked' END AS "person behind a report",
       demo.pretty(count(*)) AS "reports",
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) || ' %' AS "share",
       CASE WHEN matched_by = 'email' THEN 'asked first'
            WHEN matched_by = 'phone' THEN 'asked when there is no e-mail, or nobody has it'
            WHEN matched_by = 'external' THEN 'the person''s id in another system'
            WHEN matched_by = 'visitor' THEN 'someone who did not give a name this time'
            WHEN outcome = 'created' THEN ''
            WHEN error IS NOT NULL THEN 'a mistake of the sender, see below'
            ELSE 'no usable identifier: n/a, 0000000000, a mistyped number' END AS "remark"
FROM demo.answer GROUP BY matched_by, outcome, error IS NOT NULL, 1, 4
ORDER BY matched_by NULLS LAST, count(*) DESC;

\echo :b'4. Many spellings, one person':r
WITH spelled AS (
    SELECT contact_id, array_agg(DISTINCT recipient_email) AS emails,
           array_agg(DISTINCT recipient_phone) FILTER (WHERE recipient_phone IS NOT NULL) AS phones
    FROM contacts.activity
    WHERE contact_id IS NOT NULL AND recipient_email IS NOT NULL
    GROUP BY contact_id),
chosen AS (
    SELECT s.*, c.name FROM spelled s JOIN contacts.contact c USING (contact_id)
    WHERE cardinality(emails) >= 6 AND cardinality(phones) >= 6
      AND (SELECT count(*) FROM contacts.identifier i WHERE i.contact_id = s.contact_id
           AND i.kind IN ('email', 'phone')) = 2
      AND EXISTS (SELECT FROM contacts.identifier i WHERE i.contact_id = s.contact_id
                  AND value LIKE '+44%')
    ORDER BY cardinality(phones) DESC, cardinality(emails) DESC, contact_id LIMIT 1)
SELECT e.email AS "e-mail as written", contacts.normalize_email(e.email) AS "key",
       p.phone AS "phone as written", contacts.normalize_phone(p.phone, 'GB') AS "key "
FROM chosen c,
     ROWS FROM (unnest(c.emails), unnest(c.phones)) WITH ORDINALITY AS x (email, phone, n),
     LATERAL (SELECT x.email) e, LATERAL (SELECT x.phone) p
WHERE n <= 4 AND x.email IS NOT NULL AND x.phone IS NOT NULL;

SELECT demo.pretty(count(*)) AS pairs FROM contacts.duplicate WHERE state = 'open' \gset
\echo :b'5. Duplicates to review':r
\echo '    Who is who is not guessed: such pairs wait for review.' :pairs 'do, ten of them are:'
WITH named AS (
    SELECT c.contact_id, c.name IS NULL AS nameless,
           coalesce(c.name || coalesce(', ' || left(c.company, 15), ''), c.email, c.phone,
                    (SELECT min(i.value) FROM contacts.identifier i
                     WHERE i.contact_id = c.contact_id)) AS label
    FROM contacts.contact c)
SELECT p.contact_id AS "id", p.label AS "contact", p.other_id AS "id ", p.other AS "other",
       p.why AS "why"
FROM (SELECT a.contact_id, a.label, b.contact_id AS other_id, b.label AS other,
             array_to_string(d.reasons, ', ') AS why,
             row_number() OVER (PARTITION BY d.reasons
                                ORDER BY a.nameless OR b.nameless, a.contact_id) AS turn
      FROM contacts.duplicate d
      JOIN named a USING (contact_id) JOIN named b ON b.contact_id = d.other_id
      WHERE d.state = 'open') p
ORDER BY p.turn, p.why LIMIT 10;

\echo :b'6. Status pipeline':r
SELECT coalesce(c.status::text, 'none yet') AS "status", demo.pretty(count(*)) AS "contacts",
       demo.pretty(count(*) FILTER (WHERE h.source = 'chatbot')) AS "set by the bot",
       demo.pretty(count(*) FILTER (WHERE h.source = 'manual')) AS "by hand",
       demo.pretty(count(*) FILTER (WHERE h.changes > 1)) AS "changed before",
       demo.pretty(count(c.owner_id)) AS "have an owner"
FROM contacts.contact c
LEFT JOIN (SELECT DISTINCT ON (contact_id) contact_id, source,
                  count(*) OVER (PARTITION BY contact_id) AS changes
           FROM contacts.status_history ORDER BY contact_id, changed_at DESC) h USING (contact_id)
GROUP BY c.status ORDER BY c.status NULLS FIRST;

SELECT contact_id AS rosalind FROM contacts.contact_overview WHERE name = 'Rosalind Keane' \gset
\echo :b'7. The timeline of one person':r
SELECT format('    %s, %s, %s, time zone %s, team of %s; known by', c.name, c.company,
              c.fields ->> 'city', c.timezone, c.fields ->> 'team_size') AS who,
       format('    %s',
              (SELECT string_agg(i.value, ', ' ORDER BY i.kind, NOT i.is_primary)
               FROM contacts.identifier i WHERE i.contact_id = c.contact_id)) AS keys
FROM contacts.contact c WHERE c.contact_id = :rosalind \gset
\echo :who
\echo :keys
SELECT to_char(t.at, 'Mon DD') AS "day", t.kind AS "what", t.title AS "title", t.state AS "state",
       m.name AS "with",
       CASE WHEN t.kind = 'status' THEN t.source
            ELSE coalesce(a.matched_by::text, 'new') END AS "known by",
       coalesce(a.written, '') AS "written as"
FROM contacts.timeline t
LEFT JOIN contacts.member m ON m.account_id = t.account_id AND m.member_id = t.assigned_to
LEFT JOIN LATERAL (
    SELECT a.matched_by, coalesce(d.item ->> 'email', d.item ->> 'phone', d.item ->> 'external_id',
                                  d.item ->> 'visitor') AS written
    FROM demo.answer a JOIN demo.delivery d USING (n)
    WHERE t.ref_table = 'activity' AND a.activity_id = t.ref_id ORDER BY a.n LIMIT 1) a ON true
WHERE t.contact_id = :rosalind ORDER BY t.at;

\echo :b'8. Busiest sources':r
SELECT source AS "source", demo.pretty(count(*)) AS "activities",
       demo.pretty(count(DISTINCT contact_id)) AS "contacts",
       demo.pretty(count(*) FILTER (WHERE state = 'completed')) AS "completed",
       demo.pretty(count(*) FILTER (WHERE state = 'cancelled')) AS "cancelled",
       demo.pretty(count(*) FILTER (WHERE state = 'no_show')) AS "no show",
       demo.pretty(count(*) FILTER (WHERE state = 'scheduled')) AS "to come"
FROM contacts.activity GROUP BY source ORDER BY count(*) DESC LIMIT 5;

SELECT demo.pretty(count(*)) AS bad FROM contacts.activity WHERE data ? 'invalid' \gset
\echo :b'9. What people mistyped':r
\echo '   ' :bad 'came with a bad e-mail or phone: recorded all the same, the text kept as data.'
WITH bad AS (
    SELECT i.key AS kind, i.value AS text,
           CASE i.key WHEN 'email' THEN contacts.email_problem(i.value)
                ELSE contacts.phone_problem(i.value, d.item ->> 'region') END AS reason
    FROM contacts.activity a
    JOIN LATERAL (SELECT jsonb_build_object('region', CASE WHEN a.source = 'import'
                      THEN CASE WHEN a.source_ref LIKE 'uk%' THEN 'GB' ELSE 'US' END
                      ELSE (SELECT d.item ->> 'region'
                            FROM demo.answer w JOIN demo.delivery d USING (n)
                            WHERE w.activity_id = a.activity_id LIMIT 1) END) AS item) d ON true,
         jsonb_each_text(a.data -> 'invalid') i
    WHERE a.data ? 'invalid')
SELECT kind AS "kind", reason AS "reason", demo.pretty(count(*)) AS "times",
       (array_agg(text ORDER BY md5(text)))[1] AS "for example"
FROM bad GROUP BY kind, reason ORDER BY count(*) DESC LIMIT 4;

\echo '    Mistakes of the sending program are refused, the rest of the batch goes on:'
\pset format unaligned
\pset tuples_only on
SELECT '    ' || error FROM demo.answer WHERE error IS NOT NULL ORDER BY n LIMIT 2;

\echo
\echo :b'10. Health and speed':r
SELECT CASE WHEN count(*) = 0 THEN 'empty: every invariant holds' ELSE count(*) || ' problems' END
    AS problems FROM contacts.check() \gset
\echo '    contacts.check():' :problems
SELECT max(speed) FILTER (WHERE part = 'batch') AS batch,
       max(speed) FILTER (WHERE part = 'single') AS single,
       max(speed) FILTER (WHERE part = 'bare') AS bare
FROM (SELECT part, demo.pretty(round(sent / extract(epoch FROM spent))) AS speed
      FROM demo.stopwatch) s \gset
\echo '    batches of 500:                        ' :batch 'reports a second, one session'
\echo '    single calls, a durable commit each:   ' :single 'reports a second, one session'
\echo '    for comparison, a bare INSERT + commit:' :bare 'rows a second on this disk'
