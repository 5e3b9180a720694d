-- A published label never changes again: not its dates, not a heading, not a word, whoever asks.
-- Readers were shown it; what was shown is history. New text is a new version.

create function catalog_labelversion_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'draft' then
      raise exception 'a label version starts as a draft'
        using errcode = '23514', constraint = 'catalog_labelversion_starts_as_draft';
    end if;
    return new;
  end if;
  if old.status = 'published' then
    raise exception 'a published label version cannot be changed'
      using errcode = '23514', constraint = 'catalog_labelversion_published_immutable';
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end $$;

create trigger catalog_labelversion_guard
  before insert or update or delete on catalog_labelversion
  for each row execute function catalog_labelversion_guard();

-- FOR SHARE waits for someone who is publishing this very draft, then reads what they committed.
create function catalog_refuse_unless_draft(version uuid, refused_by text) returns void
language plpgsql as $$
declare
  found_status text;
begin
  select status into found_status from catalog_labelversion where id = version for share;
  if found_status is distinct from 'draft' then
    raise exception 'the content of a published label version cannot be changed'
      using errcode = '23514', constraint = refused_by;
  end if;
end $$;

create function catalog_labelsection_guard() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform catalog_refuse_unless_draft(old.version_id, 'catalog_labelsection_published_immutable');
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  perform catalog_refuse_unless_draft(new.version_id, 'catalog_labelsection_published_immutable');
  return new;
end $$;

create trigger catalog_labelsection_guard
  before insert or update or delete on catalog_labelsection
  for each row execute function catalog_labelsection_guard();

create function catalog_labelstatement_guard() returns trigger language plpgsql as $$
declare
  version uuid;
begin
  if tg_op <> 'INSERT' then
    select version_id into version from catalog_labelsection where id = old.section_id;
    perform catalog_refuse_unless_draft(version, 'catalog_labelstatement_published_immutable');
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  select version_id into version from catalog_labelsection where id = new.section_id;
  perform catalog_refuse_unless_draft(version, 'catalog_labelstatement_published_immutable');
  return new;
end $$;

create trigger catalog_labelstatement_guard
  before insert or update or delete on catalog_labelstatement
  for each row execute function catalog_labelstatement_guard();
