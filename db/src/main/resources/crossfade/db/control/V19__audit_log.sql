-- What persons, and what acts for them, did: kept in the transaction of what was done. of_kind: NULL when it concerns no
-- kind. object: what it was done to, for example a run. receipt: under which more is recorded. figures: JSON, of that
-- moment.
CREATE TABLE audit_log (
  id       BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
  done_at  DATETIME(3)   NOT NULL,
  actor    VARCHAR(255)  NOT NULL,
  action   VARCHAR(32)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  of_kind  VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin,
  object   VARCHAR(255),
  detail   VARCHAR(1000),
  reason   VARCHAR(1000),
  receipt  VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin,
  figures  MEDIUMTEXT,
  KEY by_time (done_at),
  KEY by_actor (actor, id),
  KEY by_action (action, id),
  KEY by_kind (of_kind, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
