-- What is ordered is on sale at that moment. Both rows are held until the order is committed, the
-- product first, as the catalog takes them: who takes it off sale waits, and then finds the order.

CREATE FUNCTION orders_on_sale_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM catalog_product p
    WHERE p.id = (SELECT k.product_id FROM catalog_package k WHERE k.id = NEW.package_id)
      AND p.on_sale FOR SHARE OF p;
  IF FOUND THEN
    PERFORM 1 FROM catalog_package k WHERE k.id = NEW.package_id AND k.on_sale FOR SHARE OF k;
  END IF;
  IF NOT FOUND THEN
    PERFORM pharmacy_refuse('orders_order_on_sale', 'the package or its product is not on sale');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_order_on_sale BEFORE INSERT ON orders_order
  FOR EACH ROW EXECUTE FUNCTION orders_on_sale_guard();
