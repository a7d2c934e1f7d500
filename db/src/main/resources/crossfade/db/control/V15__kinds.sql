-- A process has any number of kinds. held_others: records that a router holds in memory of kinds beside the three
-- that have columns of their own. kinds: comma-separated, as before.
ALTER TABLE router_instance ADD COLUMN held_others BIGINT NOT NULL DEFAULT 0;
ALTER TABLE comparison
  MODIFY COLUMN kinds   VARCHAR(600) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  MODIFY COLUMN open_as VARCHAR(700) CHARACTER SET ascii COLLATE ascii_bin;
