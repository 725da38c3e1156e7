-- A film that turns out to be another one is joined with it, and what people
-- did with it moves: it is looked up by the film, not by the person.

CREATE INDEX ratings_by_movie ON ratings (movie_id);
CREATE INDEX watchlist_by_movie ON watchlist (movie_id);
CREATE INDEX watched_by_movie ON watched (movie_id);
CREATE INDEX movie_aliases_by_movie ON movie_aliases (movie_id);
