-- A film can be watched more than once, each time on a date of its own. A
-- viewing is a rewatch when an earlier one is recorded, or when the person says
-- so: the first ones may lie before the diary.

ALTER TABLE watched
    DROP CONSTRAINT watched_pkey,
    ADD PRIMARY KEY (user_id, movie_id, watched_on),
    ADD COLUMN rewatch BOOLEAN NOT NULL DEFAULT FALSE;
