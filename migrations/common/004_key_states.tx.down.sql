-- Without the column a key that was withdrawn would be good again.
DELETE FROM signing_keys WHERE withdrawn_at IS NOT NULL;
DROP TABLE signing_key_set;
ALTER TABLE signing_keys DROP COLUMN withdrawn_at;
ALTER TABLE signing_keys DROP COLUMN active_at;
