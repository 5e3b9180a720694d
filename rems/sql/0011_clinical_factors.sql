-- What advisories rest on is evidence as all other is (invariants 2, 3, 4, 11).

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['clinicalfactor', 'bloodcount'] LOOP
    EXECUTE format('CREATE TRIGGER rems_%1$s_evidence BEFORE INSERT ON rems_%1$s
      FOR EACH ROW EXECUTE FUNCTION rems_evidence_guard(''patient_id'', ''rems_patient'')', name);
    EXECUTE format('CREATE TRIGGER rems_%1$s_append_only BEFORE UPDATE OR DELETE ON rems_%1$s
      FOR EACH ROW EXECUTE FUNCTION pharmacy_append_only()', name);
    EXECUTE format('CREATE TRIGGER rems_%1$s_no_truncate BEFORE TRUNCATE ON rems_%1$s
      FOR EACH STATEMENT EXECUTE FUNCTION pharmacy_append_only()', name);
    EXECUTE format('CREATE TRIGGER rems_%1$s_signature BEFORE INSERT ON rems_%1$s FOR EACH ROW
      WHEN (NEW.attestation_id IS NOT NULL) EXECUTE FUNCTION rems_signature_guard(''patient_id'')',
      name);
    EXECUTE format('CREATE CONSTRAINT TRIGGER rems_%1$s_sealed AFTER INSERT ON rems_%1$s
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rems_sealed_guard()', name);
  END LOOP;
END $$;
