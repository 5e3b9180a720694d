-- A number that is on record was given before that: typed again with a later time it would live anew
-- (R14, R15, R41, R42). Rows that were taken back count: the number was known all the same.
CREATE FUNCTION rems_number_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  is_renewed boolean;
BEGIN
  EXECUTE format(
    $query$SELECT EXISTS (SELECT 1 FROM %I b WHERE b.prescription_id = $1
      AND replace(b.number, '-', '') = replace($2, '-', '') AND b.recorded_at < $3)$query$,
    TG_TABLE_NAME)
  INTO is_renewed USING NEW.prescription_id, NEW.number, NEW.occurred_at;
  -- What lies in the future is refused as such; that a number was entered in error can always be said.
  IF is_renewed AND NOT NEW.retracts AND NEW.occurred_at <= NEW.recorded_at THEN
    PERFORM pharmacy_refuse(TG_TABLE_NAME || '_number_not_renewed', 'on record before it was given');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_authorization_number_not_renewed BEFORE INSERT ON rems_authorization
  FOR EACH ROW EXECUTE FUNCTION rems_number_guard();
CREATE TRIGGER rems_confirmation_number_not_renewed BEFORE INSERT ON rems_confirmation
  FOR EACH ROW EXECUTE FUNCTION rems_number_guard();
