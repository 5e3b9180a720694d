ALTER TABLE rems_authorization DROP CONSTRAINT rems_authorization_number_one_prescription;
ALTER TABLE rems_authorization ADD CONSTRAINT rems_authorization_number_one_prescription
  EXCLUDE USING gist (number WITH =, prescription_id WITH <>);
ALTER TABLE rems_confirmation DROP CONSTRAINT rems_confirmation_number_one_prescription;
ALTER TABLE rems_confirmation ADD CONSTRAINT rems_confirmation_number_one_prescription
  EXCLUDE USING gist (number WITH =, prescription_id WITH <>);
