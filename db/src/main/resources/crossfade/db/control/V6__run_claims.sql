-- A run is worked on by one process at a time, and says what it found in full.

-- open_as: what was asked for, while the run is not finished; NULL afterwards. The unique key lets two processes that
-- ask for the same at once begin one run. claim: counts up with each worker that takes the run; a write that names an older
-- one changes nothing. claimed_until: by the database's clock; whoever is at work moves it on.
-- reasons: why the verdict is no PASS, comma-separated. dropped_copies: copies noted as dropped while the window was accepted.
ALTER TABLE comparison
  ADD COLUMN open_as        VARCHAR(200)  CHARACTER SET ascii COLLATE ascii_bin,
  ADD COLUMN claim          BIGINT        NOT NULL DEFAULT 0,
  ADD COLUMN claimed_by     VARCHAR(255),
  ADD COLUMN claimed_at     DATETIME(3),
  ADD COLUMN claimed_until  DATETIME(3),
  ADD COLUMN reasons        VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  ADD COLUMN dropped_copies BIGINT        NOT NULL DEFAULT 0;

-- The newest of the runs that an older release left unfinished is gone on with.
UPDATE comparison c JOIN (
  SELECT MAX(id) AS id FROM comparison WHERE state = 'RUNNING'
  GROUP BY origin, kinds, IF(origin = 'ROLLING', NULL, from_at), IF(origin = 'ROLLING', NULL, asked_to_at)
) newest ON newest.id = c.id
SET c.open_as = CONCAT_WS(' ', c.origin, c.kinds,
  IF(c.origin = 'ROLLING', NULL, TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', c.from_at) DIV 1000),
  IF(c.origin = 'ROLLING', NULL, TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', c.asked_to_at) DIV 1000));

ALTER TABLE comparison ADD UNIQUE KEY by_open_as (open_as);

-- urgent_explained: urgent events that one output lacks, and it is known why. repaired: rows that did not agree then and
-- agreed when a repair was verified; they are counted nowhere else. lost: records that a path accepted and never wrote.
-- in_no_output: of those, how many neither output has.
ALTER TABLE comparison_kind
  ADD COLUMN urgent_explained BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN repaired         BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN lost             BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN in_no_output     BIGINT NOT NULL DEFAULT 0;

-- agreed_at: when both outputs were seen to have the row alike, after a repair.
ALTER TABLE difference
  ADD COLUMN agreed_at DATETIME(3),
  ADD KEY by_row (table_name, id);

ALTER TABLE report
  ADD COLUMN raw_consistency DECIMAL(6,3),
  ADD COLUMN explained       BIGINT        NOT NULL DEFAULT 0,
  ADD COLUMN lost            BIGINT        NOT NULL DEFAULT 0,
  ADD COLUMN in_no_output    BIGINT        NOT NULL DEFAULT 0,
  ADD COLUMN reasons         VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '';

-- Counted and forgotten by their time.
ALTER TABLE dropped_mirror ADD KEY by_dropped_at (dropped_at);
ALTER TABLE accounted_segment ADD KEY by_accounted_at (accounted_at);
ALTER TABLE comparison ADD KEY by_updated_at (updated_at);
