-- Versions of the program are signed, sealed, and begin in the future; a limit is signed off as it
-- stands in its version (invariants 1, 2, 11).

CREATE TRIGGER rems_programversion_a_stamped BEFORE INSERT ON rems_programversion
  FOR EACH ROW EXECUTE FUNCTION pharmacy_stamp();
CREATE TRIGGER rems_limitsignoff_stamped BEFORE INSERT ON rems_limitsignoff
  FOR EACH ROW EXECUTE FUNCTION pharmacy_stamp();
CREATE TRIGGER rems_limitsignoff_append_only BEFORE UPDATE OR DELETE ON rems_limitsignoff
  FOR EACH ROW EXECUTE FUNCTION pharmacy_append_only();
CREATE TRIGGER rems_limitsignoff_no_truncate BEFORE TRUNCATE ON rems_limitsignoff
  FOR EACH STATEMENT EXECUTE FUNCTION pharmacy_append_only();

-- Only the schema's owner installs a version that nobody signed: those that the software brings.
-- A signed one changes an existing program, and begins after it was signed.
CREATE FUNCTION rems_version_signed_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.attestation_id IS NULL THEN
    IF NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
      PERFORM pharmacy_refuse('rems_programversion_has_signature', 'nobody signed this version');
    END IF;
  ELSIF NEW.in_force_from <= pharmacy_clock() THEN
    PERFORM pharmacy_refuse('rems_programversion_begins_later', 'a version begins in the future');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_programversion_signed BEFORE INSERT ON rems_programversion
  FOR EACH ROW EXECUTE FUNCTION rems_version_signed_guard();

-- What was signed off stands, word for word, in the version.
CREATE FUNCTION rems_sign_off_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW."limit" ->> 'key' IS DISTINCT FROM NEW.limit_key
    OR NOT (NEW."limit" ?& ARRAY['key', 'value', 'unit', 'source', 'confidence'])
    OR NOT EXISTS (
      SELECT 1 FROM rems_programversion v
      WHERE v.id = NEW.program_version_id
        AND v.data -> 'limits' @> jsonb_build_array(NEW."limit"))
  THEN
    PERFORM pharmacy_refuse('rems_limitsignoff_limit_of_version', 'the version has no such limit');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_limitsignoff_limit_of_version BEFORE INSERT ON rems_limitsignoff
  FOR EACH ROW EXECUTE FUNCTION rems_sign_off_guard();

CREATE TRIGGER rems_programversion_signature BEFORE INSERT ON rems_programversion FOR EACH ROW
  WHEN (NEW.attestation_id IS NOT NULL) EXECUTE FUNCTION rems_signature_guard('id');
CREATE TRIGGER rems_limitsignoff_signature BEFORE INSERT ON rems_limitsignoff
  FOR EACH ROW EXECUTE FUNCTION rems_signature_guard('program_version_id');

-- The link is in the chain of the row's own subject; a version is its own.
CREATE OR REPLACE FUNCTION rems_sealed_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  row_text jsonb := to_jsonb(NEW);
  subject text := coalesce(row_text ->> 'patient_id', row_text ->> 'prescriber_id',
    row_text ->> 'pharmacist_id', row_text ->> 'pharmacy_id', row_text ->> 'subject_id',
    row_text ->> 'program_version_id', row_text ->> 'id');
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM rems_seal s
    WHERE s.row_id = NEW.id AND s."table" = TG_TABLE_NAME AND s.subject_id = subject::uuid
  ) THEN
    PERFORM pharmacy_refuse(TG_TABLE_NAME || '_sealed', TG_TABLE_NAME || ' row has no seal');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER rems_programversion_sealed AFTER INSERT ON rems_programversion
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rems_sealed_guard();
CREATE CONSTRAINT TRIGGER rems_limitsignoff_sealed AFTER INSERT ON rems_limitsignoff
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rems_sealed_guard();

-- An agreement is between two people: nobody signs a form in two roles. Asked after the row is in, so
-- that its own CHECKs speak first.
CREATE FUNCTION rems_two_people_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM rems_agreementsignature g
      JOIN rems_attestation a ON a.id = g.attestation_id
      JOIN rems_attestation mine ON mine.id = NEW.attestation_id AND mine.signer_id = a.signer_id
    WHERE g.form_id = NEW.form_id AND g.role <> NEW.role AND NOT g.retracts
  ) THEN
    PERFORM pharmacy_refuse('rems_agreementsignature_two_people', 'one person signs in one role');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_agreementsignature_two_people AFTER INSERT ON rems_agreementsignature
  FOR EACH ROW EXECUTE FUNCTION rems_two_people_guard();
