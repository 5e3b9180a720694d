-- A number belongs to one prescription for ever, however its groups are set apart: `AB-123` is
-- `AB123` (invariant 6). The hyphens stay on the row, as the program wrote them.
ALTER TABLE rems_authorization DROP CONSTRAINT rems_authorization_number_one_prescription;
ALTER TABLE rems_authorization ADD CONSTRAINT rems_authorization_number_one_prescription
  EXCLUDE USING gist (replace(number, '-', '') WITH =, prescription_id WITH <>);
ALTER TABLE rems_confirmation DROP CONSTRAINT rems_confirmation_number_one_prescription;
ALTER TABLE rems_confirmation ADD CONSTRAINT rems_confirmation_number_one_prescription
  EXCLUDE USING gist (replace(number, '-', '') WITH =, prescription_id WITH <>);
