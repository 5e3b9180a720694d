DROP TRIGGER accounts_accesslog_no_truncate ON accounts_accesslog;
DROP TRIGGER accounts_accesslog_append_only ON accounts_accesslog;
DROP TRIGGER accounts_accesslog_stamped ON accounts_accesslog;
DROP FUNCTION accounts_stamp_read();
