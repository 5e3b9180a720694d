-- The listed moves; the same table as orders/states.py, and a test compares the two (invariant 5).
INSERT INTO orders_transition (from_status, to_status, gate) VALUES
  ('', 'placed', 'checkout'),
  ('placed', 'approved', 'approve'),
  ('approved', 'dispensed', 'dispense'),
  ('dispensed', 'shipped', 'release'),
  ('dispensed', 'handed_over', 'release'),
  ('shipped', 'delivered', ''),
  ('handed_over', 'delivered', ''),
  ('placed', 'on_hold', ''),
  ('approved', 'on_hold', ''),
  ('dispensed', 'on_hold', ''),
  ('on_hold', 'placed', 'checkout'),
  ('on_hold', 'dispensed', 'dispense'),
  ('placed', 'rejected', ''),
  ('on_hold', 'rejected', ''),
  ('placed', 'cancelled', ''),
  ('approved', 'cancelled', ''),
  ('dispensed', 'cancelled', ''),
  ('on_hold', 'cancelled', ''),
  ('shipped', 'lost', ''),
  ('shipped', 'returned', ''),
  ('delivered', 'lost', ''),
  ('delivered', 'returned', ''),
  ('handed_over', 'lost', ''),
  ('handed_over', 'returned', '');
CREATE TRIGGER orders_transition_append_only BEFORE UPDATE OR DELETE ON orders_transition
  FOR EACH ROW EXECUTE FUNCTION pharmacy_append_only();
CREATE TRIGGER orders_transition_no_truncate BEFORE TRUNCATE ON orders_transition
  FOR EACH STATEMENT EXECUTE FUNCTION pharmacy_append_only();
