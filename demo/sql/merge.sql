-- Folds a pair that went to review into one contact, looks at it before, and takes it back.

\pset footer off
\pset null '-'
\pset border 1

SELECT d.contact_id AS keeper, d.other_id AS double, d.reasons[1] AS reason
FROM contacts.duplicate d
JOIN contacts.contact_overview a ON a.contact_id = d.contact_id
JOIN contacts.contact_overview b ON b.contact_id = d.other_id
WHERE d.state = 'open'
ORDER BY least(a.activities, b.activities) DESC, d.contact_id, d.other_id LIMIT 1 \gset

\echo
\echo :b'11. Two records, one person':r
\echo '    A pair went to review, since:' :reason
\echo '    SELECT * FROM contacts.merge_preview(primary_id => …, duplicate_ids => ARRAY[…]);'
SELECT field, result, CASE source_id WHEN :keeper THEN 'the one kept' WHEN :double THEN 'the other' END
           AS "given by", CASE WHEN disagree THEN 'they disagree' ELSE '' END AS "remark"
FROM contacts.merge_preview(:keeper, ARRAY[:double]::bigint[])
WHERE result IS NOT NULL AND result <> '0' AND field NOT IN ('created_at', 'source');

SELECT contacts.merge_contacts(:keeper, ARRAY[:double]::bigint[]) AS merge \gset
SELECT 'merged: SELECT contacts.merge_contacts(…)' AS "step", o.name, o.email, o.phone, o.activities
FROM contacts.contact_overview o WHERE o.contact_id IN (:keeper, :double);
SELECT contacts.unmerge(:merge) \g /dev/null
SELECT 'undone: SELECT contacts.unmerge(…)' AS "step", o.name, o.email, o.phone, o.activities
FROM contacts.contact_overview o WHERE o.contact_id IN (:keeper, :double) ORDER BY o.contact_id;
\echo -n '    Health after all that, contacts.check(): '
SELECT count(*) AS problems FROM contacts.check() \gset
\echo :problems 'problems'
