-- The ground that every other guard stands on.

-- The store's one clock (design, invariant 4). Tests and simulations replace it; production
-- refuses to start on any other definition.
CREATE FUNCTION pharmacy_clock() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT clock_timestamp() $$;

-- Raise in the way that accounts, rems and orders understand: SQLSTATE 23514 and a name.
CREATE FUNCTION pharmacy_refuse(guard text, message text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', message USING ERRCODE = '23514', CONSTRAINT = guard;
END $$;

-- Whatever the client sent: when, and in which transaction, the row was really written.
CREATE FUNCTION pharmacy_stamp() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.recorded_at := pharmacy_clock();
  NEW.transaction_id := pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;

-- Append-only tables (invariant 2): a correction is a new row.
CREATE FUNCTION pharmacy_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pharmacy_refuse(TG_TABLE_NAME || '_append_only', TG_TABLE_NAME || ' is append-only');
  RETURN NULL;
END $$;

-- Mutable rows that must outlive everything said about them.
CREATE FUNCTION pharmacy_no_delete() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pharmacy_refuse(TG_TABLE_NAME || '_no_delete', TG_TABLE_NAME || ' rows are kept');
  RETURN NULL;
END $$;
