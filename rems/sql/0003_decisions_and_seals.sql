-- Decisions and signatures are stamped; a decision is by the version in force; every row that
-- proves anything has its link in a chain of seals (invariants 1, 4, 11).

CREATE TRIGGER rems_attestation_stamped BEFORE INSERT ON rems_attestation
  FOR EACH ROW EXECUTE FUNCTION pharmacy_stamp();
CREATE TRIGGER rems_decisionrecord_a_stamped BEFORE INSERT ON rems_decisionrecord
  FOR EACH ROW EXECUTE FUNCTION pharmacy_stamp();

CREATE FUNCTION rems_decision_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  in_force uuid;
BEGIN
  SELECT v.id INTO in_force FROM rems_programversion v
  WHERE v.program_id = (SELECT program_id FROM rems_programversion WHERE id = NEW.program_version_id)
    AND v.in_force_from <= NEW.at
  ORDER BY v.in_force_from DESC LIMIT 1;
  IF in_force IS DISTINCT FROM NEW.program_version_id THEN
    PERFORM pharmacy_refuse('rems_decisionrecord_version_in_force', 'not by the version in force');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_decisionrecord_version_in_force BEFORE INSERT ON rems_decisionrecord
  FOR EACH ROW EXECUTE FUNCTION rems_decision_guard();

CREATE FUNCTION rems_seal_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> 1 + coalesce((SELECT max(seq) FROM rems_seal WHERE subject_id = NEW.subject_id), 0) THEN
    PERFORM pharmacy_refuse('rems_seal_seq_follows', 'a link follows the last one');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_seal_seq_follows BEFORE INSERT ON rems_seal
  FOR EACH ROW EXECUTE FUNCTION rems_seal_guard();

-- Deferred to the commit: the row and its seal are written together or not at all.
CREATE FUNCTION rems_sealed_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM rems_seal s WHERE s.row_id = NEW.id AND s."table" = TG_TABLE_NAME) THEN
    PERFORM pharmacy_refuse(TG_TABLE_NAME || '_sealed', TG_TABLE_NAME || ' row has no seal');
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'categoryassignment', 'reproductivestatusproof', 'agreementform', 'agreementsignature',
    'enrollment', 'enrollmentend', 'pregnancytest', 'testverification', 'survey', 'hold',
    'holdclearance', 'exposurereport', 'exposurereportfiling', 'hypersensitivity', 'prescription',
    'authorization', 'confirmation', 'supply', 'supplydelivery', 'firstdose', 'supplyend',
    'counselingrecord', 'prescribercertification', 'pharmacycertification', 'pharmacisttraining',
    'statelicence', 'attestation', 'decisionrecord'] LOOP
    EXECUTE format('CREATE CONSTRAINT TRIGGER rems_%1$s_sealed AFTER INSERT ON rems_%1$s
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rems_sealed_guard()', name);
  END LOOP;
END $$;
