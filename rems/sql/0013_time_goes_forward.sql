-- The clock may be set back: by a time server, or with another machine. What was recorded before would
-- then lie ahead of a decision, as if it had not happened yet. So a chain keeps a time that never goes
-- back, and no decision is made by an earlier one (invariant 4).
CREATE OR REPLACE FUNCTION rems_seal_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  last rems_seal;
BEGIN
  SELECT * INTO last FROM rems_seal WHERE subject_id = NEW.subject_id ORDER BY seq DESC LIMIT 1;
  IF NEW.seq <> 1 + coalesce(last.seq, 0) THEN
    PERFORM pharmacy_refuse('rems_seal_seq_follows', 'a link follows the last one');
  END IF;
  NEW.sealed_at := greatest(pharmacy_clock(), last.sealed_at);
  RETURN NEW;
END $$;

CREATE FUNCTION rems_decision_facts_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.at < (
    SELECT sealed_at FROM rems_seal WHERE subject_id = NEW.patient_id ORDER BY seq DESC LIMIT 1
  ) THEN
    PERFORM pharmacy_refuse('rems_decisionrecord_not_before_facts', 'the clock was set back');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rems_decisionrecord_not_before_facts BEFORE INSERT ON rems_decisionrecord
  FOR EACH ROW EXECUTE FUNCTION rems_decision_facts_guard();
