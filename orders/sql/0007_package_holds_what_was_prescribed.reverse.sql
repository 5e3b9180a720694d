DROP TRIGGER orders_order_package_suffices ON orders_order;
DROP FUNCTION orders_package_guard();
