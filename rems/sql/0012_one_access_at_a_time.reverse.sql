-- What was mended stays so.
ALTER TABLE rems_patientaccess DROP CONSTRAINT rems_patientaccess_once;
ALTER TABLE rems_patientaccess DROP CONSTRAINT rems_patientaccess_interval_forward;
