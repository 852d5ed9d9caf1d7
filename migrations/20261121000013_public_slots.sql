-- Everything the free times of a public page are computed from, in one round trip. It runs as whoever calls it: row-level
-- security holds, for the practice the address belongs to until the transaction ends. No row when the address leads
-- nowhere or the therapist does not give the service. Exceptions that end before `since` are left out.
-- Who means to book waits first for whoever is changing the opening hours (store::occupancy::lock_for_booking).
CREATE FUNCTION public_slots(wanted text, given uuid, since date, first date, last date, to_book boolean)
  RETURNS TABLE (practice uuid, therapist uuid, address text, time_zone text, buffer_before_min integer,
    buffer_after_min integer, slot_step_min integer, policy jsonb, duration_min integer, price_minor bigint, currency text, place text, rules json, exceptions json,
    starts_at timestamptz[], ends_at timestamptz[], blocked_from timestamptz[], blocked_until timestamptz[], firm boolean[],
    booking uuid[], lapses_at timestamptz[])
  LANGUAGE plpgsql AS $$
BEGIN
  SELECT s.practice_id, s.therapist_id, s.present INTO practice, therapist, address FROM lookup.therapist_by_slug(wanted) s;
  IF practice IS NULL THEN
    RETURN;
  END IF;
  PERFORM set_config('app.practice_id', practice::text, true);
  IF to_book THEN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(therapist::text, 0));
  END IF;
  RETURN QUERY
  SELECT practice, therapist, address, t.time_zone, t.buffer_before_min, t.buffer_after_min, t.slot_step_min,
    coalesce(t.policy, p.policy), coalesce(ts.duration_min, s.duration_min),
    coalesce(ts.price_minor, s.price_minor), s.currency::text, s.place,
    (SELECT coalesce(json_agg(json_build_object('weekday', r.weekday, 'starts_min', r.starts_min, 'ends_min', r.ends_min)), '[]')
     FROM availability_rules r WHERE r.practice_id = practice AND r.therapist_id = therapist),
    (SELECT coalesce(json_agg(json_build_object('id', e.id, 'kind', e.kind, 'starts_on', e.starts_on, 'ends_on', e.ends_on,
        'reason', e.reason, 'minutes', CASE WHEN e.starts_min IS NOT NULL THEN json_build_array(e.starts_min, e.ends_min) END)), '[]')
     FROM availability_exceptions e WHERE e.practice_id = practice AND e.therapist_id = therapist AND e.ends_on >= since),
    coalesce(o.starts_at, '{}'), coalesce(o.ends_at, '{}'), coalesce(o.blocked_from, '{}'), coalesce(o.blocked_until, '{}'),
    coalesce(o.firm, '{}'), coalesce(o.booking, '{}'), coalesce(o.lapses_at, '{}')
  FROM therapists t
  JOIN practices p ON p.practice_id = t.practice_id
  JOIN therapist_services ts ON ts.practice_id = t.practice_id AND ts.therapist_id = t.id
  JOIN services s ON s.practice_id = ts.practice_id AND s.id = ts.service_id AND s.active
  -- Days on any clock of the world lie within a day of those in UTC; no occupancy is longer than a day.
  CROSS JOIN LATERAL (
    SELECT array_agg(a.starts_at) AS starts_at, array_agg(a.ends_at) AS ends_at, array_agg(a.blocked_from) AS blocked_from,
      array_agg(a.blocked_until) AS blocked_until, array_agg(a.firm) AS firm, array_agg(a.booking) AS booking,
      array_agg(a.lapses_at) AS lapses_at
    FROM (
      SELECT c.starts_at, c.ends_at, c.blocked_from, c.blocked_until, c.firm, c.booking_id AS booking,
        CASE WHEN NOT c.firm THEN (SELECT b.deadline FROM bookings b
          WHERE b.practice_id = practice AND b.id = c.booking_id AND b.status = 'held') END AS lapses_at
      FROM occupancies c
      WHERE c.practice_id = practice AND c.therapist_id = therapist AND c.blocked_until > first::timestamp AT TIME ZONE 'UTC' - interval '2 days'
        AND c.blocked_until < last::timestamp AT TIME ZONE 'UTC' + interval '4 days'
      UNION ALL
      SELECT e.starts_at, e.ends_at, e.starts_at, e.ends_at, true, NULL, NULL
      FROM external_busy e
      WHERE e.practice_id = practice AND e.therapist_id = therapist AND e.ends_at > first::timestamp AT TIME ZONE 'UTC' - interval '2 days'
        AND e.ends_at < last::timestamp AT TIME ZONE 'UTC' + interval '4 days'
      -- Sorted once, and not for each of the lists above.
      ORDER BY 4
    ) a
  ) o
  WHERE t.practice_id = practice AND t.id = therapist AND ts.service_id = given;
END $$;
REVOKE ALL ON FUNCTION public_slots(text, uuid, date, date, date, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public_slots(text, uuid, date, date, date, boolean) TO calma_app;
