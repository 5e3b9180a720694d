DO $$
DECLARE
  found regprocedure;
BEGIN
  FOR found IN
    SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname <> 'pharmacy_clock'
      AND p.proname ~ '^(pharmacy|accounts|catalog|rems|orders)_'
  LOOP
    EXECUTE format('ALTER FUNCTION %s RESET search_path', found);
  END LOOP;
END $$;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['orderevent', 'dispense', 'release'] LOOP
    EXECUTE format('DROP TRIGGER orders_%1$s_sealed ON orders_%1$s', name);
    EXECUTE format('CREATE CONSTRAINT TRIGGER orders_%1$s_sealed AFTER INSERT ON orders_%1$s
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rems_sealed_guard()', name);
  END LOOP;
END $$;
DROP FUNCTION orders_sealed_guard();
DROP TRIGGER orders_release_story ON orders_release;
DROP FUNCTION orders_release_story_guard();
DROP TRIGGER orders_dispense_story ON orders_dispense;
DROP FUNCTION orders_dispense_story_guard();
DROP TRIGGER orders_orderevent_permit_of_program ON orders_orderevent;
DROP FUNCTION orders_permit_program_guard();
DROP TRIGGER orders_order_zcap ON orders_order;
DROP FUNCTION orders_cap_guard();
