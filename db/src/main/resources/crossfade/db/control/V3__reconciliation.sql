-- What the reconciler found, how far it came, and what people said of it. Replaces comparison_run, which held
-- the rolling figures alone.

DROP TABLE comparison_run;

-- One run over the records accepted in [from_at, to_at), of [from_at, asked_to_at). kinds: comma-separated. progress: JSON, holds only rows
-- that were consumed and whose differences are stored, so that whoever goes on after a kill repeats nothing.
CREATE TABLE comparison (
  id           BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  origin       VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kinds        VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  from_at      DATETIME(3)  NOT NULL,
  to_at        DATETIME(3)  NOT NULL,
  asked_to_at  DATETIME(3)  NOT NULL,
  state        VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  started_at   DATETIME(3)  NOT NULL,
  updated_at   DATETIME(3)  NOT NULL,
  finished_at  DATETIME(3),
  progress     MEDIUMTEXT   NOT NULL,
  verdict      VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin,
  settled      BOOLEAN,
  target       DOUBLE,
  KEY by_origin (origin, state, to_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The figures of a finished run, one row per kind: what gates judge and pictures show.
CREATE TABLE comparison_kind (
  comparison_id       BIGINT      NOT NULL,
  kind                VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  matching            BIGINT      NOT NULL,
  differing           BIGINT      NOT NULL,
  missing_in_stream   BIGINT      NOT NULL,
  missing_in_legacy   BIGINT      NOT NULL,
  repeated            BIGINT      NOT NULL,
  late                BIGINT      NOT NULL,
  not_mirrored        BIGINT      NOT NULL,
  explained           BIGINT      NOT NULL,
  urgent_missing      BIGINT      NOT NULL,
  fallbacks           BIGINT      NOT NULL,
  stream_served       BIGINT      NOT NULL,
  legacy_p95_ms       DOUBLE,
  stream_p95_ms       DOUBLE,
  PRIMARY KEY (comparison_id, kind),
  FOREIGN KEY (comparison_id) REFERENCES comparison (id) ON DELETE CASCADE
) ENGINE = InnoDB;

-- Every row on which the outputs do not agree. looks: 1 found, 2 believed. fields: JSON, column to the two values;
-- health data, guard it like the outputs. columns: names of the fields, comma-separated.
CREATE TABLE difference (
  comparison_id  BIGINT        NOT NULL,
  table_name     VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id             BINARY(16)    NOT NULL,
  class          VARCHAR(24)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  looks          TINYINT       NOT NULL,
  explanation    VARCHAR(24)   CHARACTER SET ascii COLLATE ascii_bin,
  rule_id        BIGINT,
  device_sn      VARCHAR(255)  NOT NULL,
  served_by      VARCHAR(16)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  urgent         BOOLEAN       NOT NULL,
  stamp          BIGINT        NOT NULL,
  columns        VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fields         MEDIUMTEXT    NOT NULL,
  repair_id      BIGINT,
  PRIMARY KEY (comparison_id, table_name, id),
  FOREIGN KEY (comparison_id) REFERENCES comparison (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Differences that somebody answers for until a day. Empty columns match everything.
CREATE TABLE explanation_rule (
  id           BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind         VARCHAR(16)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  class        VARCHAR(24)   CHARACTER SET ascii COLLATE ascii_bin,
  column_name  VARCHAR(64)   CHARACTER SET ascii COLLATE ascii_bin,
  device_sn    VARCHAR(255),
  owner        VARCHAR(255)  NOT NULL,
  reason       VARCHAR(1000) NOT NULL,
  created_at   DATETIME(3)   NOT NULL,
  expires_at   DATETIME(3)   NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- While it has a row, runs wait between pages.
CREATE TABLE reconciler_pause (
  one        TINYINT       NOT NULL PRIMARY KEY CHECK (one = 1),
  paused_at  DATETIME(3)   NOT NULL,
  actor      VARCHAR(255)  NOT NULL,
  reason     VARCHAR(1000) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Up to where each router knows everything as written that was accepted; NULL while it does not know.
ALTER TABLE router_instance ADD COLUMN written_until DATETIME(3);

-- Records that a path accepted and that never reached its output: found by the acceptance journal.
CREATE TABLE lost_record (
  id           BINARY(16)   NOT NULL,
  path         VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind         VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stamp        BIGINT       NOT NULL,
  accepted_at  DATETIME(3)  NOT NULL,
  instance     VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  found_at     DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (id, path),
  KEY by_accepted_at (accepted_at)
) ENGINE = InnoDB;

-- What became of all records that a router accepted in a minute, per kind and path. The figures of one minute
-- come together from several segments of the journal and add up.
CREATE TABLE accounting (
  minute_at     DATETIME     NOT NULL,
  instance      VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind          VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  path          VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accepted      BIGINT       NOT NULL,
  written       BIGINT       NOT NULL,
  repeated      BIGINT       NOT NULL,
  dead_letters  BIGINT       NOT NULL,
  lost          BIGINT       NOT NULL,
  lost_on_both  BIGINT       NOT NULL,
  PRIMARY KEY (minute_at, instance, kind, path)
) ENGINE = InnoDB;

-- Segments of journals that are accounted for, so that none is counted twice.
CREATE TABLE accounted_segment (
  segment       VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  accounted_at  DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB;

-- Rows that were brought over, by whom and why. prefer: the output that is right where fields differ.
CREATE TABLE repair (
  id             BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
  comparison_id  BIGINT        NOT NULL,
  actor          VARCHAR(255)  NOT NULL,
  reason         VARCHAR(1000) NOT NULL,
  prefer         VARCHAR(16)   CHARACTER SET ascii COLLATE ascii_bin,
  started_at     DATETIME(3)   NOT NULL,
  finished_at    DATETIME(3),
  to_legacy      BIGINT        NOT NULL DEFAULT 0,
  to_stream      BIGINT        NOT NULL DEFAULT 0,
  left_alone     BIGINT        NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What was said each night: as a page for people and as JSON for programs.
CREATE TABLE report (
  id             BIGINT      NOT NULL AUTO_INCREMENT PRIMARY KEY,
  comparison_id  BIGINT      NOT NULL,
  day            DATE        NOT NULL,
  created_at     DATETIME(3) NOT NULL,
  verdict        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  compared       BIGINT      NOT NULL,
  unexplained    BIGINT      NOT NULL,
  consistency    DECIMAL(6,3),
  html           MEDIUMTEXT  NOT NULL,
  json           MEDIUMTEXT  NOT NULL,
  KEY by_day (day),
  FOREIGN KEY (comparison_id) REFERENCES comparison (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
