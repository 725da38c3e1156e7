DROP TABLE movie_genres;
DROP TABLE movies;
