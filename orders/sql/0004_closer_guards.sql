-- Ways round the first guards of orders that tests/guards found, closed (invariants 1, 5, 7, 8).

-- The cap that an order is held to is the program's, as its own checkout was decided.
CREATE FUNCTION orders_cap_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM rems_decisionrecord d
      JOIN rems_programversion v ON v.id = d.program_version_id
      JOIN rems_prescription p ON p.id = NEW.prescription_id AND p.program_id = v.program_id
      CROSS JOIN jsonb_array_elements(v.data -> 'limits') AS one
    WHERE d.subject_id = NEW.id AND d.gate = 'checkout' AND d.outcome = 'permit'
      AND d.transaction_id = pg_current_xact_id()::text::bigint
      AND one ->> 'key' = 'max_days_supply' AND (one ->> 'value')::int = NEW.days_supply_cap
  ) THEN
    PERFORM pharmacy_refuse('orders_order_cap_of_program', 'the cap is not the program''s');
  END IF;
  RETURN NEW;
END $$;
-- After orders_order_guard, which asks for the permit itself.
CREATE TRIGGER orders_order_zcap BEFORE INSERT ON orders_order
  FOR EACH ROW EXECUTE FUNCTION orders_cap_guard();

-- The permit of a step is by the program that the drug is in.
CREATE FUNCTION orders_permit_program_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM rems_decisionrecord d
      JOIN rems_programversion v ON v.id = d.program_version_id
      JOIN orders_order o ON o.id = NEW.order_id
      JOIN rems_prescription p ON p.id = o.prescription_id AND p.program_id = v.program_id
    WHERE d.id = NEW.decision_id
  ) THEN
    PERFORM pharmacy_refuse('orders_orderevent_permit_of_program', 'decided by another program');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_orderevent_permit_of_program BEFORE INSERT ON orders_orderevent
  FOR EACH ROW WHEN (NEW.decision_id IS NOT NULL) EXECUTE FUNCTION orders_permit_program_guard();

-- At commit: capsules are counted out in the very step that follows an approval, and they start a
-- supply, which the next fill is measured by (R45).
CREATE FUNCTION orders_dispense_story_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM orders_orderevent e
    WHERE e.order_id = NEW.order_id AND e.from_status = 'approved' AND e.to_status = 'dispensed'
      AND e.transaction_id = NEW.transaction_id
  ) THEN
    PERFORM pharmacy_refuse('orders_dispense_after_approval', 'dispensed without an approval');
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM rems_supply s JOIN orders_order o ON o.id = s.order_id
    WHERE o.id = NEW.order_id AND s.patient_id = o.patient_id AND s.source = 'here'
      AND s.days_supply = NEW.days_supply AND s.quantity = NEW.quantity
  ) THEN
    PERFORM pharmacy_refuse('orders_dispense_starts_supply', 'dispensed without a supply');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_dispense_story AFTER INSERT ON orders_dispense
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_dispense_story_guard();

-- At commit: a parcel given to the carrier is shipped, one given to a person is handed over.
CREATE FUNCTION orders_release_story_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM orders_orderevent e
    WHERE e.order_id = NEW.order_id AND e.from_status = 'dispensed'
      AND e.to_status = CASE NEW.mode WHEN 'ship' THEN 'shipped' ELSE 'handed_over' END
      AND e.transaction_id = NEW.transaction_id
  ) THEN
    PERFORM pharmacy_refuse('orders_release_status_as_mode', 'status and way of release disagree');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_release_story AFTER INSERT ON orders_release
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_release_story_guard();

-- The link of an order's row is in the chain of the order's patient.
CREATE FUNCTION orders_sealed_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM rems_seal s JOIN orders_order o ON o.patient_id = s.subject_id
    WHERE o.id = NEW.order_id AND s.row_id = NEW.id AND s."table" = TG_TABLE_NAME
  ) THEN
    PERFORM pharmacy_refuse(TG_TABLE_NAME || '_sealed', TG_TABLE_NAME || ' row has no seal');
  END IF;
  RETURN NULL;
END $$;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['orderevent', 'dispense', 'release'] LOOP
    EXECUTE format('DROP TRIGGER orders_%1$s_sealed ON orders_%1$s', name);
    EXECUTE format('CREATE CONSTRAINT TRIGGER orders_%1$s_sealed AFTER INSERT ON orders_%1$s
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_sealed_guard()', name);
  END LOOP;
END $$;

-- A guard reads the real tables, whatever the session's search path says: a temporary table of the
-- same name would otherwise be looked at first. The clock keeps the definition that is checked.
DO $$
DECLARE
  found regprocedure;
BEGIN
  FOR found IN
    SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname <> 'pharmacy_clock'
      AND p.proname ~ '^(pharmacy|accounts|catalog|rems|orders)_'
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', found);
  END LOOP;
END $$;
