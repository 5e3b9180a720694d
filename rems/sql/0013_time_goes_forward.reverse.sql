DROP TRIGGER rems_decisionrecord_not_before_facts ON rems_decisionrecord;
DROP FUNCTION rems_decision_facts_guard();
CREATE OR REPLACE FUNCTION rems_seal_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.seq <> 1 + coalesce((SELECT max(seq) FROM rems_seal WHERE subject_id = NEW.subject_id), 0) THEN
    PERFORM pharmacy_refuse('rems_seal_seq_follows', 'a link follows the last one');
  END IF;
  RETURN NEW;
END $$;
