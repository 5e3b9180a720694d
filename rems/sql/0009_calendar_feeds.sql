-- Revoked once is revoked for ever, and the row stays: it says who could read until when.
CREATE FUNCTION rems_calendarfeed_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL THEN
    PERFORM pharmacy_refuse('rems_calendarfeed_stays_revoked', 'a revoked feed stays revoked');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_calendarfeed_guard BEFORE UPDATE ON rems_calendarfeed
  FOR EACH ROW EXECUTE FUNCTION rems_calendarfeed_guard();
CREATE TRIGGER rems_calendarfeed_no_delete BEFORE DELETE ON rems_calendarfeed
  FOR EACH ROW EXECUTE FUNCTION pharmacy_no_delete();
CREATE TRIGGER rems_calendarfeed_no_truncate BEFORE TRUNCATE ON rems_calendarfeed
  FOR EACH STATEMENT EXECUTE FUNCTION pharmacy_no_delete();

-- Safety reminders are only moved within the day: quiet hours leave the other half of it free.
ALTER TABLE rems_contactpreference ADD CONSTRAINT rems_contactpreference_quiet_half_a_day
  CHECK ((extract(epoch FROM quiet_until)::integer - extract(epoch FROM quiet_from)::integer
          + 86400) % 86400 <= 43200);
