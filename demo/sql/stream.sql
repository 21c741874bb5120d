-- Invents what happened in the last ninety days: about 17 000 activities, which arrive as some
-- 23 000 deliveries, since bookings change, senders repeat themselves and some news come late.
-- The same seed gives the same stream; only the dates move with the day it is played.

CREATE TABLE demo.post (
    seq bigint GENERATED ALWAYS AS IDENTITY, due timestamptz, spelling text, item jsonb);

-- Puts one report into the post: mostly at once, sometimes late, sometimes twice.
CREATE PROCEDURE demo.put_in_post(at timestamptz, item jsonb, spelling text DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    due timestamptz := at + random() * interval '20 seconds';
BEGIN
    IF random() < 0.03 THEN
        due := due + (1 + random() * 4) * interval '1 day';
        spelling := coalesce(spelling, 'late');
    END IF;
    item := jsonb_strip_nulls(item || jsonb_build_object('occurred_at', at));
    INSERT INTO demo.post (due, spelling, item) VALUES (due, spelling, item);
    IF random() < 0.04 THEN
        INSERT INTO demo.post (due, spelling, item)
        VALUES (due + random() * interval '1 hour', 'repeat', item);
    END IF;
END
$$;

-- What became of a booking; each time its product reports it again under the same reference.
CREATE PROCEDURE demo.follow_booking(at timestamptz, item jsonb) LANGUAGE plpgsql AS $$
DECLARE
    starts timestamptz := item ->> 'starts_at';
    again jsonb := jsonb_strip_nulls(jsonb_build_object(
        'kind', item -> 'kind', 'source', item -> 'source', 'source_ref', item -> 'source_ref',
        'email', item -> 'email', 'phone', item -> 'phone', 'region', item -> 'region',
        'on_invalid', 'keep', 'state', item -> 'state'));
    dice float := random();
    today timestamptz := date_trunc('day', now());
BEGIN
    at := at + random() * (starts - at);
    IF dice < 0.25 AND at < today THEN
        IF dice < 0.12 THEN
            CALL demo.put_in_post(at, again || '{"state": "cancelled"}');
            RETURN;
        END IF;
        starts := starts + (1 + floor(random() * 6)) * interval '1 day';
        again := again || jsonb_build_object(
            'starts_at', starts, 'ends_at', starts + interval '30 minutes');
        CALL demo.put_in_post(at, again);
    END IF;
    IF starts < today THEN
        CALL demo.put_in_post(starts + interval '31 minutes', again || jsonb_build_object(
            'state', CASE WHEN random() < 0.87 THEN 'completed' ELSE 'no_show' END));
    END IF;
END
$$;

-- What is particular about an activity of each kind.
CREATE FUNCTION demo.activity_of_kind(kind text, at timestamptz, region text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    starts timestamptz;
    member integer := 1 + floor(random() * 3) + CASE WHEN region = 'GB' THEN 3 ELSE 0 END;
BEGIN
    CASE kind
    WHEN 'booking' THEN
        starts := date_trunc('day', at) + (1 + floor(random() * 10)) * interval '1 day'
                  + (16 + floor(random() * 20)) * interval '30 minutes';
        RETURN jsonb_build_object(
            'source', demo.one_of('booking-page', 'booking-page', 'booking-link'),
            'title', demo.one_of('Product demo', 'Onboarding call', 'Quarterly review',
                                 'Consultation'),
            'state', 'scheduled', 'starts_at', starts, 'ends_at', starts + interval '30 minutes',
            'calendar', demo.one_of('google', 'exchange', 'icloud'), 'assigned_to', member);
    WHEN 'conversation' THEN
        RETURN jsonb_build_object('source', 'chatbot',
            'title', 'Chat: ' || demo.one_of('pricing', 'opening hours', 'delivery', 'a demo',
                                                  'integrations', 'an invoice'),
            'data', jsonb_build_object('bot', 'Otto', 'messages', 2 + floor(random() * 20)));
    WHEN 'form' THEN
        RETURN jsonb_build_object('source', 'routing-form',
            'title', demo.one_of('Contact sales', 'Webinar sign-up', 'Partner enquiry'),
            'fields', jsonb_build_object('plan', demo.one_of('basic', 'team', 'enterprise'),
                                         'newsletter', random() < 0.5));
    WHEN 'email' THEN
        RETURN jsonb_build_object('source', 'mail',
            'title', demo.one_of('Re: your offer', 'A question', 'Thank you!', 'Invoice',
                                 'Moving our appointment'));
    WHEN 'ticket' THEN
        RETURN jsonb_build_object('source', 'helpdesk', 'assigned_to', member,
            'title', demo.one_of('Cannot log in', 'Wrong amount on the invoice',
                                 'Export is empty', 'How do I add a colleague?'));
    WHEN 'call' THEN
        RETURN jsonb_build_object('source', 'phone-system', 'assigned_to', member,
            'title', demo.one_of('Inbound call', 'Call back', 'Voicemail'));
    ELSE
        RETURN jsonb_build_object('source', 'crm', 'title', 'Note from the CRM');
    END CASE;
END
$$;

-- The identifiers that come with it.  The cookie comes with what happens on the site; a visitor's
-- first conversations bring nothing else.
CREATE FUNCTION demo.identifiers(who demo.person, kind text, anonymous boolean, INOUT item jsonb,
                                 OUT spelling text)
LANGUAGE plpgsql AS $$
DECLARE
    email text := CASE WHEN kind IN ('booking', 'form', 'email', 'ticket', 'conversation')
                       THEN demo.written_email(who.email, who.name) END;
    phone text := CASE WHEN kind = 'call' OR (kind IN ('booking', 'form') AND random() < 0.6)
                       THEN demo.written_phone(who.phone, who.region, who.extension) END;
    cookie text := CASE WHEN kind IN ('form', 'conversation', 'booking') THEN who.cookie END;
    other demo.person;
    dice float := random();
BEGIN
    IF anonymous THEN
        email := NULL;
        phone := NULL;
    ELSIF who.partner IS NOT NULL AND dice < 0.30 THEN
        SELECT * INTO other FROM demo.person p WHERE p.n = who.partner;
        IF phone IS NOT NULL AND email IS NOT NULL AND other.phone IS NOT NULL THEN
            phone := demo.written_phone(other.phone, other.region, NULL);
            spelling := 'shared phone';
        ELSIF cookie IS NOT NULL THEN
            cookie := other.cookie;
            spelling := 'shared device';
        END IF;
    ELSIF dice > 0.975 AND (email IS NOT NULL OR phone IS NOT NULL) THEN
        spelling := 'mistyped';
        IF phone IS NULL OR (email IS NOT NULL AND random() < 0.3) THEN
            email := demo.mistyped(who.email);
        ELSE
            phone := demo.mistyped(phone);
        END IF;
    ELSIF dice > 0.971 AND email IS NOT NULL THEN
        -- valid, but another address: nobody can tell without the phone
        email := regexp_replace(who.email, '(.)(.)@', '\2\1@');
        spelling := 'letters swapped';
    ELSIF dice > 0.961 AND kind IN ('call', 'ticket') THEN
        email := CASE WHEN kind = 'ticket' THEN demo.one_of('n/a', 'anonymous', '-') END;
        phone := CASE WHEN kind = 'call'
                      THEN demo.one_of('unknown', '0000000000', '800-356-9377') END;
        spelling := 'nobody';
    END IF;
    item := item || jsonb_build_object('email', email, 'phone', phone, 'visitor', cookie,
                                       'region', who.region, 'on_invalid', 'keep');
    IF kind = 'note' THEN
        item := item || jsonb_build_object('external_id',
            CASE WHEN random() < 0.04 THEN 'crm:' || 90000 + who.n ELSE who.crm_id END,
            'email', CASE WHEN random() < 0.6 THEN who.email END);
    ELSIF NOT anonymous AND random() < 0.5 THEN
        item := item || jsonb_build_object('name', who.name,
            'company', CASE WHEN random() < 0.5 THEN who.company END,
            'timezone', CASE WHEN kind = 'booking' THEN who.timezone END);
    END IF;
END
$$;

-- What a bot finds out in a conversation: answers, and how promising the person is.
CREATE FUNCTION demo.findings_of_bot(stage integer) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN jsonb_build_object(
        'status', CASE WHEN random() < 0.05 THEN 'disqualified'
                       ELSE (ARRAY['qualified', 'marketing_qualified', 'sales_qualified'])[stage]
                  END,
        'fields', jsonb_build_object(
            'team_size', (1 + floor(random() * random() * 200))::text,
            'interests', jsonb_build_array(demo.one_of('bookings', 'chat'),
                                           demo.one_of('routing', 'reports'))));
END
$$;

CREATE PROCEDURE demo.invent(activities integer) LANGUAGE plpgsql AS $$
DECLARE
    people demo.person[];
    who demo.person;
    kind text;
    item jsonb;
    written record;
    at timestamptz;
    today timestamptz := date_trunc('day', now());
    visits_left integer[];
    stage integer[];
    cookie_known boolean[];
    p integer;
    anonymous boolean;
BEGIN
    PERFORM setseed(0.42);
    SELECT array_agg(x ORDER BY md5(x.n::text)),
           array_agg(CASE x.cohort WHEN 'visitor' THEN 2 + x.n % 3
                                   WHEN 'listed' THEN (x.n % 25 = 0)::int ELSE 0 END
                     ORDER BY md5(x.n::text)),
           array_agg(0), array_agg(false)
    INTO people, visits_left, stage, cookie_known FROM demo.person x;

    FOR i IN 1 .. activities LOOP
        p := 1 + floor(cardinality(people) * random() ^ 1.4);
        who := people[p];
        -- the working days of a season, seven in the morning to nine at night
        at := today - interval '90 days' + floor(i * 90.0 / (activities + 1)) * interval '1 day'
              + interval '7 hours' + random() * interval '14 hours';
        kind := demo.one_of('booking', 'booking', 'booking', 'conversation', 'conversation',
                            'conversation', 'email', 'email', 'email', 'form', 'ticket', 'call',
                            'note');
        IF who.cohort = 'caller' THEN
            kind := 'call';
        ELSIF visits_left[p] > 0 THEN
            kind := 'conversation';
        ELSIF who.cohort = 'visitor' AND NOT cookie_known[p] THEN
            kind := 'form';
        ELSIF kind = 'note' AND who.crm_id IS NULL THEN
            kind := 'ticket';
        ELSIF kind = 'call' AND who.phone IS NULL THEN
            kind := 'email';
        END IF;
        anonymous := kind = 'conversation'
            AND (visits_left[p] > 0 OR (cookie_known[p] AND random() < 0.4));
        visits_left[p] := greatest(visits_left[p] - 1, 0);
        cookie_known[p] := cookie_known[p] OR (kind IN ('conversation', 'form', 'booking')
                                               AND visits_left[p] = 0 AND NOT anonymous);

        item := jsonb_build_object('kind', kind) || demo.activity_of_kind(kind, at, who.region);
        item := item || jsonb_build_object(
            'source_ref', format('%s-%s', item ->> 'source', 10000 + i));
        SELECT * INTO written FROM demo.identifiers(who, kind, anonymous, item);
        item := written.item;
        IF kind = 'conversation' AND NOT anonymous AND random() < 0.25 THEN
            stage[p] := least(stage[p] + 1, 3);
            item := item || demo.findings_of_bot(stage[p]);
        END IF;
        IF i % 4001 = 0 THEN
            item := item || CASE i / 4001
                WHEN 1 THEN '{"fields": {"citty": "Leeds"}}'
                WHEN 2 THEN '{"timezone": "Mars/Olympus"}'
                WHEN 3 THEN '{"email": "nobody at all", "on_invalid": "error"}'
                ELSE '{"status": "hot"}' END::jsonb;
        END IF;
        CALL demo.put_in_post(at, item, written.spelling);
        IF kind = 'booking' THEN
            CALL demo.follow_booking(at, item);
        END IF;
    END LOOP;
END
$$;

-- One person whose story is told in full at the end.  The last two deliveries are the same.
CREATE PROCEDURE demo.tell_story() LANGUAGE plpgsql AS $$
DECLARE
    today timestamptz := date_trunc('day', now());
BEGIN
    INSERT INTO demo.post (due, spelling, item)
    SELECT at, 'story', jsonb_strip_nulls(jsonb_build_object(
               'kind', kind, 'source', source, 'title', title, 'occurred_at', at, 'region', 'GB',
               'on_invalid', 'keep', 'starts_at', starts, 'ends_at', starts + interval '30 minutes')
           || more)
    FROM (VALUES
        (41, 'conversation', 'chatbot', 'Chat: opening hours', '{"visitor": "visitor-rosalind"}'),
        (38, 'conversation', 'chatbot', 'Chat: pricing', '{"visitor": "visitor-rosalind"}'),
        (35, 'form', 'routing-form', 'Contact sales', '{"visitor": "visitor-rosalind",
            "email": "R. Keane <Rosalind@Northgate.Example>", "name": "Rosalind Keane",
            "company": "Northgate Joinery", "fields": {"plan": "team", "city": "York"}}'),
        (34, 'booking', 'booking-page', 'Product demo', '{"source_ref": "rosalind-1",
            "email": "ROSALIND@NORTHGATE.EXAMPLE", "phone": "(020) 7946 0123", "assigned_to": 4,
            "state": "scheduled", "calendar": "google", "timezone": "Europe/London"}'),
        (33, 'booking', 'booking-page', NULL, '{"source_ref": "rosalind-1",
            "email": "ROSALIND@NORTHGATE.EXAMPLE", "state": "scheduled"}'),
        (28, 'booking', 'booking-page', NULL, '{"source_ref": "rosalind-1",
            "email": "ROSALIND@NORTHGATE.EXAMPLE", "state": "completed"}'),
        (27, 'call', 'phone-system', 'Call back', '{"phone": "0044 20 7946 0123",
            "assigned_to": 4}'),
        (26, 'email', 'mail', 'Re: your offer', '{"email": "mailto:rosalind@northgate.example"}'),
        (20, 'ticket', 'helpdesk', 'Cannot log in', '{"email": "rosalind@northgate.example",
            "phone": "020 7946 012", "assigned_to": 6}'),
        (15, 'conversation', 'chatbot', 'Chat: integrations', '{"visitor": "visitor-rosalind",
            "status": "marketing_qualified", "fields": {"team_size": "12"}}'),
        (10, 'note', 'crm', 'Note from the CRM', '{"external_id": "crm:70012",
            "email": "rosalind@northgate.example"}'),
        (5, 'note', 'crm', 'Note from the CRM', '{"external_id": "crm:70012"}'),
        (2, 'booking', 'booking-page', 'Onboarding call', '{"source_ref": "rosalind-2",
            "email": "r.keane@home.example", "phone": "+44.20.7946.0123", "state": "scheduled",
            "calendar": "google", "assigned_to": 4}'),
        (2, 'booking', 'booking-page', 'Onboarding call', '{"source_ref": "rosalind-2",
            "email": "r.keane@home.example", "phone": "+44.20.7946.0123", "state": "scheduled",
            "calendar": "google", "assigned_to": 4}')
        ) AS s (days_ago, kind, source, title, more_text),
        LATERAL (SELECT more_text::jsonb AS more,
                        today - days_ago * interval '1 day' + interval '10 hours' AS at) x,
        LATERAL (SELECT CASE WHEN more ->> 'state' = 'scheduled'
                             THEN at + interval '4 days' END AS starts) y;
END
$$;

CALL demo.tell_story();
CALL demo.invent(17000);
INSERT INTO demo.delivery (n, part, spelling, item)
SELECT n, CASE WHEN n <= 2000 THEN 'single' ELSE 'batch' END, spelling, item
FROM (SELECT row_number() OVER (ORDER BY due, seq) AS n, spelling, item FROM demo.post) x;
DROP TABLE demo.post;
ANALYZE demo.delivery;
