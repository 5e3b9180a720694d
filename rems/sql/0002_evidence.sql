-- Evidence is append-only, stamped, about one subject, and waits for that subject's lock
-- (invariants 2, 3, 4). Guards refuse; they never compute.

-- Lock the subject's anchor, then stamp: so that no row claims to have been received while a
-- decision about its subject was being made. TG_ARGV: subject column, anchor table.
CREATE FUNCTION rems_evidence_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  subject text := to_jsonb(NEW) ->> TG_ARGV[0];
  earlier_subject text;
BEGIN
  EXECUTE format('SELECT 1 FROM %I WHERE id = $1 FOR UPDATE', TG_ARGV[1]) USING subject::uuid;
  NEW.recorded_at := pharmacy_clock();
  NEW.transaction_id := pg_current_xact_id()::text::bigint;
  IF NEW.supersedes_id IS NOT NULL THEN
    EXECUTE format('SELECT to_jsonb(t) ->> %L FROM %I t WHERE id = $1', TG_ARGV[0], TG_TABLE_NAME)
      INTO earlier_subject USING NEW.supersedes_id;
    IF earlier_subject IS DISTINCT FROM subject THEN
      PERFORM pharmacy_refuse('rems_correction_same_subject', 'a correction is about the same subject');
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- A row that refers to another is about the same patient. TG_ARGV: the column, its table.
CREATE FUNCTION rems_same_patient() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  other uuid;
BEGIN
  EXECUTE format('SELECT patient_id FROM %I WHERE id = $1', TG_ARGV[1])
    INTO other USING (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
  IF other IS DISTINCT FROM NEW.patient_id THEN
    PERFORM pharmacy_refuse(TG_TABLE_NAME || '_same_patient', 'both rows are about one patient');
  END IF;
  RETURN NEW;
END $$;

-- One active enrolment per patient and program (invariant 7).
CREATE FUNCTION rems_enrollment_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.supersedes_id IS NOT NULL THEN
    RETURN NEW;
  END IF;
  IF EXISTS (
    SELECT 1 FROM rems_enrollment e
    WHERE e.patient_id = NEW.patient_id AND e.program_id = NEW.program_id
      AND NOT e.retracts
      AND NOT EXISTS (SELECT 1 FROM rems_enrollment s WHERE s.supersedes_id = e.id)
      AND NOT EXISTS (
        SELECT 1 FROM rems_enrollmentend x
        WHERE x.enrollment_id = e.id AND NOT x.retracts
          AND NOT EXISTS (SELECT 1 FROM rems_enrollmentend y WHERE y.supersedes_id = x.id))
  ) THEN
    PERFORM pharmacy_refuse('rems_enrollment_one_active', 'the enrolment before has not ended');
  END IF;
  RETURN NEW;
END $$;

DO $$
DECLARE
  entry text[];
  patient_tables text[] := ARRAY[
    'categoryassignment', 'reproductivestatusproof', 'agreementform', 'agreementsignature',
    'enrollment', 'enrollmentend', 'pregnancytest', 'testverification', 'survey', 'hold',
    'holdclearance', 'exposurereport', 'exposurereportfiling', 'hypersensitivity', 'prescription',
    'authorization', 'confirmation', 'supply', 'supplydelivery', 'firstdose', 'supplyend',
    'counselingrecord'];
  other_tables text[][] := ARRAY[
    ['prescribercertification', 'prescriber'], ['pharmacycertification', 'pharmacy'],
    ['pharmacisttraining', 'pharmacist'], ['statelicence', 'pharmacy']];
  links text[][] := ARRAY[
    ['agreementsignature', 'form_id', 'rems_agreementform'],
    ['enrollment', 'form_id', 'rems_agreementform'],
    ['enrollmentend', 'enrollment_id', 'rems_enrollment'],
    ['testverification', 'test_id', 'rems_pregnancytest'],
    ['holdclearance', 'hold_id', 'rems_hold'],
    ['exposurereportfiling', 'report_id', 'rems_exposurereport'],
    ['authorization', 'prescription_id', 'rems_prescription'],
    ['confirmation', 'prescription_id', 'rems_prescription'],
    ['supplydelivery', 'supply_id', 'rems_supply'],
    ['firstdose', 'supply_id', 'rems_supply'],
    ['supplyend', 'supply_id', 'rems_supply'],
    ['counselingrecord', 'prescription_id', 'rems_prescription']];
  name text;
BEGIN
  FOREACH name IN ARRAY patient_tables LOOP
    EXECUTE format('CREATE TRIGGER rems_%1$s_evidence BEFORE INSERT ON rems_%1$s
      FOR EACH ROW EXECUTE FUNCTION rems_evidence_guard(''patient_id'', ''rems_patient'')', name);
  END LOOP;
  FOREACH entry SLICE 1 IN ARRAY other_tables LOOP
    EXECUTE format('CREATE TRIGGER rems_%1$s_evidence BEFORE INSERT ON rems_%1$s
      FOR EACH ROW EXECUTE FUNCTION rems_evidence_guard(''%2$s_id'', ''rems_%2$s'')',
      entry[1], entry[2]);
  END LOOP;
  FOREACH entry SLICE 1 IN ARRAY links LOOP
    EXECUTE format('CREATE TRIGGER rems_%1$s_same_patient BEFORE INSERT ON rems_%1$s
      FOR EACH ROW EXECUTE FUNCTION rems_same_patient(%2$L, %3$L)', entry[1], entry[2], entry[3]);
  END LOOP;
  FOREACH name IN ARRAY patient_tables || ARRAY[
    'prescribercertification', 'pharmacycertification', 'pharmacisttraining', 'statelicence',
    'attestation', 'decisionrecord', 'seal', 'programversion'] LOOP
    EXECUTE format('CREATE TRIGGER rems_%1$s_append_only BEFORE UPDATE OR DELETE ON rems_%1$s
      FOR EACH ROW EXECUTE FUNCTION pharmacy_append_only()', name);
    EXECUTE format('CREATE TRIGGER rems_%1$s_no_truncate BEFORE TRUNCATE ON rems_%1$s
      FOR EACH STATEMENT EXECUTE FUNCTION pharmacy_append_only()', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY[
    'patient', 'prescriber', 'pharmacist', 'pharmacy', 'program', 'patientaccess', 'reminder'] LOOP
    EXECUTE format('CREATE TRIGGER rems_%1$s_no_delete BEFORE DELETE ON rems_%1$s
      FOR EACH ROW EXECUTE FUNCTION pharmacy_no_delete()', name);
    EXECUTE format('CREATE TRIGGER rems_%1$s_no_truncate BEFORE TRUNCATE ON rems_%1$s
      FOR EACH STATEMENT EXECUTE FUNCTION pharmacy_no_delete()', name);
  END LOOP;
END $$;

CREATE TRIGGER rems_enrollment_one_active BEFORE INSERT ON rems_enrollment
  FOR EACH ROW EXECUTE FUNCTION rems_enrollment_guard();

-- A number belongs to one prescription for ever (invariant 6).
ALTER TABLE rems_authorization ADD CONSTRAINT rems_authorization_number_one_prescription
  EXCLUDE USING gist (number WITH =, prescription_id WITH <>);
ALTER TABLE rems_confirmation ADD CONSTRAINT rems_confirmation_number_one_prescription
  EXCLUDE USING gist (number WITH =, prescription_id WITH <>);

-- A product is on sale only under a program that has rules.
CREATE FUNCTION rems_product_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.on_sale AND NOT EXISTS (
    SELECT 1 FROM rems_programversion v WHERE v.program_id = NEW.program_code
  ) THEN
    PERFORM pharmacy_refuse('catalog_product_program_known', 'no rules for this program');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER catalog_product_program_known BEFORE INSERT OR UPDATE ON catalog_product
  FOR EACH ROW EXECUTE FUNCTION rems_product_guard();
