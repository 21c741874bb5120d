-- The world outside: the people of the two lists, some newcomers, and how people write.
-- Everything of it lives in the schema "demo", apart from the product's own tables.

CREATE SCHEMA demo;

CREATE TABLE demo.us_list (
    first_name text, last_name text, company text, address text, city text, county text,
    state text, zip text, phone1 text, phone2 text, email text, web text);
CREATE TABLE demo.uk_list (
    first_name text, last_name text, company text, address text, city text, county text,
    postal text, phone1 text, phone2 text, email text, web text);
\copy demo.us_list FROM 'us-500.csv' WITH (FORMAT csv, HEADER)
\copy demo.uk_list FROM 'uk-500.csv' WITH (FORMAT csv, HEADER)

CREATE TABLE demo.row AS
SELECT row_number() OVER (ORDER BY region DESC, email) AS n, x.*
FROM (SELECT 'US' AS region, 'us-500.csv' AS file, first_name, last_name, company, city, phone1,
             phone2, email, web FROM demo.us_list
      UNION ALL
      SELECT 'GB', 'uk-500.csv', first_name, last_name, company, city, phone1,
             phone2, email, web FROM demo.uk_list) x;

-- What is sent to the database, in order of arrival, and what the database answered.
CREATE TABLE demo.delivery (
    n bigint PRIMARY KEY, part text NOT NULL, spelling text, item jsonb NOT NULL);
CREATE TABLE demo.answer (
    n bigint, activity_id bigint, contact_id bigint, outcome contacts.outcome,
    matched_by contacts.identifier_kind, duplicate_of bigint, error text);
CREATE TABLE demo.stopwatch (
    part text, started timestamptz, spent interval DEFAULT '0', sent bigint DEFAULT 0);

-- One row is one person who acts.  cohort: listed (imported), visitor (a cookie at first),
-- caller (only ever phones), newcomer (writes with an e-mail from the start).
CREATE TABLE demo.person (
    n integer PRIMARY KEY, cohort text NOT NULL, name text, company text, email text,
    phone text, region text, extension text, cookie text, crm_id text, timezone text,
    partner integer);

INSERT INTO demo.person
SELECT r.n, 'listed', r.first_name || ' ' || r.last_name, r.company, r.email,
       CASE WHEN contacts.phone_problem(r.phone1, r.region) IS NULL
            THEN contacts.normalize_phone(r.phone1, r.region) END,
       r.region, NULL, 'visitor-' || r.n, CASE WHEN r.n % 5 = 0 THEN 'crm:' || 40000 + r.n END,
       CASE WHEN r.region = 'GB' THEN 'Europe/London'
            ELSE (ARRAY['America/New_York', 'America/Chicago', 'America/Los_Angeles'])[r.n % 3 + 1]
       END
FROM demo.row r;

-- Newcomers: colleagues of listed people, names mixed from the lists, the company's second phone.
INSERT INTO demo.person
SELECT 1000 + row_number() OVER (ORDER BY a.n),
       (ARRAY['visitor', 'visitor', 'newcomer', 'caller'])[a.n / 2 % 4 + 1],
       b.first_name || ' ' || c.last_name, a.company,
       CASE WHEN a.n / 2 % 4 < 3
            THEN lower(b.first_name || '.' || regexp_replace(c.last_name, '\W', '', 'g')
                       || '@' || substring(a.web FROM 'www\.(.*)$')) END,
       contacts.normalize_phone(a.phone2, a.region), a.region, NULL, 'visitor-' || 5000 + a.n, NULL,
       CASE WHEN a.region = 'GB' THEN 'Europe/London' ELSE 'America/New_York' END
FROM demo.row a
JOIN demo.row b ON b.n = (a.n * 7 + 13) % 1000 + 1
JOIN demo.row c ON c.n = (a.n * 11 + 29) % 1000 + 1
WHERE a.n % 2 = 0 AND contacts.phone_problem(a.phone2, a.region) IS NULL;

-- Two desks behind one office line: same number, another extension.
UPDATE demo.person p SET extension = CASE WHEN p.n % 2 = 0 THEN '12' ELSE '14' END,
       phone = (SELECT q.phone FROM demo.person q WHERE q.n = p.n - p.n % 2),
       region = (SELECT q.region FROM demo.person q WHERE q.n = p.n - p.n % 2)
WHERE p.n BETWEEN 1040 AND 1079;
-- Couples and desk neighbours, who use each other's phone or computer now and then.
UPDATE demo.person SET partner = CASE WHEN n % 2 = 0 THEN n + 1 ELSE n - 1 END
WHERE n BETWEEN 100 AND 159 OR n BETWEEN 700 AND 729;

-- One of the texts.
CREATE FUNCTION demo.one_of(VARIADIC choices text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN choices[1 + floor(random() * cardinality(choices))::int];
END
$$;

-- An e-mail address as people type, paste and export it.
CREATE FUNCTION demo.written_email(email text, name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    dice float := random();
BEGIN
    RETURN CASE
        WHEN dice < 0.40 THEN email
        WHEN dice < 0.50 THEN upper(email)
        WHEN dice < 0.60 THEN initcap(email)
        WHEN dice < 0.66 THEN '  ' || email || ' '
        WHEN dice < 0.80 THEN format('%s <%s>', name, email)
        WHEN dice < 0.85 THEN format('"%s" <%s>', name, initcap(email))
        WHEN dice < 0.92 THEN 'mailto:' || email
        WHEN dice < 0.95 THEN 'mailto:' || email || '?subject=Hello'
        WHEN dice < 0.98 THEN email || ';'
        ELSE replace(email, '@', ' @ ')
    END;
END
$$;

-- A phone number (E.164) as people in its country write it.
CREATE FUNCTION demo.written_phone(phone text, region text, extension text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    dice integer := floor(random() * 8);
    digits text := CASE WHEN region = 'US' THEN substr(phone, 3) ELSE substr(phone, 4) END;
    a text := left(digits, CASE WHEN region = 'US' THEN 3 ELSE 4 END);
    b text := substr(digits, length(a) + 1, 3);
    c text := substr(digits, length(a) + 4);
    tail text := '';
BEGIN
    IF extension IS NOT NULL THEN
        tail := demo.one_of(' ext. ', ' x', ' ext ', ' extension ') || extension;
    END IF;
    IF region = 'US' THEN
        RETURN CASE dice
            WHEN 0 THEN format('(%s) %s-%s', a, b, c)
            WHEN 1 THEN format('%s-%s-%s', a, b, c)
            WHEN 2 THEN format('%s.%s.%s', a, b, c)
            WHEN 3 THEN format('+1.%s.%s.%s', a, b, c)
            WHEN 4 THEN format('1 %s %s %s', a, b, c)
            WHEN 5 THEN format('+1 (%s) %s-%s', a, b, c)
            WHEN 6 THEN format('tel:+1-%s-%s-%s', a, b, c)
            ELSE digits
        END || tail;
    END IF;
    RETURN CASE dice
        WHEN 0 THEN format('(0%s) %s%s', a, b, c)
        WHEN 1 THEN format('0%s %s %s', a, b, c)
        WHEN 2 THEN format('0%s-%s%s', a, b, c)
        WHEN 3 THEN format('0044 %s %s%s', a, b, c)
        WHEN 4 THEN format('+44 (0)%s %s%s', a, b, c)
        WHEN 5 THEN format('+44.%s.%s%s', a, b, c)
        WHEN 6 THEN format('tel:+44-%s-%s-%s', a, b, c)
        ELSE '0' || digits
    END || tail;
END
$$;

-- The slip of a finger: something that is no address, no number.
CREATE FUNCTION demo.mistyped(good text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF position('@' IN good) > 0 THEN
        RETURN demo.one_of(replace(good, '@', ' at '), split_part(good, '@', 1) || '@gmail',
                           replace(good, '@', '@@'), replace(good, '@', ''));
    END IF;
    RETURN demo.one_of(left(good, -2), 'call my office', '555-0199', right(good, 7), good || '77');
END
$$;
