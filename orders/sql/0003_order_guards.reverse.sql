DO $$
DECLARE
  entry record;
BEGIN
  FOR entry IN
    SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal
      AND c.relname IN ('orders_order', 'orders_orderevent', 'orders_dispense', 'orders_release')
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %I', entry.tgname, entry.relname);
  END LOOP;
END $$;
DROP FUNCTION orders_agreement_guard();
DROP FUNCTION orders_release_guard();
DROP FUNCTION orders_dispense_guard();
DROP FUNCTION orders_event_guard();
DROP FUNCTION orders_order_matches();
DROP FUNCTION orders_order_guard();
DROP FUNCTION orders_require_permit(text, uuid, uuid, text, uuid);
