-- One package is scanned for a fill (R47): it holds all capsules of the fill, and may be dispensed for
-- as many days. More days than the program's cap, or more capsules than days, the row itself refuses.
CREATE FUNCTION orders_package_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM catalog_package k WHERE k.id = NEW.package_id
      AND (k.capsules < NEW.quantity OR k.days_supply_max < NEW.days_supply)
      AND NEW.days_supply <= NEW.days_supply_cap AND NEW.quantity <= NEW.days_supply
  ) THEN
    PERFORM pharmacy_refuse('orders_order_package_suffices', 'the package is too small');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_order_package_suffices BEFORE INSERT ON orders_order
  FOR EACH ROW EXECUTE FUNCTION orders_package_guard();
