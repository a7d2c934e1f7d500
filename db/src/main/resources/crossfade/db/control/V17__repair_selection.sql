-- What a repair was to act on. selection: as it was asked for, for people. digest: of the rows that were previewed, which
-- were the rows that it found. NULL: by a release whose repairs acted on all that a run had found.
ALTER TABLE repair
  ADD COLUMN selection VARCHAR(1000),
  ADD COLUMN selected  BIGINT,
  ADD COLUMN digest    CHAR(32) CHARACTER SET ascii COLLATE ascii_bin;

-- selected_by: the last repair that was to act on the row, whether it had to touch it or not; what verifies a repair looks
-- at these rows.
ALTER TABLE difference ADD COLUMN selected_by BIGINT;
