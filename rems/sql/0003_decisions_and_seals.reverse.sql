DO $$
DECLARE
  entry record;
BEGIN
  FOR entry IN
    SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relname LIKE 'rems\_%' AND t.tgname LIKE '%\_sealed'
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %I', entry.tgname, entry.relname);
  END LOOP;
END $$;
DROP FUNCTION rems_sealed_guard();
DROP TRIGGER rems_seal_seq_follows ON rems_seal;
DROP FUNCTION rems_seal_guard();
DROP TRIGGER rems_decisionrecord_version_in_force ON rems_decisionrecord;
DROP FUNCTION rems_decision_guard();
DROP TRIGGER rems_decisionrecord_a_stamped ON rems_decisionrecord;
DROP TRIGGER rems_attestation_stamped ON rems_attestation;
