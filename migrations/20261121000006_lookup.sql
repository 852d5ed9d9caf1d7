-- The few doors from outside into a practice. Each is owned by calma_lookup, which may read just these columns.

CREATE POLICY lookup ON members FOR SELECT TO calma_lookup USING (true);
CREATE POLICY lookup ON practices FOR SELECT TO calma_lookup USING (true);
CREATE POLICY lookup ON invitations FOR SELECT TO calma_lookup USING (true);
CREATE POLICY lookup ON bookings FOR SELECT TO calma_lookup USING (true);
CREATE POLICY lookup ON messages FOR SELECT TO calma_lookup USING (true);
CREATE POLICY lookup ON audit_log FOR SELECT TO calma_lookup USING (true);
CREATE POLICY lookup ON therapists FOR SELECT TO calma_lookup USING (true);
GRANT SELECT (practice_id, id, user_id, role, disabled_at, created_at) ON members TO calma_lookup;
GRANT SELECT (practice_id, name, confirmed_at) ON practices TO calma_lookup;
GRANT SELECT (practice_id, id, token_hash) ON invitations TO calma_lookup;
GRANT SELECT (practice_id, id, status, deadline, patient_email, requested_at, erased_at, closed_at, paid_at) ON bookings TO calma_lookup;
GRANT SELECT (practice_id, status, next_attempt_at) ON messages TO calma_lookup;
GRANT SELECT (practice_id, seq) ON audit_log TO calma_lookup;
GRANT SELECT (practice_id, id, member_id, slug, published) ON therapists TO calma_lookup;

-- A public address, the present or an old one, leads to its therapist only while the profile is published and the
-- practice confirmed. It tells the present address, for sending people there.
CREATE FUNCTION lookup.therapist_by_slug(wanted text) RETURNS TABLE (practice_id uuid, therapist_id uuid, present text)
  -- A function in SQL is planned anew with every call; those that every request of a patient calls are not.
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT s.practice_id, s.therapist_id, t.slug FROM slugs s
  JOIN therapists t ON t.practice_id = s.practice_id AND t.id = s.therapist_id AND t.published
  JOIN practices p ON p.practice_id = s.practice_id AND p.confirmed_at IS NOT NULL
  WHERE s.slug = wanted;
END $$;

-- Every published address, for the sitemap.
CREATE FUNCTION lookup.published_slugs() RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.slug FROM slugs s
  JOIN therapists t ON t.practice_id = s.practice_id AND t.id = s.therapist_id AND t.published
  JOIN practices p ON p.practice_id = s.practice_id AND p.confirmed_at IS NOT NULL
  WHERE s.retired_at IS NULL ORDER BY 1 $$;

CREATE FUNCTION lookup.practice_of_booking(wanted uuid) RETURNS uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT practice_id FROM bookings WHERE id = wanted);
END $$;

CREATE FUNCTION lookup.practices_of_patient(email text) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT practice_id FROM bookings
  WHERE patient_email = email AND requested_at IS NOT NULL AND erased_at IS NULL $$;

CREATE FUNCTION lookup.practice_of_invitation(hash bytea) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT practice_id FROM invitations WHERE token_hash = hash $$;

CREATE FUNCTION lookup.memberships(who uuid)
  RETURNS TABLE (practice_id uuid, practice_name text, confirmed boolean, member_id uuid, role text, therapist_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.practice_id, p.name, p.confirmed_at IS NOT NULL, m.id, m.role, t.id
  FROM members m JOIN practices p ON p.practice_id = m.practice_id
  LEFT JOIN therapists t ON t.practice_id = m.practice_id AND t.member_id = m.id
  WHERE m.user_id = who AND m.disabled_at IS NULL ORDER BY m.created_at, m.practice_id $$;

-- Practices in which something is due: a deadline passed, a request to erase, a message to send, entries to seal.
CREATE FUNCTION lookup.practices_with_due_bookings(at timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT practice_id FROM bookings WHERE deadline IS NOT NULL AND deadline <= at $$;
CREATE FUNCTION lookup.practices_with_erasable_bookings(closed_before timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT practice_id FROM bookings
  WHERE erased_at IS NULL AND paid_at IS NULL AND status IN ('expired', 'declined', 'cancelled') AND closed_at <= closed_before $$;
CREATE FUNCTION lookup.practices_with_unsealed_audit() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT practice_id FROM audit_log WHERE seq IS NULL $$;

DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'lookup'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO calma_lookup', f);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO calma_app', f);
  END LOOP;
END $$;
REVOKE CREATE ON SCHEMA lookup FROM calma_lookup;
