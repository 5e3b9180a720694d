DROP TRIGGER catalog_product_program_known ON catalog_product;
DROP FUNCTION rems_product_guard();
ALTER TABLE rems_confirmation DROP CONSTRAINT rems_confirmation_number_one_prescription;
ALTER TABLE rems_authorization DROP CONSTRAINT rems_authorization_number_one_prescription;
DO $$
DECLARE
  entry record;
BEGIN
  FOR entry IN
    SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relname LIKE 'rems\_%'
      AND (t.tgname LIKE '%\_evidence' OR t.tgname LIKE '%\_same\_patient'
        OR t.tgname LIKE '%\_append\_only' OR t.tgname LIKE '%\_no\_truncate'
        OR t.tgname LIKE '%\_no\_delete' OR t.tgname = 'rems_enrollment_one_active')
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %I', entry.tgname, entry.relname);
  END LOOP;
END $$;
DROP FUNCTION rems_enrollment_guard();
DROP FUNCTION rems_same_patient();
DROP FUNCTION rems_evidence_guard();
