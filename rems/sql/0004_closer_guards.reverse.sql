DO $$
DECLARE
  entry record;
BEGIN
  FOR entry IN
    SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'rems_signature_guard'
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %I', entry.tgname, entry.relname);
  END LOOP;
END $$;
DROP FUNCTION rems_signature_guard();
CREATE OR REPLACE FUNCTION rems_sealed_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM rems_seal s WHERE s.row_id = NEW.id AND s."table" = TG_TABLE_NAME) THEN
    PERFORM pharmacy_refuse(TG_TABLE_NAME || '_sealed', TG_TABLE_NAME || ' row has no seal');
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER rems_prescription_program_of_product ON rems_prescription;
DROP FUNCTION rems_prescription_program_guard();
DROP TRIGGER rems_enrollment_form_of_program ON rems_enrollment;
DROP FUNCTION rems_form_program_guard();
DROP TRIGGER rems_enrollmentend_one_active ON rems_enrollmentend;
DROP TRIGGER rems_enrollment_one_active ON rems_enrollment;
DROP FUNCTION rems_enrollment_active_guard();
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
CREATE TRIGGER rems_enrollment_one_active BEFORE INSERT ON rems_enrollment
  FOR EACH ROW EXECUTE FUNCTION rems_enrollment_guard();
DROP TRIGGER rems_programversion_past_kept ON rems_programversion;
DROP FUNCTION rems_version_guard();
DROP TRIGGER rems_decisionrecord_at_is_now ON rems_decisionrecord;
DROP FUNCTION rems_decision_now_guard();
