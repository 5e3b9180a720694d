DROP TRIGGER rems_firstdose_after_release ON rems_firstdose;
DROP FUNCTION orders_first_dose_guard();
