DROP TABLE movie_genres;
DROP TABLE movie_terms;
DROP TABLE movies;
