-- Settings of the account, its members, the custom fields; then the two lists, one call per file.
-- A phone that no numbering plan knows loses nobody: on_invalid => keep.

SELECT contacts.set_account(name => 'Example Ltd', timezone => 'Europe/London');
INSERT INTO contacts.member (account_id, member_id, name, email, team) VALUES
    (1, 1, 'Maya', 'maya@sales.example', 'US'), (1, 2, 'Luis', 'luis@sales.example', 'US'),
    (1, 3, 'Grace', 'grace@sales.example', 'US'), (1, 4, 'Tom', 'tom@sales.example', 'UK'),
    (1, 5, 'Nadia', 'nadia@sales.example', 'UK'), (1, 6, 'Owen', 'owen@sales.example', 'UK');

SELECT contacts.define_field('city', 'text', 'City');
SELECT contacts.define_field('website', 'text', 'Website');
SELECT contacts.define_field('team_size', 'number', 'Team size');
SELECT contacts.define_field('newsletter', 'boolean', 'Wants the newsletter');
SELECT contacts.define_field('plan', 'dropdown', 'Plan', '{basic,team,enterprise}');
SELECT contacts.define_field('interests', 'multi_select', 'Interests',
                             '{bookings,chat,routing,reports}');

CREATE TABLE demo.imported AS
SELECT r.file, a.*
FROM (SELECT file, jsonb_agg(jsonb_build_object(
          'kind', 'import', 'source', 'import', 'source_ref', file || ':' || n,
          'title', 'Imported from ' || file,
          'occurred_at', date_trunc('day', now()) - interval '91 days',
          'email', email, 'phone', phone1, 'region', region, 'on_invalid', 'keep',
          'name', first_name || ' ' || last_name, 'company', company,
          'fields', jsonb_build_object('city', city, 'website', web)) ORDER BY n) AS items
      FROM demo.row GROUP BY file) r,
     contacts.record_activities(r.items) a;
