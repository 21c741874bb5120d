-- What people of the team do by hand, each under a name of its own in the history.

SET contacts.actor = 'sales desk';
-- Each contact gets the member who met it most often.
SELECT contacts.assign_contacts(array_agg(m.contact_id), m.assigned_to)
FROM (SELECT DISTINCT ON (contact_id) contact_id, assigned_to
      FROM contacts.activity WHERE account_id = 1 AND kind = 'booking' AND contact_id IS NOT NULL
      GROUP BY contact_id, assigned_to ORDER BY contact_id, count(*) DESC, assigned_to) m
GROUP BY m.assigned_to ORDER BY m.assigned_to;

SET contacts.member_id = 5;
SELECT contacts.set_status(array_agg(contact_id), 'sales_qualified')
FROM (SELECT contact_id FROM contacts.activity
      WHERE account_id = 1 AND kind = 'booking' AND state = 'completed' AND contact_id IS NOT NULL
      GROUP BY contact_id HAVING count(*) >= 5) x;
SET contacts.member_id = 2;
SELECT contacts.set_status(array_agg(contact_id), 'disqualified')
FROM (SELECT contact_id FROM contacts.activity
      WHERE account_id = 1 AND kind = 'booking' AND state = 'no_show' AND contact_id IS NOT NULL
      GROUP BY contact_id HAVING count(*) >= 3) x;

-- Some of the coming appointments are called off or moved on the phone.
SELECT contacts.cancel_activity(activity_id)
FROM contacts.activity
WHERE account_id = 1 AND state = 'scheduled' AND starts_at > current_date + 1
  AND activity_id % 11 = 0;
SELECT contacts.reschedule_activity(activity_id, starts_at + interval '1 day')
FROM contacts.activity
WHERE account_id = 1 AND state = 'scheduled' AND starts_at > current_date + 1
  AND activity_id % 7 = 0;

SELECT contacts.upsert_contact(email => email, tags => '{VIP}') FROM contacts.contact_overview
WHERE account_id = 1 AND activities >= 30 AND email IS NOT NULL;
SELECT contacts.upsert_contact(email => email, tags => '{Newsletter}') FROM contacts.contact
WHERE account_id = 1 AND fields @> '{"newsletter": true}' AND email IS NOT NULL;
RESET contacts.member_id;
RESET contacts.actor;
