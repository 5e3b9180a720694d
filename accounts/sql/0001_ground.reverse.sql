DROP FUNCTION pharmacy_no_delete();
DROP FUNCTION pharmacy_append_only();
DROP FUNCTION pharmacy_stamp();
DROP FUNCTION pharmacy_refuse(text, text);
DROP FUNCTION pharmacy_clock();
