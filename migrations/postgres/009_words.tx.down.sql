DROP TABLE movie_words;
