DROP TRIGGER orders_order_on_sale ON orders_order;
DROP FUNCTION orders_on_sale_guard();
