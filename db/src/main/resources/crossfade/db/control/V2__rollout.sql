-- The flags as Togglz knows them, and everything that ever changed them.

CREATE TABLE rollout_flag (
  feature     VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  enabled     BOOLEAN      NOT NULL,
  strategy    VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin,
  parameters  MEDIUMTEXT   NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row. Whoever changes a flag locks it and adds one, so that nobody overwrites what he has not seen.
CREATE TABLE rollout_version (
  one      TINYINT  NOT NULL PRIMARY KEY CHECK (one = 1),
  version  BIGINT   NOT NULL
) ENGINE = InnoDB;
INSERT INTO rollout_version (one, version) VALUES (1, 0);

-- One row per change and kind. flags_before and flags_after: JSON. evidence: the gates' figures at that moment, JSON.
CREATE TABLE rollout_change (
  id            BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
  changed_at    DATETIME(3)   NOT NULL,
  version       BIGINT        NOT NULL,
  kind          VARCHAR(16)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  origin        VARCHAR(16)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor         VARCHAR(255)  NOT NULL,
  reason        VARCHAR(1000) NOT NULL,
  ticket        VARCHAR(255),
  forced        BOOLEAN       NOT NULL,
  flags_before  MEDIUMTEXT    NOT NULL,
  flags_after   MEDIUMTEXT    NOT NULL,
  evidence      MEDIUMTEXT    NOT NULL,
  KEY by_kind (kind, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Kinds whose automation a person has stopped.
CREATE TABLE rollout_hold (
  kind     VARCHAR(16)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  held_at  DATETIME(3)   NOT NULL,
  actor    VARCHAR(255)  NOT NULL,
  reason   VARCHAR(1000) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Routers that are up: which version of the flags each routes by, and what its memory queues hold.
CREATE TABLE router_instance (
  instance     VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  seen_at      DATETIME(3)  NOT NULL,
  version      BIGINT       NOT NULL,
  held_health  INT          NOT NULL,
  held_device  INT          NOT NULL,
  held_event   INT          NOT NULL
) ENGINE = InnoDB;

-- Work that one instance does for all, as ShedLock keeps it.
CREATE TABLE work_lock (
  name        VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  lock_until  TIMESTAMP(3) NOT NULL,
  locked_at   TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  locked_by   VARCHAR(255) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What a rollback set out to drain, and when that was done. body: JSON.
CREATE TABLE rollback_receipt (
  id            VARCHAR(36)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  requested_at  DATETIME(3)  NOT NULL,
  body          MEDIUMTEXT   NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Rolling comparisons of the two outputs, one row per kind and window [from_at, to_at).
CREATE TABLE comparison_run (
  kind                VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  from_at             DATETIME(3) NOT NULL,
  to_at               DATETIME(3) NOT NULL,
  finished_at         DATETIME(3) NOT NULL,
  matching            BIGINT      NOT NULL,
  differing           BIGINT      NOT NULL,
  missing_in_stream   BIGINT      NOT NULL,
  missing_in_legacy   BIGINT      NOT NULL,
  explained           BIGINT      NOT NULL,
  urgent_missing      BIGINT      NOT NULL,
  fallbacks           BIGINT      NOT NULL,
  stream_served       BIGINT      NOT NULL,
  legacy_p95_ms       DOUBLE,
  stream_p95_ms       DOUBLE,
  PRIMARY KEY (kind, from_at)
) ENGINE = InnoDB;

-- Rows whose copy did not reach the other path; why an output lacks them. path: the one without.
CREATE TABLE dropped_mirror (
  id          BINARY(16)  NOT NULL,
  path        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dropped_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (id, path)
) ENGINE = InnoDB;
