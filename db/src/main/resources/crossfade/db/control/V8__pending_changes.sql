-- Which system a control schema belongs to: what a process keeps on its own disk about one is not about another
-- that later has the same address.
CREATE TABLE control_system (
  one  TINYINT     NOT NULL PRIMARY KEY CHECK (one = 1),
  id   VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE = InnoDB;
INSERT INTO control_system (one, id) VALUES (1, UUID());

-- A change that counted on a router before it could be stored: its id, so that it is stored once whatever answers
-- were lost, and when it began to count.
ALTER TABLE rollout_change
  ADD COLUMN decision    VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  ADD COLUMN decided_at  DATETIME(3),
  ADD UNIQUE KEY by_decision (decision, kind);
