-- Capsules that are still in the pharmacy were not taken: a first dose would let the next fill come
-- early (R45) and count as a start (R20).
CREATE FUNCTION orders_first_dose_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM rems_supply s LEFT JOIN orders_release r ON r.order_id = s.order_id
    WHERE s.id = NEW.supply_id AND (s.source = 'elsewhere' OR r.id IS NOT NULL)
  ) THEN
    PERFORM pharmacy_refuse('rems_firstdose_after_release', 'the capsules have not left');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_firstdose_after_release BEFORE INSERT ON rems_firstdose
  FOR EACH ROW WHEN (NOT NEW.retracts) EXECUTE FUNCTION orders_first_dose_guard();

-- One that was told before its capsules left has to be taken back first, on the patient's record: it
-- would go on letting the next fill come early.
DO $$
DECLARE
  early text;
BEGIN
  SELECT string_agg(d.id::text, ', ') INTO early
  FROM rems_firstdose d JOIN rems_supply s ON s.id = d.supply_id AND s.source = 'here'
  WHERE NOT d.retracts
    AND NOT EXISTS (SELECT 1 FROM rems_firstdose later WHERE later.supersedes_id = d.id)
    AND NOT EXISTS (SELECT 1 FROM orders_release r
                    WHERE r.order_id = s.order_id AND r.recorded_at <= d.recorded_at);
  IF early IS NOT NULL THEN
    RAISE EXCEPTION 'Take these first doses back; their capsules had not left: %', early;
  END IF;
END $$;
