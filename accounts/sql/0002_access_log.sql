-- Reads of patients' records are kept for ever, at the time the database saw them.
CREATE FUNCTION accounts_stamp_read() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.at := pharmacy_clock();
  RETURN NEW;
END $$;
CREATE TRIGGER accounts_accesslog_stamped BEFORE INSERT ON accounts_accesslog
  FOR EACH ROW EXECUTE FUNCTION accounts_stamp_read();
CREATE TRIGGER accounts_accesslog_append_only BEFORE UPDATE OR DELETE ON accounts_accesslog
  FOR EACH ROW EXECUTE FUNCTION pharmacy_append_only();
CREATE TRIGGER accounts_accesslog_no_truncate BEFORE TRUNCATE ON accounts_accesslog
  FOR EACH STATEMENT EXECUTE FUNCTION pharmacy_append_only();
