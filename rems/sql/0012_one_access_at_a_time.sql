-- An account acts for a patient by one row at a time: whoever ends it, has ended it.

-- What is mended here is checked at once: a table with checks that still wait cannot be altered.
SET CONSTRAINTS ALL IMMEDIATE;

-- What the two links of a double click left: whom a pharmacist unlinked once acts no more, and of
-- two rows that still overlap the second is kept, but spans no time.
UPDATE rems_patientaccess SET ends_at = starts_at WHERE ends_at < starts_at;
UPDATE rems_patientaccess one SET ends_at = other.ends_at
FROM (
  SELECT first.id, min(second.ends_at) AS ends_at
  FROM rems_patientaccess first JOIN rems_patientaccess second
    ON (second.user_id, second.patient_id) = (first.user_id, first.patient_id)
    AND tstzrange(second.starts_at, second.ends_at) && tstzrange(first.starts_at, first.ends_at)
  GROUP BY first.id
) other
WHERE other.id = one.id AND other.ends_at IS DISTINCT FROM one.ends_at;
UPDATE rems_patientaccess second SET ends_at = second.starts_at
FROM rems_patientaccess first
WHERE (second.user_id, second.patient_id) = (first.user_id, first.patient_id)
  AND (first.starts_at, first.id) < (second.starts_at, second.id)
  AND tstzrange(second.starts_at, second.ends_at) && tstzrange(first.starts_at, first.ends_at);

ALTER TABLE rems_patientaccess ADD CONSTRAINT rems_patientaccess_interval_forward
  CHECK (ends_at >= starts_at);
ALTER TABLE rems_patientaccess ADD CONSTRAINT rems_patientaccess_once
  EXCLUDE USING gist (user_id WITH =, patient_id WITH =, tstzrange(starts_at, ends_at) WITH &&);
