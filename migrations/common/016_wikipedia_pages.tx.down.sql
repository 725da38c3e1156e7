ALTER TABLE movies DROP COLUMN wikipedia_page;
