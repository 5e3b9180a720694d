-- Ways round the first guards that tests/guards found, closed (invariants 1, 2, 4, 7, 11).

-- A decision is by the clock of its own transaction. Without this a permit could be dated back
-- into the reign of a version that is no longer in force.
CREATE FUNCTION rems_decision_now_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.at < NEW.recorded_at - interval '1 minute' THEN
    PERFORM pharmacy_refuse('rems_decisionrecord_at_is_now', 'decided by an old clock');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_decisionrecord_at_is_now BEFORE INSERT ON rems_decisionrecord
  FOR EACH ROW EXECUTE FUNCTION rems_decision_now_guard();

-- A new version waits for the decisions under way, and never rules over those already made.
CREATE FUNCTION rems_version_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM rems_program WHERE code = NEW.program_id FOR UPDATE;
  IF EXISTS (
    SELECT 1 FROM rems_decisionrecord d JOIN rems_programversion v ON v.id = d.program_version_id
    WHERE v.program_id = NEW.program_id AND d.at >= NEW.in_force_from
  ) THEN
    PERFORM pharmacy_refuse('rems_programversion_past_kept', 'decisions were made since then');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_programversion_past_kept BEFORE INSERT ON rems_programversion
  FOR EACH ROW EXECUTE FUNCTION rems_version_guard();

-- One active enrolment per patient and program, counted after the row is in: a correction of an
-- ended enrolment, or of its end, could bring a second one to life. The patient's lock is held.
DROP TRIGGER rems_enrollment_one_active ON rems_enrollment;
DROP FUNCTION rems_enrollment_guard();
CREATE FUNCTION rems_enrollment_active_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT e.program_id FROM rems_enrollment e
    WHERE e.patient_id = NEW.patient_id AND NOT e.retracts
      AND NOT EXISTS (SELECT 1 FROM rems_enrollment s WHERE s.supersedes_id = e.id)
      AND NOT EXISTS (
        SELECT 1 FROM rems_enrollmentend x
        WHERE x.enrollment_id = e.id AND NOT x.retracts
          AND NOT EXISTS (SELECT 1 FROM rems_enrollmentend y WHERE y.supersedes_id = x.id))
    GROUP BY e.program_id HAVING count(*) > 1
  ) THEN
    PERFORM pharmacy_refuse('rems_enrollment_one_active', 'the enrolment before has not ended');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER rems_enrollment_one_active AFTER INSERT ON rems_enrollment
  FOR EACH ROW EXECUTE FUNCTION rems_enrollment_active_guard();
CREATE TRIGGER rems_enrollmentend_one_active AFTER INSERT ON rems_enrollmentend
  FOR EACH ROW EXECUTE FUNCTION rems_enrollment_active_guard();

-- The form under which a patient is enrolled, and the drug that is prescribed, are the program's.
CREATE FUNCTION rems_form_program_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM rems_agreementform f WHERE f.id = NEW.form_id AND f.program_id = NEW.program_id
  ) THEN
    PERFORM pharmacy_refuse('rems_enrollment_form_of_program', 'the form is another program''s');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_enrollment_form_of_program BEFORE INSERT ON rems_enrollment
  FOR EACH ROW EXECUTE FUNCTION rems_form_program_guard();

CREATE FUNCTION rems_prescription_program_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM catalog_product p
    WHERE p.id = NEW.product_id AND p.program_code = NEW.program_id
  ) THEN
    PERFORM pharmacy_refuse('rems_prescription_program_of_product', 'the drug is in another program');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_prescription_program_of_product BEFORE INSERT ON rems_prescription
  FOR EACH ROW EXECUTE FUNCTION rems_prescription_program_guard();

-- A signature under evidence was given for this very row, in this transaction, about this subject.
-- What became of an order's supply stands under the signature of the order's own step.
-- TG_ARGV: subject column.
CREATE FUNCTION rems_signature_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM rems_attestation a
    WHERE a.id = NEW.attestation_id AND a.transaction_id = pg_current_xact_id()::text::bigint
      AND a.subject_id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid
      AND ((a.signed_table = TG_TABLE_NAME AND a.signed_row = NEW.id)
        OR (TG_TABLE_NAME = 'rems_supplyend' AND a.signed_table = 'orders_order'
          AND a.signed_row = (SELECT s.order_id FROM rems_supply s
                              WHERE s.id = (to_jsonb(NEW) ->> 'supply_id')::uuid)))
  ) THEN
    PERFORM pharmacy_refuse(TG_TABLE_NAME || '_signature_is_its_own', 'signed for something else');
  END IF;
  RETURN NEW;
END $$;

-- The link is in the chain of the row's own subject.
CREATE OR REPLACE FUNCTION rems_sealed_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  row_text jsonb := to_jsonb(NEW);
  subject text := coalesce(row_text ->> 'patient_id', row_text ->> 'prescriber_id',
    row_text ->> 'pharmacist_id', row_text ->> 'pharmacy_id', row_text ->> 'subject_id');
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM rems_seal s
    WHERE s.row_id = NEW.id AND s."table" = TG_TABLE_NAME AND s.subject_id = subject::uuid
  ) THEN
    PERFORM pharmacy_refuse(TG_TABLE_NAME || '_sealed', TG_TABLE_NAME || ' row has no seal');
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  entry text[];
  subjects text[][] := ARRAY[
    ['prescribercertification', 'prescriber'], ['pharmacycertification', 'pharmacy'],
    ['pharmacisttraining', 'pharmacist'], ['statelicence', 'pharmacy'],
    ['categoryassignment', 'patient'], ['reproductivestatusproof', 'patient'],
    ['agreementform', 'patient'], ['agreementsignature', 'patient'], ['enrollment', 'patient'],
    ['enrollmentend', 'patient'], ['pregnancytest', 'patient'], ['testverification', 'patient'],
    ['survey', 'patient'], ['hold', 'patient'], ['holdclearance', 'patient'],
    ['exposurereport', 'patient'], ['exposurereportfiling', 'patient'],
    ['hypersensitivity', 'patient'], ['prescription', 'patient'], ['authorization', 'patient'],
    ['confirmation', 'patient'], ['supply', 'patient'], ['supplydelivery', 'patient'],
    ['firstdose', 'patient'], ['supplyend', 'patient'], ['counselingrecord', 'patient']];
BEGIN
  FOREACH entry SLICE 1 IN ARRAY subjects LOOP
    EXECUTE format('CREATE TRIGGER rems_%1$s_signature BEFORE INSERT ON rems_%1$s FOR EACH ROW
      WHEN (NEW.attestation_id IS NOT NULL) EXECUTE FUNCTION rems_signature_guard(''%2$s_id'')',
      entry[1], entry[2]);
  END LOOP;
END $$;
