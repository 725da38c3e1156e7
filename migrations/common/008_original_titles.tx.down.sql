DROP INDEX movies_by_original_title;
ALTER TABLE movies DROP COLUMN original_key;
