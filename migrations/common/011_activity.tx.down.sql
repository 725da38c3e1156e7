DROP INDEX password_links_over;
DROP INDEX sessions_over;
DROP TABLE activity_origins;
DROP TABLE activity;
