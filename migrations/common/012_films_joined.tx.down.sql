DROP INDEX movie_aliases_by_movie;
DROP INDEX watched_by_movie;
DROP INDEX watchlist_by_movie;
DROP INDEX ratings_by_movie;
