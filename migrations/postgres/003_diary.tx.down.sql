DROP TABLE catalogue;
DROP TABLE watched;
DROP TABLE watchlist;
DROP TABLE ratings;
