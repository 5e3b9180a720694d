drop trigger catalog_labelstatement_guard on catalog_labelstatement;
drop function catalog_labelstatement_guard();
drop trigger catalog_labelsection_guard on catalog_labelsection;
drop function catalog_labelsection_guard();
drop function catalog_refuse_unless_draft(uuid, text);
drop trigger catalog_labelversion_guard on catalog_labelversion;
drop function catalog_labelversion_guard();
