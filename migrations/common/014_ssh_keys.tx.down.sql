-- A session that a key opened has no place in the schema before.
DELETE FROM sessions WHERE key_id IS NOT NULL OR gateway;
DELETE FROM sign_in_attempts WHERE key_id <> '';
DROP TABLE spent_ids;
ALTER TABLE activity_origins DROP COLUMN fingerprint;
ALTER TABLE sign_in_attempts DROP COLUMN key_id;
ALTER TABLE sign_in_attempts DROP COLUMN method;
DROP INDEX sessions_key;
ALTER TABLE sessions DROP COLUMN gateway;
ALTER TABLE sessions DROP COLUMN key_id;
DROP TABLE ssh_keys;
