DROP INDEX watched_newest;
ALTER TABLE watched RENAME TO watched_often;
CREATE TABLE watched (
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    movie_id   TEXT   NOT NULL REFERENCES movies (id),
    watched_on TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (user_id, movie_id)
);
INSERT INTO watched (user_id, movie_id, watched_on, at) SELECT user_id, movie_id, watched_on, at FROM watched_often AS w
    WHERE NOT EXISTS (SELECT 1 FROM watched_often AS later
        WHERE later.user_id = w.user_id AND later.movie_id = w.movie_id AND later.watched_on > w.watched_on);
DROP TABLE watched_often;
CREATE INDEX watched_newest ON watched (user_id, watched_on, at, movie_id);
