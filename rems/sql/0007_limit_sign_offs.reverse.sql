DROP TRIGGER rems_agreementsignature_two_people ON rems_agreementsignature;
DROP FUNCTION rems_two_people_guard();
DROP TRIGGER rems_limitsignoff_sealed ON rems_limitsignoff;
DROP TRIGGER rems_programversion_sealed ON rems_programversion;
CREATE OR REPLACE FUNCTION rems_sealed_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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
DROP TRIGGER rems_limitsignoff_signature ON rems_limitsignoff;
DROP TRIGGER rems_programversion_signature ON rems_programversion;
DROP TRIGGER rems_limitsignoff_limit_of_version ON rems_limitsignoff;
DROP FUNCTION rems_sign_off_guard();
DROP TRIGGER rems_programversion_signed ON rems_programversion;
DROP FUNCTION rems_version_signed_guard();
DROP TRIGGER rems_limitsignoff_no_truncate ON rems_limitsignoff;
DROP TRIGGER rems_limitsignoff_append_only ON rems_limitsignoff;
DROP TRIGGER rems_limitsignoff_stamped ON rems_limitsignoff;
DROP TRIGGER rems_programversion_a_stamped ON rems_programversion;
