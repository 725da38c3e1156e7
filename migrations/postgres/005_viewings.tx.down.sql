DELETE FROM watched AS w USING watched AS later
    WHERE later.user_id = w.user_id AND later.movie_id = w.movie_id AND later.watched_on > w.watched_on;
ALTER TABLE watched
    DROP CONSTRAINT watched_pkey,
    ADD PRIMARY KEY (user_id, movie_id),
    DROP COLUMN rewatch;
