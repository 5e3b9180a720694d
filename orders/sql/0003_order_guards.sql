-- The last guard of every order (invariants 1, 2, 5, 6, 7). Guards refuse; they never compute.

-- A permit of this order's own, for this gate, by its patient, in this very transaction.
CREATE FUNCTION orders_require_permit(
  guard text, order_id uuid, order_patient uuid, wanted_gate text, decision_id uuid DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM rems_decisionrecord d
    WHERE d.subject_id = order_id AND d.patient_id = order_patient
      AND d.gate = wanted_gate AND d.outcome = 'permit'
      AND d.transaction_id = pg_current_xact_id()::text::bigint
      AND (decision_id IS NULL OR d.id = decision_id)
  ) THEN
    PERFORM pharmacy_refuse(guard, 'no permit for ' || wanted_gate || ' in this transaction');
  END IF;
END $$;

CREATE FUNCTION orders_order_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  earlier text := CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.status END;
  wanted text;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status = OLD.status THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' AND NEW.status <> 'placed' THEN
    PERFORM pharmacy_refuse('orders_order_starts_placed', 'an order starts as placed');
  END IF;
  SELECT gate INTO wanted FROM orders_transition
    WHERE from_status = earlier AND to_status = NEW.status;
  IF NOT FOUND THEN
    PERFORM pharmacy_refuse('orders_order_transition_allowed', 'the move is not listed');
  END IF;
  IF wanted <> '' THEN
    PERFORM orders_require_permit('orders_order_needs_permit', NEW.id, NEW.patient_id, wanted);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_order_guard BEFORE INSERT OR UPDATE ON orders_order
  FOR EACH ROW EXECUTE FUNCTION orders_order_guard();

-- An order is for the patient, product, days and number of its own prescription, and never
-- changes what it is for.
CREATE FUNCTION orders_order_matches() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - 'status' - 'revision') <> (to_jsonb(OLD) - 'status' - 'revision') THEN
      PERFORM pharmacy_refuse('orders_order_is_fixed', 'only the status of an order changes');
    END IF;
    RETURN NEW;
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM rems_prescription p
      JOIN rems_authorization a ON a.id = NEW.authorization_id AND a.prescription_id = p.id
      JOIN catalog_package k ON k.id = NEW.package_id AND k.product_id = p.product_id
    WHERE p.id = NEW.prescription_id AND p.patient_id = NEW.patient_id
      AND a.patient_id = NEW.patient_id
      AND p.days_supply = NEW.days_supply AND p.quantity = NEW.quantity
      AND p.refills_authorized = 0 AND NOT p.retracts AND NOT a.retracts
      AND NOT EXISTS (SELECT 1 FROM rems_prescription s WHERE s.supersedes_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM rems_authorization s WHERE s.supersedes_id = a.id)
  ) THEN
    PERFORM pharmacy_refuse('orders_order_matches_prescription', 'not what was prescribed');
  END IF;
  IF EXISTS (
    SELECT 1 FROM orders_dispense d JOIN rems_authorization a ON a.id = d.authorization_id
    WHERE a.number = (SELECT number FROM rems_authorization WHERE id = NEW.authorization_id)
       OR d.prescription_id = NEW.prescription_id
  ) THEN
    PERFORM pharmacy_refuse('orders_order_authorization_used', 'the number was used before');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_order_matches BEFORE INSERT OR UPDATE ON orders_order
  FOR EACH ROW EXECUTE FUNCTION orders_order_matches();
CREATE TRIGGER orders_order_no_delete BEFORE DELETE ON orders_order
  FOR EACH ROW EXECUTE FUNCTION pharmacy_no_delete();
CREATE TRIGGER orders_order_no_truncate BEFORE TRUNCATE ON orders_order
  FOR EACH STATEMENT EXECUTE FUNCTION pharmacy_no_delete();

CREATE FUNCTION orders_event_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  wanted text;
  previous record;
  patient uuid;
BEGIN
  SELECT patient_id INTO patient FROM orders_order WHERE id = NEW.order_id FOR UPDATE;
  NEW.recorded_at := pharmacy_clock();
  NEW.transaction_id := pg_current_xact_id()::text::bigint;
  SELECT seq, to_status INTO previous FROM orders_orderevent
    WHERE order_id = NEW.order_id ORDER BY seq DESC LIMIT 1;
  IF NEW.seq <> coalesce(previous.seq, 0) + 1 OR NEW.from_status <> coalesce(previous.to_status, '') THEN
    PERFORM pharmacy_refuse('orders_orderevent_follows', 'an event follows the last one');
  END IF;
  SELECT gate INTO wanted FROM orders_transition
    WHERE from_status = NEW.from_status AND to_status = NEW.to_status;
  IF NOT FOUND THEN
    PERFORM pharmacy_refuse('orders_orderevent_transition_allowed', 'the move is not listed');
  END IF;
  IF wanted <> '' THEN
    IF NEW.decision_id IS NULL THEN
      PERFORM pharmacy_refuse('orders_orderevent_needs_permit', 'a gated event names its permit');
    END IF;
    PERFORM orders_require_permit(
      'orders_orderevent_needs_permit', NEW.order_id, patient, wanted, NEW.decision_id);
  END IF;
  IF NEW.attestation_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM rems_attestation a WHERE a.id = NEW.attestation_id
      AND a.signed_row = NEW.order_id AND a.signed_table = 'orders_order'
      AND a.transaction_id = NEW.transaction_id AND a.signer_id = NEW.actor_id
  ) THEN
    PERFORM pharmacy_refuse('orders_orderevent_signature_is_its_own', 'signed for another act');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_orderevent_guard BEFORE INSERT ON orders_orderevent
  FOR EACH ROW EXECUTE FUNCTION orders_event_guard();

CREATE FUNCTION orders_dispense_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  o orders_order;
BEGIN
  SELECT * INTO o FROM orders_order WHERE id = NEW.order_id FOR UPDATE;
  NEW.recorded_at := pharmacy_clock();
  NEW.transaction_id := pg_current_xact_id()::text::bigint;
  PERFORM orders_require_permit('orders_dispense_needs_permit', o.id, o.patient_id, 'dispense');
  IF NEW.prescription_id <> o.prescription_id OR NEW.authorization_id <> o.authorization_id
    OR NEW.quantity <> o.quantity OR NEW.days_supply <> o.days_supply
    OR NOT EXISTS (
      SELECT 1 FROM rems_confirmation c
      WHERE c.id = NEW.confirmation_id AND c.prescription_id = o.prescription_id
        AND c.patient_id = o.patient_id AND NOT c.retracts
        AND NOT EXISTS (SELECT 1 FROM rems_confirmation s WHERE s.supersedes_id = c.id))
  THEN
    PERFORM pharmacy_refuse('orders_dispense_numbers_belong', 'not the numbers of this fill');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM catalog_lot l WHERE l.id = NEW.lot_id AND l.package_id = o.package_id) THEN
    PERFORM pharmacy_refuse('orders_dispense_lot_of_package', 'the lot is of another package');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_dispense_guard BEFORE INSERT ON orders_dispense
  FOR EACH ROW EXECUTE FUNCTION orders_dispense_guard();

CREATE FUNCTION orders_release_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  o orders_order;
BEGIN
  SELECT * INTO o FROM orders_order WHERE id = NEW.order_id FOR UPDATE;
  NEW.recorded_at := pharmacy_clock();
  NEW.transaction_id := pg_current_xact_id()::text::bigint;
  PERFORM orders_require_permit('orders_release_needs_permit', o.id, o.patient_id, 'release');
  IF NEW.mode <> o.mode THEN
    PERFORM pharmacy_refuse('orders_release_mode_as_ordered', 'released in another way than decided');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_release_guard BEFORE INSERT ON orders_release
  FOR EACH ROW EXECUTE FUNCTION orders_release_guard();

-- Fired at commit by order, event, dispense and release alike: they all tell the same story.
CREATE FUNCTION orders_agreement_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  subject uuid := coalesce(to_jsonb(NEW) ->> 'order_id', to_jsonb(NEW) ->> 'id')::uuid;
  current_status text;
  last_status text;
  has_dispense boolean;
  has_release boolean;
BEGIN
  SELECT status INTO current_status FROM orders_order WHERE id = subject;
  SELECT to_status INTO last_status FROM orders_orderevent
    WHERE order_id = subject ORDER BY seq DESC LIMIT 1;
  IF last_status IS DISTINCT FROM current_status THEN
    PERFORM pharmacy_refuse('orders_order_status_matches_last_event', 'status and events disagree');
  END IF;
  has_dispense := EXISTS (SELECT 1 FROM orders_dispense WHERE order_id = subject);
  IF current_status NOT IN ('on_hold', 'rejected', 'cancelled')
    AND has_dispense <> (current_status IN (
      'dispensed', 'shipped', 'handed_over', 'delivered', 'lost', 'returned')) THEN
    PERFORM pharmacy_refuse('orders_order_dispensed_has_dispense', 'status and dispense disagree');
  END IF;
  has_release := EXISTS (SELECT 1 FROM orders_release WHERE order_id = subject);
  IF has_release <> (current_status IN ('shipped', 'handed_over', 'delivered', 'lost', 'returned')) THEN
    PERFORM pharmacy_refuse('orders_order_released_has_release', 'status and release disagree');
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['order', 'orderevent', 'dispense', 'release'] LOOP
    EXECUTE format('CREATE CONSTRAINT TRIGGER orders_%1$s_agrees AFTER INSERT OR UPDATE ON orders_%1$s
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_agreement_guard()', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['orderevent', 'dispense', 'release'] LOOP
    EXECUTE format('CREATE TRIGGER orders_%1$s_append_only BEFORE UPDATE OR DELETE ON orders_%1$s
      FOR EACH ROW EXECUTE FUNCTION pharmacy_append_only()', name);
    EXECUTE format('CREATE TRIGGER orders_%1$s_no_truncate BEFORE TRUNCATE ON orders_%1$s
      FOR EACH STATEMENT EXECUTE FUNCTION pharmacy_append_only()', name);
    EXECUTE format('CREATE CONSTRAINT TRIGGER orders_%1$s_sealed AFTER INSERT ON orders_%1$s
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rems_sealed_guard()', name);
  END LOOP;
END $$;
